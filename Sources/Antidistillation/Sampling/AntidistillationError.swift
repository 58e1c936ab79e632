/// Why the penalty cannot be set up or applied.
public struct AntidistillationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A strength, budget or threshold outside its range.
        case invalidOption
        /// A penalty without the proxies it needs.
        case missingProxy
        /// The tokenizers of teacher and proxy are different ones.
        case vocabularyMismatch
        /// A token id outside the vocabulary it is said to come from.
        case unknownToken
        /// Derivatives that do not fit what was asked for.
        case malformedDerivatives
    }

    /// What went wrong.
    public var code: Code
    /// The same in words.
    public var description: String

    /// - Parameters:
    ///   - code: What went wrong.
    ///   - description: The same in words.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
