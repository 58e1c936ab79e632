import CLibCrypto

/// The AES-256-CTR keystream under a zero IV (NIST SP 800-38A, section 6.5), read at any place.
///
/// Block i is the encryption of i as a 128-bit big-endian number. Words are little-endian. Not `Sendable`: every
/// worker has its own.
public final class AES256CTRKeystream {
    private nonisolated(unsafe) static let stream: OpaquePointer? = EVP_CIPHER_fetch(nil, "AES-256-CTR", nil)
    // The same cipher without a counter of its own: setting that costs several times the encryption of a block.
    private nonisolated(unsafe) static let block: OpaquePointer? = EVP_CIPHER_fetch(nil, "AES-256-ECB", nil)

    private struct State {
        /// Makes single blocks; always has the present key.
        let blocks: OpaquePointer
        /// Makes long stretches; gets the key when it is needed.
        let stretches: OpaquePointer
        var key: Digest256
        /// The block that word access read last, and its number.
        var block: (UInt64, UInt64) = (0, 0)
        var blockIndex: UInt64?
    }

    /// Behind a pointer: a word is read per token, and checking accesses to properties would cost as much as the cipher.
    private let state: UnsafeMutablePointer<State>

    /// Keys the stream with 32 bytes.
    ///
    /// - Throws: ``KeyedPRFError`` for a key of another length.
    public init(key: SecretBytes) throws(KeyedPRFError) {
        guard let copy = key.withUnsafeBytes({ Digest256(bytes: $0) }) else {
            throw .invalidKeyLength(operation: "AES-256-CTR", expected: "32", actual: key.count)
        }
        guard let blocks = EVP_CIPHER_CTX_new() else { throw OpenSSL.failure("EVP_CIPHER_CTX_new") }
        guard let stretches = EVP_CIPHER_CTX_new() else {
            EVP_CIPHER_CTX_free(blocks)
            throw OpenSSL.failure("EVP_CIPHER_CTX_new")
        }
        state = .allocate(capacity: 1)
        state.initialize(to: State(blocks: blocks, stretches: stretches, key: copy))
        let status = copy.withUnsafeBytes { key in
            Self.setKey(blocks, Self.block, key) & Self.setKey(stretches, Self.stream, key)
        }
        guard status == 1 else { throw OpenSSL.failure("EVP_EncryptInit_ex2") }
    }

    deinit {
        // libcrypto erases the key schedules
        EVP_CIPHER_CTX_free(state.pointee.blocks)
        EVP_CIPHER_CTX_free(state.pointee.stretches)
        OPENSSL_cleanse(state, MemoryLayout<State>.size)
        state.deallocate()
    }

    /// Keys the stream anew, for the next context key, without allocating.
    package func rekey(_ key: Digest256) {
        state.pointee.key = key
        let blocks = state.pointee.blocks
        let status = key.withUnsafeBytes { Self.setKey(blocks, nil, $0) }
        precondition(status == 1, "EVP_EncryptInit_ex2 failed on a valid context")
        state.pointee.blockIndex = nil
    }

    /// Keys the stream anew and reads 64-bit word `index` of it.
    package func word64(_ index: UInt64, underKey key: Digest256) -> UInt64 {
        rekey(key)
        loadBlock(index >> 1)
        return UInt64(littleEndian: index & 1 == 0 ? state.pointee.block.0 : state.pointee.block.1)
    }

    /// 32-bit word `index`: keystream bytes 4·index ..< 4·index + 4.
    package func word32(_ index: UInt64) -> UInt32 {
        let word = word64(index >> 1)
        return UInt32(truncatingIfNeeded: index & 1 == 0 ? word : word >> 32)
    }

    /// 64-bit word `index`: keystream bytes 8·index ..< 8·index + 8.
    package func word64(_ index: UInt64) -> UInt64 {
        if state.pointee.blockIndex != index >> 1 {
            loadBlock(index >> 1)
        }
        return UInt64(littleEndian: index & 1 == 0 ? state.pointee.block.0 : state.pointee.block.1)
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
            withUnsafeBytes(of: state.pointee.block) { block in
                UnsafeMutableRawBufferPointer(rebasing: buffer[0..<start])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: block[skipped..<skipped + start]))
            }
            blockNumber += 1
        }
        fill(UnsafeMutableRawBufferPointer(rebasing: buffer[start...]), fromBlock: UInt128(blockNumber))
    }

    /// Writes the keystream from block `index` on over the whole of `buffer`.
    package func fill(_ buffer: UnsafeMutableRawBufferPointer, fromBlock index: UInt128) {
        let counter = index.bigEndian
        let stretches = state.pointee.stretches
        let status = state.pointee.key.withUnsafeBytes { key in
            withUnsafeBytes(of: counter) { Self.setKey(stretches, nil, key, counter: $0) }
        }
        precondition(status == 1, "EVP_EncryptInit_ex2 failed on a valid context")
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        var start = 0
        while let base = buffer.baseAddress, start < buffer.count {
            let piece = min(buffer.count - start, 1 << 30)  // libcrypto counts in Int32
            // In place, over zeros: what is left is the keystream.
            Self.encrypt(stretches, base + start, into: base + start, count: Int32(piece))
            start += piece
        }
    }

    private func loadBlock(_ index: UInt64) {
        // A big-endian 128-bit number is two big-endian halves.
        var counter: (UInt64, UInt64) = (0, index.bigEndian)
        Self.encrypt(state.pointee.blocks, &counter, into: &state.pointee.block, count: 16)
        state.pointee.blockIndex = index
    }

    private static func encrypt(
        _ context: OpaquePointer, _ source: UnsafeRawPointer, into target: UnsafeMutableRawPointer, count: Int32
    ) {
        var written: Int32 = 0
        let status = EVP_EncryptUpdate(
            context, target.assumingMemoryBound(to: UInt8.self), &written,
            source.assumingMemoryBound(to: UInt8.self), count)
        precondition(status == 1 && written == count, "EVP_EncryptUpdate failed on a valid context")
    }

    /// - Parameter counter: Where a stretch begins; nil for a cipher that has none, or for the beginning.
    private static func setKey(
        _ context: OpaquePointer, _ algorithm: OpaquePointer?, _ key: UnsafeRawBufferPointer,
        counter: UnsafeRawBufferPointer? = nil
    ) -> Int32 {
        EVP_EncryptInit_ex2(
            context, algorithm, key.baseAddress?.assumingMemoryBound(to: UInt8.self),
            counter?.baseAddress?.assumingMemoryBound(to: UInt8.self), nil)
    }
}
