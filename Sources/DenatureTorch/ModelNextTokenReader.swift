#if Torch
    import Auditing
    import Foundation
    import Generation
    import Torch
    import TorchModels

    /// A checkpoint that reads texts: teacher-forced passes over texts of similar lengths, filled up to one length.
    ///
    /// Results are float32, whatever the weights are, and the same on every run with the same texts. A text's rows do not
    /// depend on the texts beside it up to the last bits of floating-point kernels. Not safe for use from several threads at
    /// once.
    public final class ModelNextTokenReader: NextTokenReader {
        private let model: DecoderModel
        private let options: ScoringOptions

        /// - Parameters:
        ///   - model: The checkpoint.
        ///   - options: How texts are put into passes.
        public init(_ model: DecoderModel, options: ScoringOptions = ScoringOptions()) {
            self.model = model
            self.options = options
        }

        /// The likeliest tokens before every completion token; equal ones by id.
        ///
        /// - Parameters:
        ///   - texts: What to read, in the model's ids.
        ///   - top: How many tokens of a distribution are kept; the whole vocabulary if it has no more.
        /// - Throws: `ModelError` for ids outside the vocabulary and texts longer than the model's context, `TorchError`,
        ///   or `GenerationError` for logits that are not numbers.
        public func topTokens(_ texts: [ReadText], top: Int) throws -> [[TopTokens]] {
            let warper = try TopKLogitsWarper(min(top, model.vocabularySize))
            var row = CandidateScores()
            return try read(texts, missing: TopTokens()) { logits, _ in
                try logits.withFloats { values in
                    try stride(from: 0, to: values.count, by: model.vocabularySize).map { start in
                        let scores = UnsafeBufferPointer(rebasing: values[start..<start + model.vocabularySize])
                        return try Self.topTokens(scores, warper, &row)
                    }
                }
            }
        }

        /// The logarithm of every completion token's probability.
        ///
        /// - Parameter texts: What to read, in the model's ids.
        /// - Throws: as ``topTokens(_:top:)``.
        public func logProbabilities(_ texts: [ReadText]) throws -> [[Float]] {
            try read(texts, missing: 0) { logits, targets in
                let wide = logits.dtype == .float64 ? logits : try logits.to(.float32)
                return try wide.logSoftmax().gather(1, targets).floats()
            }
        }

        /// - Parameter values: From logits [n, V] and targets int64 [n, 1] to n values.
        private func read<Value>(
            _ texts: [ReadText], missing: Value, _ values: (Tensor, Tensor) throws -> [Value]
        ) throws -> [[Value]] {
            let sequences = texts.map { TeacherForcedSequence(prompt: $0.prompt, completion: $0.completion) }
            // The last token is predicted and not read.
            if let long = sequences.first(where: { $0.prompt.count + $0.completion.count - 1 > model.contextLength }) {
                throw ModelError(
                    nil,
                    .sessionLimit(
                        "a text has \(long.prompt.count + long.completion.count) tokens, and the model's context "
                            + "\(model.contextLength)"))
            }
            return try Autograd.noGrad {
                try TeacherForcedBatch.perToken(sequences, options: options, model: model, missing: missing) { pass in
                    var results: [Value] = []
                    try pass.forEachLogits(model, attention: .fused) { results += try values($0, $1) }
                    return results
                }
            }
        }

        /// A row of logits as its likeliest tokens.
        private static func topTokens(
            _ logits: UnsafeBufferPointer<Float>, _ warper: TopKLogitsWarper, _ row: inout CandidateScores
        ) throws -> TopTokens {
            let sequence = SequenceContext(slot: 0, index: 0, prompt: [])
            row.replaceDense(with: logits)
            _ = try row.maximum(for: sequence)
            let total = row.logSumOfExponentials()
            if warper.topK < row.count {
                try warper.process(&row, sequence: sequence)
            } else {
                row = CandidateScores(tokens: (0..<Int32(row.count)).map { $0 }, scores: row.scores)
                row.restoreOrder()
            }
            let count = min(warper.topK, row.count)
            return TopTokens(
                tokens: Array(row.tokens.prefix(count)),
                probabilities: row.scores.prefix(count).map { Float(exp(Double($0) - total)) })
        }
    }
#endif
