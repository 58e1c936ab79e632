import KeyedPRF

/// What can go wrong while detecting.
public enum DetectionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A file operation on the spilled observations failed, with the system's reason.
    case spill(operation: String, folder: String, reason: String)
    /// A spilled partition came back shorter than it was written.
    case spillTruncated(folder: String)
    /// A key cannot be used.
    case key(KeyedPRFError)

    /// One line for a person.
    public var description: String {
        switch self {
        case .spill(let operation, let folder, let reason):
            "\(folder): \(operation) of a temporary detection file failed: \(reason)"
        case .spillTruncated(let folder):
            "\(folder): a temporary detection file lost data"
        case .key(let error):
            error.description
        }
    }
}
