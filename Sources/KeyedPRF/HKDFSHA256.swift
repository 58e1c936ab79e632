import CLibCrypto

/// HKDF with SHA-256 (RFC 5869), extract and expand.
public enum HKDFSHA256 {
    /// Derives `count` bytes (1 ... 8,160) from `inputKey`.
    ///
    /// An empty `salt` means 32 zero bytes, as in RFC 5869, section 2.2. `info` has at most 1,024 bytes, the limit of
    /// OpenSSL 3.0.
    ///
    /// - Throws: ``KeyedPRFError`` for a count or an `info` out of bounds.
    public static func derive(
        inputKey: SecretBytes, salt: [UInt8], info: [UInt8], count: Int
    ) throws(KeyedPRFError) -> SecretBytes {
        guard inputKey.count > 0 else {
            throw .invalidKeyLength(operation: "HKDF", expected: "at least 1", actual: 0)
        }
        guard (1...255 * 32).contains(count) else {
            throw .cryptography(operation: "HKDF", reason: "output length \(count) outside 1...8160")
        }
        let algorithm = EVP_KDF_fetch(nil, "HKDF", nil)
        defer { EVP_KDF_free(algorithm) }
        guard let context = EVP_KDF_CTX_new(algorithm) else { throw OpenSSL.failure("EVP_KDF_CTX_new") }
        defer { EVP_KDF_CTX_free(context) }

        var status: Int32 = 0
        let derived = SecretBytes(count: count) { output in
            inputKey.withUnsafeBytes { key in
                salt.withUnsafeBytes { salt in
                    info.withUnsafeBytes { info in
                        var parameters = [OpenSSL.parameter("digest", "SHA256"), OpenSSL.parameter("key", key)]
                        if !salt.isEmpty { parameters.append(OpenSSL.parameter("salt", salt)) }
                        if !info.isEmpty { parameters.append(OpenSSL.parameter("info", info)) }
                        parameters.append(OSSL_PARAM_construct_end())
                        status = EVP_KDF_derive(context, output.baseAddress, output.count, parameters)
                    }
                }
            }
        }
        guard status == 1 else { throw OpenSSL.failure("EVP_KDF_derive") }
        return derived
    }
}
