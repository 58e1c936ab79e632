import CLibCrypto

/// An immutable buffer for key material: overwritten with zeros before its memory is released, and absent from
/// descriptions, dumps and mirrors.
public final class SecretBytes: Sendable {
    // Written only by the initialisers, so sharing it between threads is safe.
    private nonisolated(unsafe) let buffer: UnsafeMutableRawBufferPointer

    /// Copies `bytes`; erasing the original is the caller's business.
    public convenience init(copying bytes: some Collection<UInt8>) {
        self.init(count: bytes.count)
        buffer.copyBytes(from: bytes)
    }

    /// `count` zero bytes, or what `fill` writes into them.
    package init(count: Int, filledBy fill: (UnsafeMutableRawBufferPointer) -> Void = { _ in }) {
        // Never empty, so that libcrypto gets an address (it reads a null key as "keep the present one").
        let allocation = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 16)
        allocation.initializeMemory(as: UInt8.self, repeating: 0)
        buffer = UnsafeMutableRawBufferPointer(rebasing: allocation[0..<count])
        fill(buffer)
    }

    deinit {
        OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        buffer.deallocate()
    }

    /// `count` bytes from libcrypto's random generator for private values (`RAND_priv_bytes`).
    ///
    /// - Throws: ``KeyedPRFError`` if libcrypto has no randomness.
    public static func random(count: Int) throws(KeyedPRFError) -> SecretBytes {
        var status: Int32 = 0
        let secret = SecretBytes(count: count) { buffer in
            status = RAND_priv_bytes(buffer.baseAddress, Int32(clamping: buffer.count))
        }
        guard status == 1, count <= Int(Int32.max) else {
            throw OpenSSL.failure("RAND_priv_bytes")
        }
        return secret
    }

    /// Length in bytes.
    public var count: Int { buffer.count }

    /// Lends the bytes; they must not be copied into unerased memory.
    package func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(UnsafeRawBufferPointer(buffer))
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<redacted>`.
    public var description: String { "<redacted>" }

    /// Always `<redacted>`.
    public var debugDescription: String { "<redacted>" }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
