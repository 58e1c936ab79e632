#if Torch
    import Antidistillation
    import Generation
    import Torch
    import TorchModels

    /// Δ by forward-mode differentiation while texts grow: one pass that carries values and their derivatives along g.
    ///
    /// Not safe for use from several threads at once, nor beside another forward-mode pass of the process.
    public final class ExactDerivativeSession: DirectionalDerivativeSession {
        private let model: DecoderModel
        private let unit: Double
        private let session: GenericSession

        /// - Parameters:
        ///   - model: The proxy, in any type.
        ///   - gradient: g.
        ///   - slots: Sequences at once.
        ///   - capacity: Tokens per sequence.
        /// - Throws: `ModelError` or `TorchError`.
        public init(_ model: DecoderModel, gradient: ProxyGradient, slots: Int, capacity: Int) throws {
            self.model = model
            let direction = try gradient.tangents(for: model)
            unit = direction.unit
            session = try GenericSession(model, slots: slots, capacity: capacity, tangents: direction.tensors)
        }

        /// Δ after each chunk; see `DirectionalDerivativeSession`.
        ///
        /// - Throws: `ModelError` for tokens that do not fit, `TorchError`.
        public func extend(_ chunks: [DecodingChunk], candidates: [[Int32]]) throws -> [[Float]] {
            guard !chunks.isEmpty else { return [] }
            if candidates.contains(where: \.isEmpty) {
                let full = try session.extend(chunks) { step in
                    try values(of: step.model.logits(fromHidden: step.hidden).logSoftmax(), at: step.level)
                }
                return select(candidates, from: fullRows(full, count: chunks.count))
            }
            let projection = try RestrictedProjection(candidates, model: model)
            return projection.rows(
                try session.extend(chunks) { step in
                    try values(of: projection.logits(step.hidden, model: step.model), at: step.level)
                })
        }

        /// The derivatives of a dual tensor along g.
        private func values(of dual: Tensor, at level: ForwardMode?) throws -> [Float] {
            guard let tangent = try level?.unpack(dual).tangent else {
                return [Float](repeating: 0, count: dual.count)
            }
            return try tangent.to(.float64).multiplied(by: unit).to(.float32).floats()
        }

        /// Forgets a slot's sequence.
        public func reset(slot: Int) {
            session.reset(slot: slot)
        }
    }

    /// g as the tangents of a model's parameters.
    struct GradientTangents {
        /// One per parameter, in the model's type and on its device.
        let tensors: [String: Tensor]
        /// The length of g in units of the tangents: what a derivative along them is multiplied by.
        let unit: Double
    }

    extension ProxyGradient {
        /// g/‖g‖ by parameter. In float16 longer, as the single numbers of a large model would be subnormal there.
        func tangents(for model: DecoderModel) throws -> GradientTangents {
            guard norm > 0 else { throw GradientError(nil, .invalidOption("a gradient of norm 0 has no direction")) }
            let length = model.dtype == .float16 ? 64.0 : 1.0
            var tangents: [String: Tensor] = [:]
            for name in model.parameterNames {
                tangents[name] = try tensor(name).to(.float64).multiplied(by: length / norm)
                    .to(device: model.device, dtype: model.dtype)
            }
            return GradientTangents(tensors: tangents, unit: norm / length)
        }
    }
#endif
