import Foundation

/// The master secret with the tenants and epochs that keys are derived for.
///
/// A value is a snapshot: `Keyring.update` is the way to change a keyring file.
public struct Keyring: Sendable {
    /// The life of an epoch.
    public enum EpochState: String, Codable, CaseIterable, Sendable {
        /// Marks new outputs.
        case active
        /// Was replaced by a rotation; still detected.
        case retired
        /// One of its commitments was opened: whoever saw that key can forge or strip the mark.
        case opened
    }

    /// A rotation period of one tenant.
    public struct Epoch: Hashable, Sendable {
        /// Unique within the tenant.
        public internal(set) var name: String
        /// When it began, in whole seconds.
        public internal(set) var createdAt: Date
        /// Where it is in its life.
        public internal(set) var state: EpochState
        /// The purposes whose subkey was opened, and when.
        public internal(set) var opened: [KeyPurpose: Date]
    }

    /// An API customer, so that a leak can be attributed.
    public struct Tenant: Hashable, Sendable {
        /// Unique within the keyring.
        public internal(set) var name: String
        /// In order of creation.
        public internal(set) var epochs: [Epoch]
    }

    /// The least length of a master secret, in bytes.
    public static let minimumMasterLength = 32

    /// In order of creation.
    public internal(set) var tenants: [Tenant]

    let master: SecretBytes

    init(master: SecretBytes, tenants: [Tenant]) {
        self.master = master
        self.tenants = tenants
    }

    // MARK: Files

    /// Reads a keyring.
    ///
    /// - Throws: ``KeyedPRFError`` for a source that cannot be read, that others may read, or that holds no keyring.
    public static func load(_ source: Source) throws(KeyedPRFError) -> Keyring {
        try load(source, commandTimeout: .seconds(30))
    }

    /// Reads a keyring; a command has `commandTimeout` to answer.
    package static func load(_ source: Source, commandTimeout: Duration) throws(KeyedPRFError) -> Keyring {
        try KeyringCoding.decode(source.read(commandTimeout: commandTimeout), source: source.description)
    }

    /// Makes a keyring file (mode 0600) with a random master secret of 32 bytes; fails if the path exists.
    ///
    /// - Throws: ``KeyedPRFError`` for a file that is there already or cannot be written, or a name that is not allowed.
    @discardableResult
    public static func create(
        at path: String, tenants: [String] = [], now: Date = Date()
    ) throws(KeyedPRFError) -> Keyring {
        try create(at: path, tenants: tenants, master: .random(count: minimumMasterLength), now: now)
    }

    /// Makes a keyring file with a master secret that is known already.
    @discardableResult
    package static func create(
        at path: String, tenants: [String], master: SecretBytes, now: Date = Date()
    ) throws(KeyedPRFError) -> Keyring {
        var keyring = Keyring(master: master, tenants: [])
        for tenant in tenants { try keyring.addTenant(tenant, now: now) }
        try KeyringFile.create(at: path, KeyringCoding.encode(keyring))
        return keyring
    }

    /// Changes a keyring file: locks it, reads it, lets `change` work on it, and replaces it in one step. When this
    /// returns, the change is on disk; when it throws, the file is as it was.
    ///
    /// - Throws: ``KeyedPRFError`` for a file that cannot be read, locked or written; what `change` throws.
    public static func update<Result>(
        _ source: Source, _ change: (inout Keyring) throws(KeyedPRFError) -> Result
    ) throws(KeyedPRFError) -> Result {
        guard case .file(let path) = source else { throw .readOnlySource(source: source.description) }
        let file = try KeyringFile(opening: path, forUpdate: true)
        var keyring = try KeyringCoding.decode(file.contents(), source: path)
        let result = try change(&keyring)
        try file.replace(with: KeyringCoding.encode(keyring))
        return result
    }

    // MARK: Keys

    /// The tenant of this name.
    ///
    /// - Throws: ``KeyedPRFError`` if there is none.
    public func tenant(named name: String) throws(KeyedPRFError) -> Tenant {
        guard let tenant = tenants.first(where: { $0.name == name }) else { throw .unknownTenant(name) }
        return tenant
    }

    /// The epoch whose keys mark new outputs.
    ///
    /// - Throws: ``KeyedPRFError`` for a tenant that is not in the keyring.
    public func activeEpoch(of tenant: String) throws(KeyedPRFError) -> String {
        guard let epoch = try self.tenant(named: tenant).epochs.last(where: { $0.state == .active }) else {
            throw .noActiveEpoch(tenant: tenant)
        }
        return epoch.name
    }

    /// The epoch that new outputs are marked in: the tenant's active one, or the one named, which may be retired but not
    /// opened: whoever knows a key can forge its mark.
    package func markingEpoch(of tenant: String, named name: String?) throws(KeyedPRFError) -> String {
        guard let name else { return try activeEpoch(of: tenant) }
        guard try self.tenant(named: tenant).epochs.contains(where: { $0.name == name && $0.state != .opened }) else {
            throw .unknownEpoch(tenant: tenant, epoch: name)
        }
        return name
    }

    /// The key of a purpose for an epoch of the keyring, whatever its state; `ledger` takes an empty tenant and epoch.
    ///
    /// - Throws: ``KeyedPRFError`` for a tenant or an epoch that is not in the keyring.
    public func subkey(_ purpose: KeyPurpose, tenant: String, epoch: String) throws(KeyedPRFError) -> Subkey {
        let identity = KeyIdentity(purpose: purpose, tenant: tenant, epoch: epoch)
        try KeyNames.check(identity)
        if purpose != .ledger {
            guard try self.tenant(named: tenant).epochs.contains(where: { $0.name == epoch }) else {
                throw .unknownEpoch(tenant: tenant, epoch: epoch)
            }
        }
        return try Subkey(identity: identity, master: master)
    }

    /// The provider-wide key of the ledger's HMAC chain.
    ///
    /// - Throws: ``KeyedPRFError`` if libcrypto refuses.
    public func ledgerKey() throws(KeyedPRFError) -> Subkey {
        try subkey(.ledger, tenant: "", epoch: "")
    }
}

extension Keyring: CustomStringConvertible, CustomReflectable {
    /// The numbers of tenants and epochs.
    public var description: String {
        "keyring of \(tenants.count) tenants, \(tenants.reduce(0) { $0 + $1.epochs.count }) epochs"
    }

    /// A mirror without the master secret.
    public var customMirror: Mirror { Mirror(self, children: ["tenants": tenants]) }
}
