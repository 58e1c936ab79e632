/// Ranks the candidates of one turn that have passed the gate.
public protocol CandidateChoice: Sendable {
    /// The name in the ledger.
    var name: String { get }

    /// A score for each candidate; the first of the largest is released.
    ///
    /// - Parameters:
    ///   - candidates: The candidates, marks included.
    ///   - keyed: Their keyed selection scores; nil when no selection mark is ordered.
    /// - Throws: `RewriteError` when nothing can be chosen; the job stops for `unavailable`, otherwise the first is taken.
    func scores(of candidates: [AnalysedTurn], keyed: [Double]?) async throws(RewriteError) -> [Double]
}
