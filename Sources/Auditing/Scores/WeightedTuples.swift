/// Distinct PRF inputs (context, token) with weights that do not depend on any key.
package struct WeightedTuples: Hashable, Sendable {
    /// How many tokens a context has.
    package var width: Int
    /// count × width tokens: the contexts, oldest token first, in ascending order; −1 for a token that is missing.
    package var contexts: [Int32]
    /// The token of every tuple, ascending within a context.
    package var tokens: [Int32]
    /// The weight of every tuple, finite and not 0.
    package var weights: [Double]
    /// Positions that were counted.
    package var positions: Int
    /// Distinct contexts among them.
    package var distinctContexts: Int

    /// The number of tuples.
    package var count: Int { tokens.count }

    /// - Parameters:
    ///   - width: How many tokens a context has, at least 1.
    ///   - contexts: `width` tokens for every tuple. Tuples of one context should follow each other, for speed.
    ///   - tokens: One for every tuple; no (context, token) may occur twice.
    ///   - weights: As many finite weights.
    ///   - positions: Positions that were counted.
    ///   - distinctContexts: Distinct contexts among them.
    package init(
        width: Int, contexts: [Int32] = [], tokens: [Int32] = [], weights: [Double] = [], positions: Int = 0,
        distinctContexts: Int = 0
    ) {
        self.width = width
        self.contexts = contexts
        self.tokens = tokens
        self.weights = weights
        self.positions = positions
        self.distinctContexts = distinctContexts
    }
}
