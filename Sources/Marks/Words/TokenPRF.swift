import KeyedPRF

/// The keyed words of one scheme: HMAC-SHA256 of the context keys an AES-256-CTR stream, whose words belong to the
/// candidate tokens. One candidate costs one block, a whole vocabulary one pass over the stream; nothing depends on the
/// size of the vocabulary.
///
/// Not `Sendable`: every worker has its own.
public final class TokenPRF {
    /// How many tokens a context has.
    public let width: Int
    private let authenticator: HMACSHA256
    private let keystream: AES256CTRKeystream
    /// "denature/prf/v1" NUL scheme NUL u32le(width), then the context's tokens as u32le.
    private var message: [UInt8]
    private let prefixCount: Int

    /// - Parameters:
    ///   - key: A subkey for tokens.
    ///   - configuration: Names the scheme and the width.
    /// - Throws: ``WatermarkError``.
    public convenience init(key: Subkey, configuration: WatermarkConfiguration) throws(WatermarkError) {
        try self.init(key: key, scheme: configuration.scheme, width: configuration.width)
    }

    /// - Parameters:
    ///   - key: A subkey for tokens.
    ///   - scheme: Whose words they are: schemes have different words under one key.
    ///   - width: 1...64 tokens of context.
    /// - Throws: ``WatermarkError``.
    public convenience init(key: Subkey, scheme: TokenMarkName, width: Int) throws(WatermarkError) {
        try self.init(secret: TokenTestKey.subkey(key).tokenSecret(), scheme: scheme, width: width)
    }

    /// The same for a key without a name: decoys, and tests.
    package init(secret: SecretBytes, scheme: TokenMarkName, width: Int) throws(WatermarkError) {
        do {
            authenticator = try HMACSHA256(key: secret)
            keystream = try AES256CTRKeystream(key: SecretBytes(count: 32))
        } catch {
            throw .key(error)
        }
        self.width = width
        message = Self.prefix(scheme: scheme, width: width)
        prefixCount = message.count
        message.append(contentsOf: repeatElement(0, count: 4 * width))
    }

    package static func prefix(scheme: TokenMarkName, width: Int) -> [UInt8] {
        var prefix = Array("denature/prf/v1".utf8) + [0] + Array(scheme.text.utf8) + [0]
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: width).littleEndian) { prefix.append(contentsOf: $0) }
        return prefix
    }

    /// Makes a context the current one.
    ///
    /// - Parameter context: Exactly `width` tokens, oldest first; of more the last ones count.
    public func select(_ context: some BidirectionalCollection<Int32>) {
        var end = message.count
        for token in context.reversed() {
            guard end > prefixCount else { break }
            end -= 4
            write(token, at: end)
        }
        derive()
    }

    /// The 64-bit word of one token after the context whose token j, oldest first, is `context(j)`, which becomes the
    /// current one.
    @inline(__always)
    package func word64(_ token: Int32, context: (Int) -> Int32) -> UInt64 {
        keystream.word64(UInt64(UInt32(bitPattern: token)), underKey: contextKey(context))
    }

    /// The 32-bit word of one token; else as ``word64(_:context:)``.
    @inline(__always)
    package func word32(_ token: Int32, context: (Int) -> Int32) -> UInt32 {
        let index = UInt64(UInt32(bitPattern: token))
        let word = keystream.word64(index >> 1, underKey: contextKey(context))
        return UInt32(truncatingIfNeeded: index & 1 == 0 ? word : word >> 32)
    }

    @inline(__always)
    private func contextKey(_ context: (Int) -> Int32) -> Digest256 {
        message.withUnsafeMutableBytes { bytes in
            for j in 0..<width {
                bytes.storeBytes(
                    of: UInt32(bitPattern: context(j)).littleEndian, toByteOffset: prefixCount + 4 * j, as: UInt32.self)
            }
            return authenticator.authenticate(UnsafeRawBufferPointer(bytes))
        }
    }

    private func write(_ token: Int32, at offset: Int) {
        message.withUnsafeMutableBytes {
            $0.storeBytes(of: UInt32(bitPattern: token).littleEndian, toByteOffset: offset, as: UInt32.self)
        }
    }

    private func derive() {
        keystream.rekey(message.withUnsafeBytes { authenticator.authenticate($0) })
    }

    /// r(v): the candidate's 32 keyed bits in the current context.
    public func word32(_ token: Int32) -> UInt32 {
        keystream.word32(UInt64(UInt32(bitPattern: token)))
    }

    /// The candidate's 64 keyed bits in the current context.
    public func word64(_ token: Int32) -> UInt64 {
        keystream.word64(UInt64(UInt32(bitPattern: token)))
    }

    /// r(0), r(1), ... of the current context, as many as there is room for.
    package func fill(_ words: UnsafeMutableBufferPointer<UInt32>) {
        keystream.fill(UnsafeMutableRawBufferPointer(words), fromByteOffset: 0)
        #if _endian(big)
            for i in words.indices { words[i] = UInt32(littleEndian: words[i]) }
        #endif
    }

    /// The 64-bit words of tokens 0, 1, ... of the current context, as many as there is room for.
    package func fill(_ words: UnsafeMutableBufferPointer<UInt64>) {
        keystream.fill(UnsafeMutableRawBufferPointer(words), fromByteOffset: 0)
        #if _endian(big)
            for i in words.indices { words[i] = UInt64(littleEndian: words[i]) }
        #endif
    }
}
