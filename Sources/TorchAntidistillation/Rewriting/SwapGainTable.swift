#if Torch
    import Generation
    import Torch
    import TorchModels

    /// The gains of putting tokens of a vocabulary at places of a completion, to first order.
    ///
    /// A token acts on J as what is predicted and as what later tokens are predicted from. Both are linear in the one-hot
    /// vector of the token to first order: the derivative for moving it from the old token towards v is
    /// Δ(v) − Δ(x_t) for the former, and for the latter the central difference of (e_v − e_old)·∇e log p(x), e being the
    /// embeddings of the copy that ∇e is taken of (their own share of g is part of J).
    package struct SwapGainTable {
        /// Which parts of the derivative are wanted.
        package struct Parts: OptionSet, Sendable {
            /// The bit set.
            package let rawValue: Int
            package init(rawValue: Int) { self.rawValue = rawValue }
            /// The token as what is predicted.
            package static let output = Parts(rawValue: 1)
            /// The token as what is read.
            package static let input = Parts(rawValue: 2)
        }

        private let sequence: TeacherForcedSequence
        private let batch: TeacherForcedBatch
        private let passes: [Pass]

        /// What one copy of the proxy says.
        private struct Pass {
            let model: DecoderModel
            /// Multiplies its values.
            let scale: Double
            /// [N, d].
            let hidden: Tensor
            /// ∂/∂e of log p of the completion, [T, d]; nil where it is not wanted.
            let slopes: Tensor?
        }

        /// - Parameters:
        ///   - sequence: The text, in the models' ids.
        ///   - models: Models and what their values are multiplied by: the perturbed copies with ±1/2ε for derivatives of
        ///     J, one model with −1 for those of its loss.
        ///   - parts: What is wanted.
        /// - Throws: `ModelError` for ids outside the vocabulary, `TorchError`.
        package init(
            _ sequence: TeacherForcedSequence, models: [(model: DecoderModel, scale: Double)], parts: Parts
        ) throws {
            self.sequence = sequence
            guard let first = models.first, TeacherForcedBatch.predictedCount(sequence) > 0 else {
                throw TorchError(kind: .failed, operation: "gains", message: "nothing is predicted")
            }
            let batch = try TeacherForcedBatch([sequence], members: [0], model: first.model)
            self.batch = batch
            passes = try models.map { model, scale in
                if parts.contains(.input) {
                    let pass = try batch.inputGradients(model)
                    // Of the loss: the sign turns it into that of log p.
                    let slopes = try pass.gradients.squeezed(0).negated()  // [T, d]
                    return Pass(model: model, scale: scale, hidden: pass.hidden, slopes: slopes)
                }
                return try Autograd.noGrad {
                    Pass(
                        model: model, scale: scale, hidden: try batch.hiddenStates(model, attention: .fused),
                        slopes: nil)
                }
            }
        }

        /// Gains of every candidate at every place, places by candidates; 0 for what a place has no part in (the first
        /// token of a text without a prompt is not predicted, the last one is not read).
        package func gains(at indices: [Int], candidates: [Int32], parts: Parts) throws -> [[Double]] {
            guard !indices.isEmpty, !candidates.isEmpty else { return indices.map { _ in [] } }
            var rows = indices.map { _ in [Double](repeating: 0, count: candidates.count) }
            let skipped = sequence.completion.count - batch.counts.reduce(0, +)
            let width = batch.inputs.size(1)
            try Autograd.noGrad {
                for pass in passes {
                    if parts.contains(.output) {
                        let places = indices.indices.filter { indices[$0] >= skipped }
                        let states = places.map { indices[$0] - skipped }
                        guard pass.model.configuration.block.outputCap == nil else {
                            throw ModelError(
                                nil, .inconsistent("swap gains are differences of scores, which this model caps"))
                        }
                        try add(
                            pass.hidden, rows: states, of: places, indices, candidates, pass.model.headWeight,
                            pass.scale, &rows)
                    }
                    if parts.contains(.input), let slopes = pass.slopes {
                        let places = indices.indices.filter { sequence.prompt.count + indices[$0] < width }
                        let inputs = places.map { sequence.prompt.count + indices[$0] }
                        let table = try pass.model.parameter("model.embed_tokens.weight")
                        let scale = pass.scale * pass.model.configuration.block.embeddingScale
                        try add(slopes, rows: inputs, of: places, indices, candidates, table, scale, &rows)
                    }
                }
            }
            return rows
        }

        /// Adds scale · (w_v − w_old)·x for the rows x of `vectors` and the rows w of `table`.
        private func add(
            _ vectors: Tensor, rows: [Int], of places: [Int], _ indices: [Int], _ candidates: [Int32], _ table: Tensor,
            _ scale: Double, _ sums: inout [[Double]]
        ) throws {
            guard !rows.isEmpty else { return }
            let device = vectors.device
            func ids(_ values: [some BinaryInteger]) throws -> Tensor {
                try Tensor(values.map { Int64($0) }, shape: [values.count]).to(device)
            }
            let x = try vectors.indexSelect(0, ids(rows))  // [n, d]
            let new = try x.linear(table.indexSelect(0, ids(candidates)))  // [n, C]
            let old = try table.indexSelect(0, ids(places.map { sequence.completion[indices[$0]] }))  // [n, d]
            let own = try x.multiplied(by: old).sum([1], keep: true)  // [n, 1]
            let values = try new.subtracting(own).to(.float64).doubles()
            for (row, place) in places.enumerated() {
                for column in candidates.indices {
                    sums[place][column] += scale * values[row * candidates.count + column]
                }
            }
        }
    }
#endif
