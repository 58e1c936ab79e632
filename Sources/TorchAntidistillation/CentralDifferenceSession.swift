#if Torch
    import AntidistillationSampling
    import Generation
    import Torch
    import TorchModels

    /// Δ by central differences, (log p(v; θ + εg) − log p(v; θ − εg))/2ε, while texts grow.
    ///
    /// Not safe for use from several threads at once.
    public final class CentralDifferenceSession: DirectionalDerivativeSession {
        private let pair: PerturbedPair
        private let plus: GenericSession
        private let minus: GenericSession

        /// - Parameters:
        ///   - pair: The perturbed copies.
        ///   - slots: Sequences at once.
        ///   - capacity: Tokens per sequence.
        /// - Throws: `ModelError` or `TorchError`.
        public init(_ pair: PerturbedPair, slots: Int, capacity: Int) throws {
            self.pair = pair
            plus = try GenericSession(pair.plus, slots: slots, capacity: capacity)
            minus = try GenericSession(pair.minus, slots: slots, capacity: capacity)
        }

        /// Δ after each chunk; see `DirectionalDerivativeSession`.
        public func extend(_ chunks: [DecodingChunk], candidates: [[Int32]]) throws -> [[Float]] {
            guard !chunks.isEmpty else { return [] }
            let scale = 0.5 / pair.epsilon
            if candidates.contains(where: \.isEmpty) {
                // Absolute values need the whole row for its normaliser.
                let full = try difference(chunks) { try $0.logits(fromHidden: $1).to(.float64).logSoftmax() }
                let rows = fullRows(try full.multiplied(by: scale).to(.float32).floats(), count: chunks.count)
                return select(candidates, from: rows)
            }
            let projection = try RestrictedProjection(candidates, model: pair.plus)
            let values = try difference(chunks) { try projection.logits($1, model: $0) }
            return projection.rows(try values.multiplied(by: scale).to(.float32).floats())
        }

        private func difference(
            _ chunks: [DecodingChunk], _ scores: (DecoderModel, Tensor) throws -> Tensor
        ) throws -> Tensor {
            let above = try plus.extend(chunks) { try scores($0.model, $0.hidden) }
            let below = try minus.extend(chunks) { try scores($0.model, $0.hidden) }
            return try above.subtracting(below)
        }

        /// Forgets a slot's sequence.
        public func reset(slot: Int) {
            plus.reset(slot: slot)
            minus.reset(slot: slot)
        }
    }

    /// Each row's candidates out of whole rows; the whole row where the list is empty.
    func select(_ candidates: [[Int32]], from rows: [[Float]]) -> [[Float]] {
        zip(candidates, rows).map { wanted, row in
            wanted.isEmpty ? row : wanted.map { row.indices.contains(Int($0)) ? row[Int($0)] : .nan }
        }
    }
#endif
