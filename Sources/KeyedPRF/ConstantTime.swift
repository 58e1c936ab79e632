import CLibCrypto

/// Whether two byte strings are equal, in time that depends on their lengths only. Different lengths are unequal.
public func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.withUnsafeBytes { a in b.withUnsafeBytes { b in constantTimeEqual(a, b) } }
}

/// Whether two secrets are equal, in time that depends on their lengths only. Different lengths are unequal.
public func constantTimeEqual(_ a: SecretBytes, _ b: SecretBytes) -> Bool {
    a.withUnsafeBytes { a in b.withUnsafeBytes { b in constantTimeEqual(a, b) } }
}

/// Whether two byte strings are equal, in time that depends on their lengths only. Different lengths are unequal.
public func constantTimeEqual(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    guard a.count == b.count else { return false }
    guard let x = a.baseAddress, let y = b.baseAddress else { return true }  // both empty
    return CRYPTO_memcmp(x, y, a.count) == 0
}
