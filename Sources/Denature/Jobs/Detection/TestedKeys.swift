import KeyedPRF

/// The keys that a detection tests.
enum TestedKeys {
    /// The subkeys of the chosen tenants and epochs, tenants and epochs in keyring order.
    ///
    /// - Throws: `KeyedPRFError`, or ``DetectError`` where nothing is left.
    static func select(
        from keyring: Keyring, purposes: [KeyPurpose], tenant: String?, epoch: String?
    ) throws -> [Subkey] {
        let tenants = try tenant.map { [try keyring.tenant(named: $0)] } ?? keyring.tenants
        var keys: [Subkey] = []
        for tenant in tenants {
            for entry in tenant.epochs where epoch == nil || entry.name == epoch {
                for purpose in purposes {
                    keys.append(try keyring.subkey(purpose, tenant: tenant.name, epoch: entry.name))
                }
            }
        }
        if keys.isEmpty { throw epoch.map { DetectError.noEpoch($0) } ?? DetectError.noTenants }
        return keys
    }
}
