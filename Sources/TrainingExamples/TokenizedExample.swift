/// A prompt and a completion as token ids.
public struct TokenizedExample: Hashable, Sendable {
    /// The ids of the prompt.
    public var prompt: [Int32]
    /// The ids of the completion; the last one is the end token unless the example was cut.
    public var completion: [Int32]
    /// The line of the input, from 1.
    public var line: Int

    /// - Parameters:
    ///   - prompt: The ids of the prompt.
    ///   - completion: The ids of the completion.
    ///   - line: The line of the input, from 1.
    public init(prompt: [Int32], completion: [Int32], line: Int) {
        self.prompt = prompt
        self.completion = completion
        self.line = line
    }

    /// Prompt and completion.
    public var tokens: [Int32] { prompt + completion }

    /// The number of tokens.
    public var count: Int { prompt.count + completion.count }
}

/// What becomes of an example with more tokens than allowed.
public enum TooLongPolicy: String, Hashable, Sendable, CaseIterable {
    /// It is left out and reported.
    case skip
    /// Its completion is cut, so that the model does not learn to end there; left out if the prompt alone is too long.
    case truncate
    /// It is an error.
    case error
}
