import Foundation

/// The public promise of a key: fixed before a dispute, opened in it.
public struct KeyCommitment: Hashable, Sendable {
    /// The key's public name.
    public let identity: KeyIdentity
    /// HMAC-SHA256(subkey, "denature/commit/v1").
    public let commitment: Digest256
    /// The state of the key's epoch.
    public let state: Keyring.EpochState
    /// When this very key was opened, if it was.
    public let openedAt: Date?

    /// The first 16 hexadecimal digits of the commitment.
    public var keyID: String { String(commitment.hex.prefix(16)) }
}

/// An opened commitment: proves which key was fixed in advance. Whoever sees it can forge or strip that key's mark.
public struct OpenedCommitment: Hashable, Codable, Sendable {
    /// The key's public name.
    public let identity: KeyIdentity
    /// The key, 64 hexadecimal digits.
    public let subkey: String
    /// The commitment as it was published, 64 hexadecimal digits.
    public let commitment: String
}

extension Keyring {
    /// The commitments of all of a tenant's keys, by epoch and purpose (the ledger key is not a tenant's).
    ///
    /// - Throws: ``KeyedPRFError`` for a tenant that is not in the keyring.
    public func commitments(for tenant: String) throws(KeyedPRFError) -> [KeyCommitment] {
        var commitments: [KeyCommitment] = []
        for epoch in try self.tenant(named: tenant).epochs {
            for purpose in KeyPurpose.allCases where purpose != .ledger {
                let subkey = try self.subkey(purpose, tenant: tenant, epoch: epoch.name)
                commitments.append(
                    KeyCommitment(
                        identity: subkey.identity, commitment: subkey.commitment, state: epoch.state,
                        openedAt: epoch.opened[purpose]))
            }
        }
        return commitments
    }

    /// Opens a commitment and burns the key: its epoch becomes `opened`, marks nothing any more, and the tenant needs
    /// a rotation if it was the active one. Opening the same key again gives the same answer and keeps the first date.
    ///
    /// Hand the result out only once the change is on disk: call this inside `Keyring.update`.
    ///
    /// - Throws: ``KeyedPRFError`` for a key that is not in the keyring.
    public mutating func open(
        _ purpose: KeyPurpose, tenant: String, epoch: String, now: Date = Date()
    ) throws(KeyedPRFError) -> OpenedCommitment {
        guard purpose != .ledger else { throw .ledgerKeyNotOpenable }
        let subkey = try self.subkey(purpose, tenant: tenant, epoch: epoch)
        let index = try self.index(ofTenant: tenant)
        for i in tenants[index].epochs.indices where tenants[index].epochs[i].name == epoch {
            tenants[index].epochs[i].state = .opened
            if tenants[index].epochs[i].opened[purpose] == nil {
                tenants[index].epochs[i].opened[purpose] = now.wholeSeconds
            }
        }
        return OpenedCommitment(
            identity: subkey.identity, subkey: subkey.secret.withUnsafeBytes { Hexadecimal.encode($0) },
            commitment: subkey.commitment.hex)
    }

    /// Whether an opened key is the one that a published commitment fixed; both in hexadecimal, compared in constant
    /// time. Text that is not 64 hexadecimal digits is no opening.
    ///
    /// - Throws: ``KeyedPRFError`` if libcrypto refuses.
    public static func verifyOpening(subkeyHex: String, commitmentHex: String) throws(KeyedPRFError) -> Bool {
        guard let subkey = Digest256(hex: subkeyHex), let commitment = Digest256(hex: commitmentHex) else {
            return false
        }
        return try Subkey.commitment(to: SecretBytes(copying: subkey.bytes)) == commitment
    }
}
