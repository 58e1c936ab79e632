/// How far an audit is.
public struct AuditProgress: Hashable, Sendable {
    /// What is counted.
    public enum Stage: String, Hashable, Sendable {
        /// Questions that were answered, trigger queries among them.
        case answers
        /// Texts that the suspect's weights read.
        case readBySuspect = "texts read by the suspect"
        /// Texts that the reference read.
        case readByReference = "texts read by the reference"
        /// Released traces that the suspect compared with what was passed over.
        case judged = "traces judged"
    }

    /// What is counted.
    public var stage: Stage
    /// How many of it are done.
    public var count: Int
    /// How many there are.
    public var total: Int
}
