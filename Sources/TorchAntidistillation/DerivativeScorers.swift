#if Torch
    import Antidistillation
    import Generation
    import Torch
    import TorchModels

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
        ///
        /// - Throws: `ModelError` for tokens that do not fit, `TorchError`.
        public func score(_ batch: [TeacherForcedSequence]) throws -> [[Float]] {
            try derivatives(batch).map { $0.map { Float($0) } }
        }

        /// Σ_t Δ(x_t) of every completion.
        ///
        /// - Throws: `ModelError` for tokens that do not fit, `TorchError`.
        public func sums(_ batch: [TeacherForcedSequence]) throws -> [Double] {
            try derivatives(batch).map { $0.reduce(0, +) }
        }

        private func derivatives(_ batch: [TeacherForcedSequence]) throws -> [[Double]] {
            let scale = 0.5 / pair.epsilon
            return try Autograd.noGrad {
                if let variants = TextVariants(batch) {
                    let above = try variants.logProbabilities(pair.plus, options: options)
                    let below = try variants.logProbabilities(pair.minus, options: options)
                    return zip(above, below).map { zip($0, $1).map { ($0 - $1) * scale } }
                }
                return try TeacherForcedBatch.perToken(batch, options: options, model: pair.plus, missing: 0) { pass in
                    // In double precision: what the difference leaves of single precision is divided by a small number.
                    let above = try pass.logProbabilities(pair.plus)
                    let below = try pass.logProbabilities(pair.minus)
                    return zip(above, below).map { ($0 - $1) * scale }
                }
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
        ///
        /// - Throws: `ModelError` for tokens that do not fit, `TorchError`.
        public func score(_ batch: [TeacherForcedSequence]) throws -> [[Float]] {
            try Autograd.noGrad {
                try ForwardMode.withDualLevel { level in
                    var duals: [String: Tensor] = [:]
                    for (name, tangent) in direction.tensors {
                        duals[name] = try level.makeDual(model.parameter(name), tangent)
                    }
                    let dual = try model.replacing(duals)
                    return try TeacherForcedBatch.perToken(batch, options: options, model: dual, missing: 0) { pass in
                        try derivatives(pass, dual, level)
                    }
                }
            }
        }

        private func derivatives(
            _ pass: TeacherForcedBatch, _ dual: DecoderModel, _ level: ForwardMode
        ) throws -> [Float] {
            var values: [Float] = []
            try pass.forEachLogits(dual, attention: .explicit) { logits, targets in
                let wide = logits.dtype == .float64 ? logits : try logits.to(.float32)
                let chosen = try wide.logSoftmax().gather(1, targets)
                guard let tangent = try level.unpack(chosen).tangent else {
                    values += repeatElement(0, count: chosen.size(0))
                    return
                }
                values += try tangent.to(.float64).doubles().map { Float($0 * direction.unit) }
            }
            return values
        }
    }
#endif
