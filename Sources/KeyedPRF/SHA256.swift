import CLibCrypto
import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// SHA-256 (FIPS 180-4) of a whole message.
public enum SHA256Digest {
    // Fetched once: a lookup by name costs more than hashing a short message. Read-only, so sharing is safe.
    nonisolated(unsafe) static let algorithm: OpaquePointer? = EVP_MD_fetch(nil, "SHA256", nil)

    /// The digest of `bytes`.
    public static func of(_ bytes: UnsafeRawBufferPointer) -> Digest256 {
        var status: Int32 = 0
        let digest = Digest256 { output in
            status = EVP_Digest(bytes.baseAddress, bytes.count, output, nil, algorithm, nil)
        }
        // libcrypto without a working SHA-256 has no sensible answer, and a wrong digest would be worse than a stop.
        precondition(status == 1, "libcrypto offers no SHA-256")
        return digest
    }

    /// The digest of `bytes`.
    public static func of(_ bytes: [UInt8]) -> Digest256 {
        bytes.withUnsafeBytes { of($0) }
    }

    /// The digest of the UTF-8 form of `text`.
    public static func of(_ text: String) -> Digest256 {
        var text = text
        return text.withUTF8 { of(UnsafeRawBufferPointer($0)) }
    }

    /// The digest of a file's bytes, read in pieces.
    ///
    /// - Parameters:
    ///   - path: The file; of a pipe, everything up to its end.
    ///   - length: Only so many first bytes, of a regular file; nil for all.
    /// - Throws: `FileError`, with code `truncated` where the file is shorter than `length`.
    public static func of(file path: String, length: Int64? = nil) throws(FileError) -> Digest256 {
        let file = try Descriptor(opening: path, O_RDONLY)
        guard let hasher = try? SHA256Hasher() else {
            throw FileError(.system, path: path, operation: "digest", errno: ENOMEM)
        }
        guard let length else {
            try file.forEachChunk { chunk throws(FileError) in hasher.update(chunk) }
            return hasher.finalize()
        }
        var offset: Int64 = 0
        while offset < length {
            let chunk = try file.bytes(at: offset, count: Int(min(1 << 20, length - offset)))
            hasher.update(chunk)
            offset += Int64(chunk.count)
        }
        return hasher.finalize()
    }
}

/// SHA-256 of a message that arrives in pieces.
public final class SHA256Hasher {
    private let context: OpaquePointer

    /// Starts an empty message.
    ///
    /// - Throws: ``KeyedPRFError`` if libcrypto refuses.
    public init() throws(KeyedPRFError) {
        guard let context = EVP_MD_CTX_new() else { throw OpenSSL.failure("EVP_MD_CTX_new") }
        guard EVP_DigestInit_ex2(context, SHA256Digest.algorithm, nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw OpenSSL.failure("EVP_DigestInit_ex2")
        }
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Appends `bytes` to the message.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        let status = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(status == 1, "EVP_DigestUpdate failed on a valid context")
    }

    /// Appends `bytes` to the message.
    public func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Appends the UTF-8 form of `text` to the message.
    public func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    /// The digest of the message, after which a new, empty message starts.
    public func finalize() -> Digest256 {
        var status: Int32 = 0
        let digest = Digest256 { output in
            status = EVP_DigestFinal_ex(context, output, nil)
        }
        status &= EVP_DigestInit_ex2(context, nil, nil)
        precondition(status == 1, "EVP_DigestFinal_ex failed on a valid context")
        return digest
    }
}
