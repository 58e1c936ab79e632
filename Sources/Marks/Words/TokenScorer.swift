/// What a key's words add up to.
public struct TokenTotals: Hashable, Sendable {
    /// Scored positions.
    public var scored = 0
    /// Successes among trials: green tokens, or bits that are 1.
    public var hits = 0
    /// Σ −log(1 − u) under the key, or under the first of two.
    public var sum = 0.0
    /// Σ −log(1 − u) under the second key.
    public var secondSum = 0.0

    /// Nothing yet.
    public init() {}
}

/// Adds up one scheme's statistic under one key. Not `Sendable`: every worker has its own.
///
/// It is called for blocks of thousands of positions, so that its loops can be compiled for the scheme.
public protocol TokenScorer: AnyObject {
    /// The sums so far.
    var totals: TokenTotals { get }
    /// Adds the positions of a block.
    func add(_ block: TokenObservationBlock)
    /// Begins anew.
    func reset()

    /// Σ weight · (score − mean) of (context, token) pairs, whatever was added: a score is that of one position, of a count
    /// its share of the trials.
    ///
    /// - Parameters:
    ///   - contexts: `width` tokens for every pair, oldest first.
    ///   - tokens: The pairs' tokens.
    ///   - weights: As many weights.
    ///   - width: Tokens of context.
    ///   - mean: What is taken off every score.
    func weightedSum(
        contexts: UnsafeBufferPointer<Int32>, tokens: UnsafeBufferPointer<Int32>, weights: UnsafeBufferPointer<Double>,
        width: Int, mean: Double
    ) -> Double
}

/// How many positions scorers work on at a time.
enum ScoringChunk {
    static let size = 256

    /// Calls `body` with chunks of pairs and the place of their first one.
    @inline(__always)
    static func forEach(
        contexts: UnsafeBufferPointer<Int32>, tokens: UnsafeBufferPointer<Int32>, count: Int, width: Int,
        _ body: (TokenPairRows, Int) -> Void
    ) {
        guard count > 0, let contexts = contexts.baseAddress, let tokens = tokens.baseAddress else { return }
        for start in stride(from: 0, to: count, by: size) {
            body(
                TokenPairRows(
                    contexts: contexts + start * width, tokens: tokens + start, count: min(size, count - start),
                    width: width), start)
        }
    }
}
