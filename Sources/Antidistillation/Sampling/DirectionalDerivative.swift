import Generation

/// Δ(v) = d/ds log p(v | context; θ + s·g) at s = 0 of a proxy while a text grows (Savani et al. 2025, equation 5): to
/// first order, how much training on v raises the loss whose gradient g is.
///
/// Holds the proxies' caches, one slot per sequence like `DecodingSession`. All ids are the proxy's.
public protocol DirectionalDerivativeSession: AnyObject {
    /// Feeds chunks and returns, for each, Δ after its last token, in nats per unit of s with g as it is (not normalised).
    ///
    /// - Parameters:
    ///   - chunks: Tokens for distinct slots, none empty.
    ///   - candidates: For each chunk the tokens whose Δ is wanted. Then the values are right up to one constant per row,
    ///     which the projection of these tokens alone leaves open. An empty list means the whole vocabulary in order of
    ///     ids, with absolute values.
    /// - Throws: What the model throws.
    func extend(_ chunks: [DecodingChunk], candidates: [[Int32]]) throws -> [[Float]]

    /// Forgets a slot's sequence.
    func reset(slot: Int)
}

/// Δ of whole texts, teacher-forced: absolute values, in nats per unit of s with g as it is.
public protocol DerivativeScorer: AnyObject {
    /// Δ(x_t | x_<t) of every completion token of every sequence.
    ///
    /// - Throws: What the model throws.
    func score(_ batch: [TeacherForcedSequence]) throws -> [[Float]]
}

extension DerivativeScorer {
    /// Δ of every token of one completion; their sum is what draft selection ranks by.
    ///
    /// - Throws: What the model throws.
    public func score(prompt: [Int32], completion: [Int32]) throws -> [Float] {
        try score([TeacherForcedSequence(prompt: prompt, completion: completion)]).first ?? []
    }
}
