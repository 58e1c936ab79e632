/// What the swaps of a position are ranked by before the best of them are evaluated by the true change of J
/// (<doc:SwapGains>). Δ(v) is the proxy's derivative of log p(v) along the gradient, e a token's input
/// embedding, x the tokens of the trace.
public enum SwapGain: String, Hashable, Sendable, CaseIterable, Codable {
    /// Δ(v) − Δ(x_t): the token as what is predicted.
    case ds
    /// `ds` and (e_v − e_old)·∇e J: the token as what later tokens are predicted from, too.
    case hb
    /// (e_v − e_old)·∇e ℓ: wording that the proxy finds hard.
    case fo
    /// `hb` and β times the change of the teacher's log-probability.
    case rhb
    /// Any swap: the control that the others are held against. Nothing is evaluated.
    case random
}

/// A swap of one token.
public struct TokenSwap: Hashable, Sendable {
    /// The index in the completion.
    public var index: Int
    /// The token that takes the place.
    public var token: Int32

    /// - Parameters:
    ///   - index: The index in the completion.
    ///   - token: The token that takes the place.
    public init(index: Int, token: Int32) {
        self.index = index
        self.token = token
    }

    /// The completion with the swap in it.
    package func applied(to completion: [Int32]) -> [Int32] {
        guard completion.indices.contains(index) else { return completion }
        var completion = completion
        completion[index] = token
        return completion
    }
}
