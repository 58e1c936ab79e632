/// What a subkey is for; one never serves two purposes.
public enum KeyPurpose: String, Codable, CaseIterable, Sendable {
    /// Watermarks in sampled tokens.
    case token
    /// The lexical text mark.
    case lexical
    /// Trigger/target pairs.
    case trigger
    /// Selection among candidates.
    case selection
    /// The ledger's HMAC chain; provider-wide, with empty tenant and epoch.
    case ledger
}

/// The public name of a subkey.
public struct KeyIdentity: Hashable, Codable, Sendable, CustomStringConvertible {
    /// What the subkey is for.
    public var purpose: KeyPurpose
    /// The customer whose outputs it marks; empty for the ledger key.
    public var tenant: String
    /// The rotation period; empty for the ledger key.
    public var epoch: String

    /// Names a subkey; `Keyring.subkey` checks the names.
    public init(purpose: KeyPurpose, tenant: String, epoch: String) {
        self.purpose = purpose
        self.tenant = tenant
        self.epoch = epoch
    }

    /// `purpose/tenant/epoch`.
    public var description: String { "\(purpose.rawValue)/\(tenant)/\(epoch)" }
}

/// A 32-byte key derived from a keyring's master secret for one purpose, tenant and epoch.
public struct Subkey: Sendable {
    /// Its public name.
    public let identity: KeyIdentity
    /// The key itself.
    public let secret: SecretBytes
    /// HMAC-SHA256(subkey, "denature/commit/v1"): publishable before a dispute, says nothing about the key.
    public let commitment: Digest256

    /// The first 16 hexadecimal digits of the commitment: safe to store and to print.
    public var keyID: String { String(commitment.hex.prefix(16)) }

    /// Names `secret`, which must not be empty, and computes its commitment.
    ///
    /// - Throws: ``KeyedPRFError`` for an empty secret.
    public init(identity: KeyIdentity, secret: SecretBytes) throws(KeyedPRFError) {
        guard secret.count > 0 else {
            throw .invalidKeyLength(operation: "subkey", expected: "at least 1", actual: 0)
        }
        self.identity = identity
        self.secret = secret
        commitment = try Self.commitment(to: secret)
    }

    /// Derives a subkey from a master secret: HKDF-SHA256 with salt "denature/v1" and
    /// info = purpose NUL tenant NUL epoch. Names are checked here.
    package init(identity: KeyIdentity, master: SecretBytes) throws(KeyedPRFError) {
        try KeyNames.check(identity)
        let info = [identity.purpose.rawValue, identity.tenant, identity.epoch].map { Array($0.utf8) }
        try self.init(
            identity: identity,
            secret: HKDFSHA256.derive(
                inputKey: master, salt: Array("denature/v1".utf8), info: Array(info.joined(separator: [0])), count: 32))
    }

    static func commitment(to secret: SecretBytes) throws(KeyedPRFError) -> Digest256 {
        try HMACSHA256(key: secret).authenticate("denature/commit/v1")
    }
}

extension Subkey: CustomStringConvertible, CustomReflectable {
    /// The identity and the key id.
    public var description: String { "\(identity) (key \(keyID))" }

    /// A mirror of the public parts.
    public var customMirror: Mirror { Mirror(self, children: ["identity": identity, "keyID": keyID]) }
}
