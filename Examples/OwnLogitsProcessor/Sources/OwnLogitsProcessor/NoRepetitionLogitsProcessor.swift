import Generation

/// A processor of one's own: no token stands twice in a row.
final class NoRepetitionLogitsProcessor: RowLogitsProcessor {
    func process(_ row: inout CandidateScores, sequence: SequenceContext) throws {
        guard let last = sequence.lastToken, row.count > 1 else { return }
        for index in 0..<row.count where row.token(at: index) == last { row.scores[index] = -.infinity }
        // A dense row, in which a token is its index, is always in order.
        if !row.isDense { row.restoreOrder() }
    }
}
