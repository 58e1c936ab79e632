/// The likeliest next tokens after a position, with their probabilities: a distribution cut to its top.
public struct TopTokens: Hashable, Sendable {
    /// Token ids in the vocabulary that marks are made in; distinct, the likeliest first, ties by id.
    public var tokens: [Int32]
    /// Their probabilities before the cut, so that they add up to at most 1; as many as tokens.
    public var probabilities: [Float]

    /// - Parameters:
    ///   - tokens: Distinct token ids, the likeliest first.
    ///   - probabilities: As many probabilities.
    public init(tokens: [Int32] = [], probabilities: [Float] = []) {
        self.tokens = tokens
        self.probabilities = probabilities
    }
}

/// A text that a model reads without writing it: what was asked, and what followed.
public struct ReadText: Hashable, Sendable {
    /// What was asked. Empty if nothing.
    public var prompt: [Int32]
    /// What followed; a row is read for every token of it.
    public var completion: [Int32]

    /// - Parameters:
    ///   - prompt: What was asked.
    ///   - completion: What followed.
    public init(prompt: [Int32], completion: [Int32]) {
        self.prompt = prompt
        self.completion = completion
    }
}

/// A model that reads texts: the suspect with open weights, or the reference that never saw marked text.
public protocol NextTokenReader: AnyObject {
    /// The distributions from which each text's completion tokens would be drawn.
    ///
    /// - Parameters:
    ///   - texts: What to read.
    ///   - top: How many tokens of a distribution are kept, at least 1.
    /// - Returns: For each text one row per completion token: the distribution after everything before that token. A first
    ///   token with nothing before it has an empty row.
    /// - Throws: What the model throws.
    func topTokens(_ texts: [ReadText], top: Int) throws -> [[TopTokens]]
    /// The natural logarithm of each completion token's probability; 0 for a first token with nothing before it.
    ///
    /// - Throws: What the model throws.
    func logProbabilities(_ texts: [ReadText]) throws -> [[Float]]
}
