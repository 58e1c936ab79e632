/// A draft with the right answer as one line of JSON: what the key or the selection chose among. Members are written in
/// alphabetical order, and those without a value left out.
struct CandidateLine: Encodable {
    /// The problem.
    var problem: String
    /// The input's `id`.
    var id: Problem.Identifier?
    /// The number of the problem in the input, from 0: lines of one problem have the same, and stand together.
    var index: Int
    /// The trace.
    var trace: String
    /// Which of the problem's drafts this is, from 0.
    var sample: Int
    /// The number of tokens, the end token and those of a forced answer included.
    var tokens: Int
    /// Those tokens.
    var tokenIds: [Int32]
    /// Whether this is the trace that was released.
    var released: Bool
    /// Σ Δ over the trace, in nats per unit of s; where it was computed.
    var deltaSum: Double?
    /// The keyed selection score; where it was computed.
    var markScore: Double?

    enum CodingKeys: String, CodingKey {
        case problem, id, index, trace, sample, tokens, released
        case tokenIds = "token_ids"
        case deltaSum = "delta_sum"
        case markScore = "mark_score"
    }
}
