import CLibCrypto

/// Small helpers around libcrypto's C interface.
enum OpenSSL {
    /// The error of the libcrypto call that has just failed on this thread, with libcrypto's reason text.
    static func failure(_ operation: String) -> KeyedPRFError {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        let reason = ERR_reason_error_string(code).map { String(cString: $0) }
        return .cryptography(operation: operation, reason: reason ?? "no reason given")
    }

    /// A text parameter. Both strings are static because `OSSL_PARAM` only borrows their bytes.
    static func parameter(_ key: StaticString, _ value: StaticString) -> OSSL_PARAM {
        OSSL_PARAM_construct_utf8_string(
            cString(key), UnsafeMutablePointer(mutating: cString(value)), value.utf8CodeUnitCount)
    }

    /// A byte-string parameter borrowing `bytes`, which must outlive it.
    static func parameter(_ key: StaticString, _ bytes: UnsafeRawBufferPointer) -> OSSL_PARAM {
        OSSL_PARAM_construct_octet_string(
            cString(key), UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    }

    private static func cString(_ text: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
