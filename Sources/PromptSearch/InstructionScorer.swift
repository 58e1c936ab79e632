/// What one student was after it had learnt from rewritten traces.
package struct StudentScore: Codable, Hashable, Sendable {
    /// The mean loss on held-out traces, in nats per token.
    package var loss: Double?
    /// The share of held-out problems with the right answer.
    package var accuracy: Double?

    package init(loss: Double? = nil, accuracy: Double? = nil) {
        self.loss = loss
        self.accuracy = accuracy
    }

    /// How bad the student is by a measure; nil if that was not measured, or is no number.
    func harm(_ measure: SearchOptions.Measure) -> Double? {
        let value =
            switch measure {
            case .loss: loss
            case .accuracy: accuracy.map { 1 - $0 }
            }
        return value.flatMap { $0.isFinite ? $0 : nil }
    }
}

/// Trains students on rewritten traces and judges them.
package protocol InstructionScorer: Sendable {
    /// How many students judge every instruction.
    var students: Int { get }
    /// Trains one student from its beginning, or from where an interrupted training of the same candidate stopped, and
    /// judges it.
    ///
    /// - Parameters:
    ///   - student: Which one, from 0.
    ///   - candidate: The candidate's number.
    ///   - records: The traces to learn, each a line without its end.
    /// - Throws: `CancellationError` when the task was cancelled.
    func score(student: Int, candidate: Int, records: [[UInt8]]) async throws -> StudentScore
}
