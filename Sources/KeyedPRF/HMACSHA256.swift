import CLibCrypto

/// HMAC-SHA256 (RFC 2104, RFC 4231) under one key.
///
/// Keeps the states of the hash after the inner and the outer key block, so a short message costs no more than its
/// compressions. Not `Sendable`: every worker has its own.
public final class HMACSHA256 {
    /// After the inner key block, after the outer one, and the one at work.
    private let states: UnsafeMutablePointer<SHA256_CTX>
    /// The last blocks of a short message and of the digest of it, padded (FIPS 180-4, section 5.1.1).
    private let blocks: UnsafeMutablePointer<UInt8>
    private static let blockSize = 64
    /// The longest message that leaves room for its padding in one block.
    private static let longestShort = 55

    /// Keys the function; any key length is allowed, 32 bytes are usual.
    ///
    /// - Throws: ``KeyedPRFError`` if libcrypto refuses.
    public init(key: SecretBytes) throws(KeyedPRFError) {
        states = .allocate(capacity: 3)
        states.initialize(repeating: SHA256_CTX(), count: 3)
        blocks = .allocate(capacity: 2 * Self.blockSize)
        blocks.initialize(repeating: 0, count: 2 * Self.blockSize)
        Self.pad(blocks + Self.blockSize, after: Self.blockSize / 2)
        let isKeyed = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.blockSize) { block in
            block.initialize(repeating: 0)
            defer { OPENSSL_cleanse(block.baseAddress, block.count) }
            let start = UnsafeMutableRawBufferPointer(block)
            let isPlaced = key.withUnsafeBytes { bytes in
                guard bytes.count > Self.blockSize else {
                    start.copyMemory(from: bytes)
                    return true
                }
                let key = bytes.bindMemory(to: UInt8.self)
                return SHA256(key.baseAddress, key.count, block.baseAddress) != nil
            }
            for i in block.indices { block[i] ^= 0x36 }
            var status = SHA256_Init(states) & SHA256_Update(states, block.baseAddress, block.count)
            for i in block.indices { block[i] ^= 0x36 ^ 0x5C }
            status &= SHA256_Init(states + 1) & SHA256_Update(states + 1, block.baseAddress, block.count)
            return isPlaced && status == 1
        }
        guard isKeyed else { throw OpenSSL.failure("SHA256_Init") }
    }

    deinit {
        OPENSSL_cleanse(states, 3 * MemoryLayout<SHA256_CTX>.stride)
        OPENSSL_cleanse(blocks, 2 * Self.blockSize)
        states.deallocate()
        blocks.deallocate()
    }

    /// Ends a block after `count` bytes of a message that a key block went before.
    private static func pad(_ block: UnsafeMutablePointer<UInt8>, after count: Int) {
        block[count] = 0x80
        (block + count + 1).update(repeating: 0, count: blockSize - 2 - (count + 1))
        let bits = 8 * (blockSize + count)  // below 2^16
        block[blockSize - 2] = UInt8(bits >> 8)
        block[blockSize - 1] = UInt8(bits & 0xFF)
    }

    /// The code of a message that fits into one block: two compressions and nothing else. A token's mark is one of these.
    private func authenticateShort(_ message: UnsafeRawBufferPointer) -> Digest256 {
        let (work, outer) = (states + 2, blocks + Self.blockSize)
        if let base = message.baseAddress {
            UnsafeMutableRawPointer(blocks).copyMemory(from: base, byteCount: message.count)
        }
        Self.pad(blocks, after: message.count)
        work.update(from: states, count: 1)
        SHA256_Transform(work, blocks)
        Self.store(work, to: outer)
        work.update(from: states + 1, count: 1)
        SHA256_Transform(work, outer)
        return Digest256 { Self.store(work, to: $0) }
    }

    /// The eight words of a state, big-endian; they are its first field.
    @inline(__always)
    private static func store(_ state: UnsafePointer<SHA256_CTX>, to bytes: UnsafeMutablePointer<UInt8>) {
        let (words, target) = (UnsafeRawPointer(state), UnsafeMutableRawPointer(bytes))
        for index in 0..<8 {
            let word = words.load(fromByteOffset: 4 * index, as: UInt32.self)
            target.storeBytes(of: word.bigEndian, toByteOffset: 4 * index, as: UInt32.self)
        }
    }

    /// The authentication code of `message`.
    package func authenticate(_ message: UnsafeRawBufferPointer) -> Digest256 {
        if message.count <= Self.longestShort { return authenticateShort(message) }
        let work = states + 2
        var status: Int32 = 0
        let digest = Digest256 { output in
            work.update(from: states, count: 1)
            status = SHA256_Update(work, message.baseAddress, message.count)
            status &= SHA256_Final(output, work)
            work.update(from: states + 1, count: 1)
            status &= SHA256_Update(work, output, Self.blockSize / 2)
            status &= SHA256_Final(output, work)
        }
        // Cannot depend on the message; a wrong code would silently spoil a mark or a proof.
        precondition(status == 1, "SHA-256 failed on a valid state")
        return digest
    }

    /// The authentication code of `message`.
    public func authenticate(_ message: [UInt8]) -> Digest256 {
        message.withUnsafeBytes { authenticate($0) }
    }

    /// The authentication code of the UTF-8 form of `message`.
    public func authenticate(_ message: String) -> Digest256 {
        var message = message
        return message.withUTF8 { authenticate(UnsafeRawBufferPointer($0)) }
    }
}
