/// Reads the model's logits into rows of scores. Where a truncation to the top k comes first, alone or behind a temperature,
/// the support is read straight from the model's row; otherwise the row is copied.
struct RowPreparation {
    private enum Reading {
        case copy
        case topK(TopKLogitsWarper, divisor: Float)
        /// Only the best token: greedy decoding without processors, when nobody asks for probabilities.
        case best
    }

    private let reading: Reading
    /// The processors that remain to be run.
    let processors: [any LogitsProcessor]

    init(processors: [any LogitsProcessor], sampler: any TokenSampler, needsProbabilities: Bool) {
        if let topK = processors.first as? TopKLogitsWarper {
            reading = .topK(topK, divisor: 1)
            self.processors = Array(processors.dropFirst())
        } else if let temperature = processors.first as? TemperatureLogitsWarper, processors.count > 1,
            let topK = processors[1] as? TopKLogitsWarper
        {
            reading = .topK(topK, divisor: temperature.divisor)
            self.processors = Array(processors.dropFirst(2))
        } else {
            reading = processors.isEmpty && sampler is GreedySampler && !needsProbabilities ? .best : .copy
            self.processors = processors
        }
    }

    /// Checks a row of the model and makes scores of it.
    func read(
        _ logits: UnsafeBufferPointer<Float>, into row: inout CandidateScores, sequence: SequenceContext
    ) throws {
        guard let maximum = VectorMath.maximum(logits), maximum > -.infinity else {
            throw invalidLogits(logits, sequence)
        }
        switch reading {
        case .topK(let topK, let divisor) where logits.count > topK.topK:
            topK.read(logits, divisor: divisor, into: &row)
        case .topK(_, let divisor):
            row.replaceDense(with: logits)
            for i in row.scores.indices { row.scores[i] /= divisor }
        case .best:
            row.replaceSupport(token: Int32(truncatingIfNeeded: logits.firstIndex(of: maximum) ?? 0), score: maximum)
        case .copy:
            row.replaceDense(with: logits)
        }
    }

    private func invalidLogits(
        _ logits: UnsafeBufferPointer<Float>, _ sequence: SequenceContext
    ) -> GenerationError {
        let token = logits.firstIndex { !($0 <= .greatestFiniteMagnitude) }
        return .invalidLogits(
            index: sequence.index, position: sequence.generated.count, token: Int32(truncatingIfNeeded: token ?? 0),
            value: token.map { logits[$0] } ?? -.infinity)
    }
}
