import KeyedPRF
import TraceRewriting

/// The keys a job of sanitising needs.
struct DefenceKeys: Sendable {
    let tenant: String?
    let epoch: String?
    private let keyring: Keyring?

    /// - Parameters:
    ///   - settings: Whose keys; its keyring is read where none is given.
    ///   - keyring: A keyring that is open already.
    ///   - order: The marks that need keys.
    init(_ settings: SanitizeSettings, keyring given: Keyring?, order: TraceMarks.Order) throws {
        guard let keyring = try given ?? settings.keyring.map({ try Keyring.load(Keyring.Source(argument: $0)) })
        else {
            guard order.isEmpty else {
                throw SettingsError(
                    "keyring", "marking needs `keyring` and `tenant` (`watermark` none rewrites without a mark)")
            }
            keyring = nil
            tenant = nil
            epoch = nil
            return
        }
        self.keyring = keyring
        tenant = settings.tenant
        guard let name = settings.tenant else {
            guard order.isEmpty else { throw SettingsError("tenant", "`keyring` needs a `tenant`") }
            epoch = nil
            return
        }
        epoch = try keyring.markingEpoch(of: name, named: settings.epoch)
    }

    func subkey(_ purpose: KeyPurpose) throws(KeyedPRFError) -> Subkey {
        guard let keyring, let tenant, let epoch else { throw .unknownTenant(tenant ?? "") }
        return try keyring.subkey(purpose, tenant: tenant, epoch: epoch)
    }

    func identifiers(_ order: TraceMarks.Order) throws(KeyedPRFError) -> [String] {
        var identifiers: [String] = []
        for purpose in order.purposes { identifiers.append(try subkey(purpose).keyID) }
        return identifiers
    }

    func ledgerKey() throws -> Subkey {
        guard let keyring else {
            throw SettingsError("ledger", "`ledger` needs a `keyring`: its rows are authenticated with a key of it")
        }
        return try keyring.ledgerKey()
    }
}
