import TraceRewriting

/// A token for a site, and what ranks it.
public struct SwapProposal: Hashable, Sendable {
    /// The token.
    public var token: Int32
    /// Its gain over the token that is there, in units of J.
    public var gain: Double

    /// - Parameters:
    ///   - token: The token.
    ///   - gain: Its gain over the token that is there.
    public init(token: Int32, gain: Double) {
        self.token = token
        self.gain = gain
    }
}

/// What a search for swaps asks its models. Not for use by several searches at once.
public protocol SwapScorer: AnyObject {
    /// Whether a teacher can be asked.
    var hasTeacher: Bool { get }

    /// For each site its `count` most promising tokens, the best first; fewer where the kind has fewer.
    ///
    /// - Parameters:
    ///   - text: The trace.
    ///   - completion: Its completion with the swaps made so far.
    ///   - sites: Where a token may be exchanged.
    ///   - count: Tokens per site.
    /// - Throws: What the models throw.
    func proposals(
        for text: SwapText, completion: [Int32], sites: [SwapText.Site], count: Int
    ) throws -> [[SwapProposal]]

    /// J of each completion, in units of the gradient as it is.
    ///
    /// - Throws: What the proxy throws.
    func objectives(of text: SwapText, completions: [[Int32]]) throws -> [Double]

    /// The teacher's log-probability of each completion in nats; empty without a teacher.
    ///
    /// - Throws: What the teacher throws.
    func logProbabilities(of text: SwapText, completions: [[Int32]]) throws -> [Double]
}
