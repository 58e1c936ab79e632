/// Why an answer ended. Services have reasons of their own, which are kept as they are.
public struct AnswerEnd: RawRepresentable, Codable, Hashable, Sendable {
    /// The reason as evidence has it.
    public var rawValue: String

    /// - Parameter rawValue: The reason as evidence has it.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The suspect ended it.
    public static let stop = AnswerEnd(rawValue: "stop")
    /// The token limit was reached.
    public static let length = AnswerEnd(rawValue: "length")
    /// The suspect refused to answer.
    public static let refusal = AnswerEnd(rawValue: "refusal")
    /// The suspect turned the question down, and will again.
    public static let failed = AnswerEnd(rawValue: "failed")
    /// The answer was there before the audit.
    public static let collected = AnswerEnd(rawValue: "collected")
    /// The suspect did not say.
    public static let unknown = AnswerEnd(rawValue: "unknown")
}
