import CLibCrypto

/// HMAC-SHA256 (RFC 2104, RFC 4231) under one key.
///
/// The context keeps the key schedule, so a short message costs no more than its compressions. Not `Sendable`:
/// every worker has its own.
public final class HMACSHA256 {
    private nonisolated(unsafe) static let algorithm: OpaquePointer? = EVP_MAC_fetch(nil, "HMAC", nil)

    private let context: OpaquePointer

    /// Keys the function; any key length is allowed, 32 bytes are usual.
    public init(key: SecretBytes) throws(KeyedPRFError) {
        guard let context = EVP_MAC_CTX_new(Self.algorithm) else { throw OpenSSL.failure("EVP_MAC_CTX_new") }
        let parameters = [OpenSSL.parameter("digest", "SHA256"), OSSL_PARAM_construct_end()]
        let status = key.withUnsafeBytes { bytes in
            EVP_MAC_init(context, bytes.baseAddress, bytes.count, parameters)
        }
        guard status == 1 else {
            EVP_MAC_CTX_free(context)
            throw OpenSSL.failure("EVP_MAC_init")
        }
        self.context = context
    }

    deinit {
        EVP_MAC_CTX_free(context)  // libcrypto erases the key schedule
    }

    /// The authentication code of `message`.
    package func authenticate(_ message: UnsafeRawBufferPointer) -> Digest256 {
        var status: Int32 = 0
        let digest = Digest256 { output in
            // A null key keeps the present one.
            status = EVP_MAC_init(context, nil, 0, nil)
            status &= EVP_MAC_update(context, message.baseAddress, message.count)
            status &= EVP_MAC_final(context, output, nil, 32)
        }
        // Cannot depend on the message; a wrong code would silently spoil a mark or a proof.
        precondition(status == 1, "EVP_MAC failed on a valid context")
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
