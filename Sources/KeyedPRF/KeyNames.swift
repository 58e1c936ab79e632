/// The rules for names that enter a key derivation.
package enum KeyNames {
    /// The longest tenant or epoch name, in UTF-8 bytes.
    package static let maximumLength = 256

    /// Checks a tenant's or epoch's name: not empty, at most 256 bytes, no control characters (so no NUL, which
    /// separates the parts of the derivation's info, and nothing that can forge a line of a log).
    package static func check(_ name: String, subject: String) throws(KeyedPRFError) {
        guard !name.isEmpty else { throw .invalidName(subject: subject, reason: "is empty") }
        guard name.utf8.count <= maximumLength else {
            throw .invalidName(
                subject: subject, reason: "has \(name.utf8.count) bytes; at most \(maximumLength) are allowed")
        }
        guard !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .invalidName(subject: subject, reason: "contains a control character")
        }
    }

    /// Checks the names of an identity; the ledger key, and only it, has none.
    static func check(_ identity: KeyIdentity) throws(KeyedPRFError) {
        if identity.purpose == .ledger {
            guard identity.tenant.isEmpty, identity.epoch.isEmpty else {
                throw .invalidName(subject: "tenant", reason: "must be empty for the provider-wide ledger key")
            }
        } else {
            try check(identity.tenant, subject: "tenant")
            try check(identity.epoch, subject: "epoch")
        }
    }
}
