import Foundation
import KeyedPRF

/// Keyrings whose secret is the same in every run: a random key is a false alarm at level 0.01 in one of a hundred.
package enum FixedKeyring {
    /// Makes a keyring file.
    ///
    /// - Parameter secret: What the master secret follows from.
    @discardableResult
    package static func create(
        at path: String, tenants: [String], secret: String = "the tests' keyring"
    ) throws -> Keyring {
        let master = SecretBytes(copying: SHA256Digest.of(secret).bytes)
        return try Keyring.create(at: path, tenants: tenants, master: master)
    }
}
