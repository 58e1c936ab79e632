import Marks

/// Why a detection failed, beside what its parts throw. No case carries key material.
public enum DetectError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The keyring has nobody to test for.
    case noTenants
    /// No tested tenant has the epoch.
    case noEpoch(String)
    /// The environment does not have the variable that should hold the key.
    case noVariable(String)
    /// The file that should hold the key cannot be read.
    case unreadableKey(path: String)
    /// A serving engine's settings cannot be used.
    case engineFile(path: String, reason: String)
    /// A line of token ids cannot be read.
    case line(file: String, number: Int, TokenLineError)

    /// One line for a person.
    public var description: String {
        switch self {
        case .noTenants: "the keyring has no tenants to test for"
        case .noEpoch(let epoch): "no tenant has an epoch '\(epoch)'"
        case .noVariable(let name): "the key: the environment has no variable \(name)"
        case .unreadableKey(let path): "the key: \(path) cannot be read"
        case .engineFile(let path, let reason): "\(path): \(reason)"
        case .line(let file, let number, let error): "\(file):\(number): \(error)"
        }
    }
}
