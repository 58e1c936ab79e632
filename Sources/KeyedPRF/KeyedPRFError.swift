/// What can go wrong with keys and keyrings. No case ever carries key material or text read from a keyring.
public enum KeyedPRFError: Error, Equatable, Sendable, CustomStringConvertible {
    /// An OpenSSL call failed; `reason` is libcrypto's own reason text.
    case cryptography(operation: String, reason: String)
    /// A key of the wrong length, in bytes.
    case invalidKeyLength(operation: String, expected: String, actual: Int)
    /// A tenant's or epoch's name that cannot be used, for instance because it contains NUL.
    case invalidName(subject: String, reason: String)
    /// The keyring has no such tenant.
    case unknownTenant(String)
    /// The keyring has this tenant already.
    case tenantExists(String)
    /// The tenant has no such epoch.
    case unknownEpoch(tenant: String, epoch: String)
    /// All epochs of the tenant are retired or opened.
    case noActiveEpoch(tenant: String)
    /// The provider-wide ledger key was asked to be opened.
    case ledgerKeyNotOpenable
    /// The keyring grants a permission to its group or to everyone; `mode` holds the permission bits.
    case insecurePermissions(path: String, mode: UInt16)
    /// The keyring file exists and is not overwritten.
    case fileExists(path: String)
    /// A system call on a keyring failed.
    case inputOutput(source: String, operation: String, reason: String)
    /// The keyring's JSON is wrong at this line and column (both from 1).
    case malformedKeyring(source: String, line: Int, column: Int, reason: String)
    /// The keyring was read from a variable or a command, so a change cannot be saved.
    case readOnlySource(source: String)

    /// One line for a person, with the way out where there is one.
    public var description: String {
        switch self {
        case .cryptography(let operation, let reason):
            "libcrypto: \(operation) failed: \(reason)"
        case .invalidKeyLength(let operation, let expected, let actual):
            "\(operation): the key must have \(expected) bytes, this one has \(actual)"
        case .invalidName(let subject, let reason):
            "the \(subject) name \(reason)"
        case .unknownTenant(let tenant):
            "the keyring has no tenant '\(tenant)'"
        case .tenantExists(let tenant):
            "the keyring already has a tenant '\(tenant)'; rotate its key for a new epoch"
        case .unknownEpoch(let tenant, let epoch):
            "tenant '\(tenant)' has no epoch '\(epoch)'"
        case .noActiveEpoch(let tenant):
            "tenant '\(tenant)' has no active epoch; rotate its key to start one"
        case .ledgerKeyNotOpenable:
            "the ledger key belongs to the provider as a whole and is never opened"
        case .insecurePermissions(let path, let mode):
            "\(path): others than the owner may access this keyring (mode 0\(String(mode, radix: 8))); "
                + "run: chmod 600 '\(path)', and rotate its keys if others may have read it"
        case .fileExists(let path):
            "\(path): exists already; a keyring is never overwritten"
        case .inputOutput(let source, let operation, let reason):
            "\(source): \(operation): \(reason)"
        case .malformedKeyring(let source, let line, let column, let reason):
            "\(source):\(line):\(column): \(reason)"
        case .readOnlySource(let source):
            "\(source): a keyring from here is read-only; only a keyring file can be changed"
        }
    }
}
