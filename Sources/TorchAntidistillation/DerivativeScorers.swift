#if Torch
    import AntidistillationSampling
    import Torch
    import TorchModels

    /// How whole texts are put into passes.
    public struct ScoringOptions: Hashable, Sendable {
        /// The most texts of a pass.
        public var batchSize: Int
        /// The most tokens of a pass, padding included, unless a single text has more.
        public var batchTokens: Int

        /// - Parameters:
        ///   - batchSize: The most texts of a pass.
        ///   - batchTokens: The most tokens of a pass.
        public init(batchSize: Int = 32, batchTokens: Int = 16384) {
            self.batchSize = batchSize
            self.batchTokens = batchTokens
        }
    }

    /// Δ of whole texts by central differences: two teacher-forced passes.
    public final class CentralDifferenceScorer: DerivativeScorer {
        private let pair: PerturbedPair
        private let options: ScoringOptions

        /// - Parameters:
        ///   - pair: The perturbed copies.
        ///   - options: How texts are put into passes.
        public init(_ pair: PerturbedPair, options: ScoringOptions = ScoringOptions()) {
            self.pair = pair
            self.options = options
        }

        /// Δ of every completion token; 0 for a first token with nothing before it.
        public func score(_ batch: [TeacherForcedSequence]) throws -> [[Float]] {
            let scale = 0.5 / pair.epsilon
            return try Autograd.noGrad {
                try scores(batch, options: options, model: pair.plus) { pass in
                    let above = try Self.logProbabilities(pass, pair.plus)
                    let below = try Self.logProbabilities(pass, pair.minus)
                    return zip(above, below).map { Float(($0 - $1) * scale) }
                }
            }
        }

        private static func logProbabilities(_ pass: TeacherForcedBatch, _ model: DecoderModel) throws -> [Double] {
            let hidden = try pass.hiddenStates(model, attention: .fused)  // [N, d]
            return try pass.pieces(vocabularySize: model.vocabularySize).flatMap { piece in
                let logits = try model.logits(
                    fromHidden: hidden.narrow(0, start: piece.lowerBound, length: piece.count))  // [n, V]
                let targets = try pass.targets.narrow(0, start: piece.lowerBound, length: piece.count)
                // In double precision: what the difference leaves of single precision is divided by a small number.
                return try logits.to(.float64).logSoftmax().gather(1, targets.unsqueezed(1)).doubles()
            }
        }
    }

    /// Δ of whole texts by forward-mode differentiation: one teacher-forced pass with values and derivatives.
    ///
    /// Not to be used beside another forward-mode pass of the process.
    public final class ExactDerivativeScorer: DerivativeScorer {
        private let model: DecoderModel
        private let direction: GradientTangents
        private let options: ScoringOptions

        /// - Parameters:
        ///   - model: The proxy, in any type.
        ///   - gradient: g.
        ///   - options: How texts are put into passes.
        /// - Throws: ``GradientError`` or `TorchError`.
        public init(_ model: DecoderModel, gradient: ProxyGradient, options: ScoringOptions = ScoringOptions()) throws {
            self.model = model
            direction = try gradient.tangents(for: model)
            self.options = options
        }

        /// Δ of every completion token; 0 for a first token with nothing before it.
        public func score(_ batch: [TeacherForcedSequence]) throws -> [[Float]] {
            try Autograd.noGrad {
                try ForwardMode.withDualLevel { level in
                    var duals: [String: Tensor] = [:]
                    for (name, tangent) in direction.tensors {
                        duals[name] = try level.makeDual(model.parameter(name), tangent)
                    }
                    let dual = try model.replacing(duals)
                    return try scores(batch, options: options, model: dual) { pass in
                        try derivatives(pass, dual, level)
                    }
                }
            }
        }

        private func derivatives(
            _ pass: TeacherForcedBatch, _ dual: DecoderModel, _ level: ForwardMode
        ) throws -> [Float] {
            let hidden = try pass.hiddenStates(dual, attention: .explicit)  // [N, d]
            return try pass.pieces(vocabularySize: dual.vocabularySize).flatMap { piece in
                let logits = try dual.logits(
                    fromHidden: hidden.narrow(0, start: piece.lowerBound, length: piece.count))  // [n, V]
                let targets = try pass.targets.narrow(0, start: piece.lowerBound, length: piece.count)
                let wide = logits.dtype == .float64 ? logits : try logits.to(.float32)
                let chosen = try wide.logSoftmax().gather(1, targets.unsqueezed(1))
                guard let tangent = try level.unpack(chosen).tangent else {
                    return [Float](repeating: 0, count: piece.count)
                }
                return try tangent.to(.float64).doubles().map { Float($0 * direction.unit) }
            }
        }
    }

    /// Scores sequences in passes of similar lengths and hands the results out in the callers' order.
    ///
    /// - Parameter values: One value per predicted token of a pass.
    private func scores(
        _ sequences: [TeacherForcedSequence], options: ScoringOptions, model: DecoderModel,
        _ values: (TeacherForcedBatch) throws -> [Float]
    ) throws -> [[Float]] {
        var results = sequences.map { [Float](repeating: 0, count: $0.completion.count) }
        let plan = TeacherForcedBatch.plan(sequences, size: max(1, options.batchSize), tokens: options.batchTokens)
        for members in plan {
            let pass = try TeacherForcedBatch(sequences, members: members, model: model)
            var next = try values(pass)[...]
            for (member, count) in zip(pass.members, pass.counts) {
                let skipped = results[member].count - count
                results[member].replaceSubrange(skipped..., with: next.prefix(count))
                next = next.dropFirst(count)
            }
        }
        return results
    }
#endif
