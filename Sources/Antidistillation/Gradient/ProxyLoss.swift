/// How the losses of tokens are put together.
public enum LossAverage: String, Hashable, Sendable, CaseIterable, Codable {
    /// The mean over all completion tokens of all traces.
    case token
    /// The mean over traces of each trace's mean, as in the authors' code.
    case trace
}

/// Which completion tokens a loss is taken of.
public enum LossTokens: String, Hashable, Sendable, CaseIterable, Codable {
    /// All, as in the paper.
    case completion
    /// Those with a digit: whether the student calculates, not how it words it.
    case numbers
}
