/// A scheme as it is tested: everything that decides what is scored, and nothing of the keys.
public struct TokenTestConfiguration: Hashable, Sendable {
    /// The scheme and its parameters.
    public let mark: TokenMark
    /// How many tokens a context has.
    public let width: Int
    /// Whether what occurs again counts once. Without it p-values hold only for texts in which nothing repeats.
    public let deduplicates: Bool

    /// - Parameters:
    ///   - mark: The scheme and its parameters.
    ///   - width: 1...64 tokens of context.
    ///   - deduplicates: Whether what occurs again counts once.
    /// - Throws: `WatermarkError.invalidParameter`.
    public init(_ mark: TokenMark, width: Int = 4, deduplicates: Bool = true) throws(WatermarkError) {
        try WatermarkConfiguration.check(width: width)
        try mark.validate()
        self.mark = mark
        self.width = width
        self.deduplicates = deduplicates
    }

    /// The configuration under which an embedder's marks are found.
    ///
    /// - Throws: `WatermarkError.invalidParameter`.
    public init(detecting configuration: WatermarkConfiguration) throws(WatermarkError) {
        try self.init(configuration.mark, width: configuration.width)
    }

    /// What adds up the words of a key.
    ///
    /// - Throws: `WatermarkError`, also for a key that is not one of the scheme's.
    package func scorer(key: TokenTestKey) throws(WatermarkError) -> any TokenScorer {
        try mark.scheme.scorer(key: key, width: width)
    }

    /// A key that nobody chose: for calibration, and as a decoy. The generator must be made for this purpose.
    package func randomKey(using generator: inout some RandomNumberGenerator) -> TokenTestKey {
        mark.keys.randomKey(using: &generator)
    }
}

/// The tokens of one output.
public struct TokenDocument: Hashable, Sendable {
    /// What was written.
    public var tokens: [Int32]
    /// What was asked: contexts that occur in it are not scored. Empty if unknown.
    public var prompt: [Int32]

    /// - Parameters:
    ///   - tokens: What was written.
    ///   - prompt: What was asked, in ids of the same tokenizer.
    public init(tokens: [Int32], prompt: [Int32] = []) {
        self.tokens = tokens
        self.prompt = prompt
    }
}
