import KeyedPRF
import Marks
import TraceRewriting

/// Which keys and schemes a detection tests.
enum DetectionKeys {
    /// Loads the keyring that an option names.
    static func keyring(_ argument: String) throws -> Keyring {
        do {
            return try Keyring.load(Keyring.Source(argument: argument))
        } catch {
            throw CommandFailure(description: error.description)
        }
    }

    /// The subkeys of the chosen tenants and epochs, tenants and epochs in keyring order.
    static func select(
        from keyring: Keyring, purposes: [KeyPurpose], tenant: String?, epoch: String?
    ) throws -> [Subkey] {
        try withKeyringErrors { () throws(KeyedPRFError) in
            let tenants =
                try tenant.map { (name) throws(KeyedPRFError) in [try keyring.tenant(named: name)] }
                ?? keyring.tenants
            var keys: [Subkey] = []
            for tenant in tenants {
                for entry in tenant.epochs where epoch == nil || entry.name == epoch {
                    for purpose in purposes {
                        keys.append(try keyring.subkey(purpose, tenant: tenant.name, epoch: entry.name))
                    }
                }
            }
            return keys
        }.nonEmpty(
            orThrow: CommandFailure(
                description: epoch == nil
                    ? "the keyring has no tenants to test for" : "no tenant has an epoch '\(epoch ?? "")'"))
    }

    /// The text channels behind the marks' names.
    static func schemes(_ order: TraceMarks.Order) throws -> [any TextMarkScheme] {
        var schemes: [any TextMarkScheme] = []
        if order.contains(.lexical) { schemes.append(LexicalScheme(lexicon: try SanitizePlan.bundledLexicon())) }
        if order.contains(.trigger) { schemes.append(TriggerScheme()) }
        if order.contains(.selection) { schemes.append(SelectionScheme()) }
        return schemes
    }
}

extension Array {
    fileprivate func nonEmpty(orThrow error: any Error) throws -> Self {
        if isEmpty { throw error }
        return self
    }
}
