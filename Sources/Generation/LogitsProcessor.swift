/// Changes the scores of the next tokens before one is sampled. The names follow the field: a `…LogitsProcessor` adds or
/// subtracts, a `…LogitsWarper` truncates or rescales.
///
/// One step is one call for all running sequences, so that a processor can run a model of its own on the whole batch. What
/// was sampled since the last call is at the end of each sequence's `generated`.
public protocol LogitsProcessor: AnyObject {
    /// A sequence takes its slot; its first row comes with the next call of `process`.
    ///
    /// - Throws: What the processor throws; it ends the run.
    func begin(_ sequence: SequenceContext) throws
    /// Changes rows in place.
    ///
    /// A truncated row must be left in order (``CandidateScores/restoreOrder()``) and with at least one finite score.
    ///
    /// - Parameters:
    ///   - rows: One row per running sequence. Their number must not change.
    ///   - sequences: `sequences[i]` is the sequence of `rows[i]`. The order may change from step to step.
    /// - Throws: What the processor throws; it ends the run.
    func process(_ rows: inout [CandidateScores], sequences: [SequenceContext]) throws
    /// A sequence has ended, with all its tokens in `generated`, or was given up; its slot is free.
    func end(_ sequence: SequenceContext)
}

extension LogitsProcessor {
    /// Nothing: for processors without a state per sequence.
    ///
    /// - Throws: What the processor throws; it ends the run.
    public func begin(_ sequence: SequenceContext) throws {}
    /// Nothing: for processors without a state per sequence.
    public func end(_ sequence: SequenceContext) {}
}

/// A processor that looks at one sequence at a time.
public protocol RowLogitsProcessor: LogitsProcessor {
    /// Changes one row in place, under the conditions of ``LogitsProcessor/process(_:sequences:)``.
    ///
    /// - Throws: What the processor throws; it ends the run.
    func process(_ row: inout CandidateScores, sequence: SequenceContext) throws
}

extension RowLogitsProcessor {
    /// Processes row after row.
    ///
    /// - Throws: What the processor throws; it ends the run.
    public func process(_ rows: inout [CandidateScores], sequences: [SequenceContext]) throws {
        for (index, sequence) in zip(rows.indices, sequences) {
            try process(&rows[index], sequence: sequence)
        }
    }
}
