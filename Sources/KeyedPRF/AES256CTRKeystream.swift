import CLibCrypto

/// The AES-256-CTR keystream under a zero IV (NIST SP 800-38A, section 6.5), read at any place.
///
/// Block i is the encryption of i as a 128-bit big-endian number. Words are little-endian. Not `Sendable`: every
/// worker has its own.
public final class AES256CTRKeystream {
    private nonisolated(unsafe) static let algorithm: OpaquePointer? = EVP_CIPHER_fetch(nil, "AES-256-CTR", nil)

    // The same cipher without a counter of its own: setting one costs several times the encryption of a block.
    private nonisolated(unsafe) static let block: OpaquePointer? = EVP_CIPHER_fetch(nil, "AES-256-ECB", nil)

    private let context: OpaquePointer
    private let single: OpaquePointer
    /// The block that word access read last, and its number.
    private var block: (UInt64, UInt64) = (0, 0)
    private var blockIndex: UInt64?

    /// Keys the stream with 32 bytes.
    public init(key: SecretBytes) throws(KeyedPRFError) {
        guard key.count == 32 else {
            throw .invalidKeyLength(operation: "AES-256-CTR", expected: "32", actual: key.count)
        }
        guard let context = EVP_CIPHER_CTX_new() else { throw OpenSSL.failure("EVP_CIPHER_CTX_new") }
        guard let single = EVP_CIPHER_CTX_new() else {
            EVP_CIPHER_CTX_free(context)
            throw OpenSSL.failure("EVP_CIPHER_CTX_new")
        }
        let status = key.withUnsafeBytes { bytes in
            Self.initialise(context, Self.algorithm, key: bytes)
                & EVP_EncryptInit_ex2(
                    single, Self.block, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), nil, nil)
        }
        guard status == 1 else {
            EVP_CIPHER_CTX_free(context)
            EVP_CIPHER_CTX_free(single)
            throw OpenSSL.failure("EVP_EncryptInit_ex2")
        }
        self.context = context
        self.single = single
    }

    deinit {
        // libcrypto erases the key schedules
        EVP_CIPHER_CTX_free(context)
        EVP_CIPHER_CTX_free(single)
        withUnsafeMutableBytes(of: &block) { OPENSSL_cleanse($0.baseAddress, $0.count) }
    }

    /// Keys the stream anew, for the next context key, without allocating.
    package func rekey(_ key: Digest256) {
        let status = key.withUnsafeBytes { Self.initialise(context, nil, key: $0) }
        precondition(status == 1, "EVP_EncryptInit_ex2 failed on a valid context")
        blockIndex = nil
    }

    /// 64-bit word `index` of the stream under another key, at less cost than in two steps; leaves this stream as it is.
    package func word64(_ index: UInt64, underKey key: Digest256) -> UInt64 {
        let counter = UInt128(index >> 1).bigEndian
        var words: (UInt64, UInt64) = (0, 0)
        var written: Int32 = 0
        let status = withUnsafeMutableBytes(of: &words) { words in
            key.withUnsafeBytes { key in
                withUnsafeBytes(of: counter) { counter in
                    EVP_EncryptInit_ex2(
                        single, nil, key.baseAddress?.assumingMemoryBound(to: UInt8.self), nil, nil)
                        & EVP_EncryptUpdate(
                            single, words.baseAddress?.assumingMemoryBound(to: UInt8.self), &written,
                            counter.baseAddress?.assumingMemoryBound(to: UInt8.self), 16)
                }
            }
        }
        precondition(status == 1 && written == 16, "AES-256 failed on a valid context")
        return UInt64(littleEndian: index & 1 == 0 ? words.0 : words.1)
    }

    /// 32-bit word `index`: keystream bytes 4·index ..< 4·index + 4.
    package func word32(_ index: UInt64) -> UInt32 {
        let word = word64(index >> 1)
        return UInt32(truncatingIfNeeded: index & 1 == 0 ? word : word >> 32)
    }

    /// 64-bit word `index`: keystream bytes 8·index ..< 8·index + 8.
    package func word64(_ index: UInt64) -> UInt64 {
        if blockIndex != index >> 1 {
            loadBlock(index >> 1)
        }
        return UInt64(littleEndian: index & 1 == 0 ? block.0 : block.1)
    }

    /// Writes the keystream from byte `offset` on over the whole of `buffer`.
    package func fill(_ buffer: UnsafeMutableRawBufferPointer, fromByteOffset offset: UInt64) {
        var blockNumber = offset >> 4
        var start = 0
        let skipped = Int(offset & 15)
        if skipped > 0 {
            // Starts inside a block: that block goes through the word cache.
            loadBlock(blockNumber)
            start = min(16 - skipped, buffer.count)
            withUnsafeBytes(of: block) { block in
                UnsafeMutableRawBufferPointer(rebasing: buffer[0..<start])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: block[skipped..<skipped + start]))
            }
            blockNumber += 1
        }
        fill(UnsafeMutableRawBufferPointer(rebasing: buffer[start...]), fromBlock: UInt128(blockNumber))
    }

    /// Writes the keystream from block `index` on over the whole of `buffer`.
    package func fill(_ buffer: UnsafeMutableRawBufferPointer, fromBlock index: UInt128) {
        seek(toBlock: index)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        var start = 0
        while let base = buffer.baseAddress, start < buffer.count {
            let piece = min(buffer.count - start, 1 << 30)  // libcrypto counts in Int32
            encrypt(base + start, count: Int32(piece))
            start += piece
        }
    }

    private func loadBlock(_ index: UInt64) {
        seek(toBlock: UInt128(index))
        block = (0, 0)
        withUnsafeMutableBytes(of: &block) { block in
            if let base = block.baseAddress { encrypt(base, count: 16) }
        }
        blockIndex = index
    }

    private func seek(toBlock index: UInt128) {
        let counter = index.bigEndian
        let status = withUnsafeBytes(of: counter) { counter in
            EVP_EncryptInit_ex2(
                context, nil, nil, counter.baseAddress?.assumingMemoryBound(to: UInt8.self), nil)
        }
        precondition(status == 1, "EVP_EncryptInit_ex2 failed on a valid context")
    }

    /// Encrypts in place; over zeros this leaves the keystream itself.
    private func encrypt(_ bytes: UnsafeMutableRawPointer, count: Int32) {
        let bytes = bytes.assumingMemoryBound(to: UInt8.self)
        var written: Int32 = 0
        let status = EVP_EncryptUpdate(context, bytes, &written, bytes, count)
        precondition(status == 1 && written == count, "EVP_EncryptUpdate failed on a valid context")
    }

    private static func initialise(
        _ context: OpaquePointer, _ algorithm: OpaquePointer?, key: UnsafeRawBufferPointer
    ) -> Int32 {
        let zero: (UInt64, UInt64) = (0, 0)
        return withUnsafeBytes(of: zero) { iv in
            EVP_EncryptInit_ex2(
                context, algorithm, key.baseAddress?.assumingMemoryBound(to: UInt8.self),
                iv.baseAddress?.assumingMemoryBound(to: UInt8.self), nil)
        }
    }
}
