import Generation

/// What became of a problem as one line of JSON, members in alphabetical order.
struct OutcomeLine: Encodable {
    var problem: String
    var id: Problem.Identifier?
    var sample: Int?
    var trace: String
    var answer: String?
    var reference: String
    var correct: Bool
    var tokens: Int
    var finishReason: FinishReason
    var forced: Bool?

    enum CodingKeys: String, CodingKey {
        case problem, id, sample, trace, answer, reference, correct, tokens, forced
        case finishReason = "finish_reason"
    }
}

extension EvaluationResult {
    /// A line of JSON for every trace: `problem`, `id`, `sample` (if there are several), `trace`, `answer`, `reference`,
    /// `correct`, `tokens`, `finish_reason` and `forced` (if it was).
    ///
    /// - Parameter problems: The problems that were asked.
    /// - Throws: `EncodingError`, which texts cannot cause.
    public func lines(of problems: [Problem]) throws -> [UInt8] {
        let hasSamples = outcomes.count > self.problems
        var bytes: [UInt8] = []
        for outcome in outcomes where problems.indices.contains(outcome.problem) {
            let problem = problems[outcome.problem]
            bytes += try LineCoding.bytes(
                OutcomeLine(
                    problem: problem.text, id: problem.id, sample: hasSamples ? outcome.sample : nil,
                    trace: outcome.trace, answer: outcome.answer, reference: outcome.reference,
                    correct: outcome.isRight, tokens: outcome.tokens, finishReason: outcome.finishReason,
                    forced: outcome.isForced ? true : nil))
        }
        return bytes
    }
}
