#if Torch
    import Antidistillation
    import Generation
    import Torch
    import TorchModels
    import TrainingExamples

    /// g = ∇L(θP): the gradient of a proxy's mean negative log-likelihood of the completion tokens of held-out traces
    /// (Savani et al. 2025, arXiv 2504.13146, section 4), prompts masked.
    public struct GradientJob {
        /// How the job runs.
        public struct Options: Hashable, Sendable {
            /// How the losses of tokens are put together.
            public var lossAverage: LossAverage
            /// The most traces of a pass.
            public var batchSize: Int
            /// The most tokens of a pass, padding included, unless a single trace has more.
            public var batchTokens: Int

            /// - Parameters:
            ///   - lossAverage: How the losses of tokens are put together.
            ///   - batchSize: The most traces of a pass.
            ///   - batchTokens: The most tokens of a pass.
            public init(lossAverage: LossAverage = .token, batchSize: Int = 16, batchTokens: Int = 16384) {
                self.lossAverage = lossAverage
                self.batchSize = batchSize
                self.batchTokens = batchTokens
            }
        }

        /// How far a job is.
        public struct Progress: Hashable, Sendable {
            /// Traces done.
            public var traces = 0
            /// Traces in all.
            public var totalTraces = 0
            /// Completion tokens done, as far as they count.
            public var tokens = 0
            /// The mean loss of the tokens so far, in nats.
            public var loss = 0.0
        }

        /// What came out.
        public struct Result: Sendable {
            /// One float32 tensor (float64 for a float64 model) for each parameter.
            public var gradient: [String: Tensor]
            /// ‖g‖.
            public var norm: Double
            /// L in nats.
            public var loss: Double
            /// The number of traces with a token that counts.
            public var traces: Int
            /// The number of completion tokens that count.
            public var tokens: Int
        }

        private let model: DecoderModel
        private let options: Options
        private let sequences: [TeacherForcedSequence]
        /// Which of a sequence's predicted tokens the loss is taken of.
        private let counted: [[Bool]]
        private let tokens: Int
        private var traces: Int { sequences.count }

        /// - Parameters:
        ///   - model: The proxy, in float32 or float64.
        ///   - examples: The held-out traces in the proxy's tokens.
        ///   - options: How the job runs.
        ///   - isCounted: Whether the loss of predicting that token is part of L; all are by default.
        /// - Throws: ``GradientError``.
        public init(
            model: DecoderModel, examples: [TokenizedExample], options: Options = Options(),
            counting isCounted: (Int32) -> Bool = { _ in true }
        ) throws {
            guard model.dtype == .float32 || model.dtype == .float64 else {
                throw GradientError(nil, .halfPrecision(model.dtype.rawValue))
            }
            guard options.batchSize > 0, options.batchTokens > 0 else {
                throw GradientError(nil, .invalidOption("a batch has at least one trace and one token"))
            }
            self.model = model
            self.options = options
            var kept: [TeacherForcedSequence] = []
            var counted: [[Bool]] = []
            for example in examples {
                let sequence = TeacherForcedSequence(prompt: example.prompt, completion: example.completion)
                let mask = sequence.completion.suffix(TeacherForcedBatch.predictedCount(sequence)).map(isCounted)
                guard mask.contains(true) else { continue }
                kept.append(sequence)
                counted.append(mask)
            }
            sequences = kept
            self.counted = counted
            tokens = counted.reduce(0) { $0 + $1.count { $0 } }
            guard tokens > 0 else { throw GradientError(nil, .noTokens) }
        }

        /// Runs the job.
        ///
        /// - Parameters:
        ///   - progress: Called after each pass.
        ///   - shouldStop: Asked before each pass; true ends the job with `CancellationError`.
        /// - Throws: ``GradientError`` for a loss that is not finite; `TorchError`, `ModelError`, `CancellationError`.
        public func run(
            progress: (Progress) -> Void = { _ in }, shouldStop: () -> Bool = { false }
        ) throws -> Result {
            let leaves = try Leaves(model)
            var sums: [Tensor] = []
            var loss = 0.0
            var state = Progress(totalTraces: traces)
            var unweighted = 0.0
            let plan = TeacherForcedBatch.plan(sequences, size: options.batchSize, tokens: options.batchTokens)
            for members in plan {
                if shouldStop() { throw CancellationError() }
                let batch = try TeacherForcedBatch(sequences, members: members, model: model)
                let pass = try leaves.pass(batch, weights: weights(batch))
                if sums.isEmpty {
                    sums = pass.gradients
                } else {
                    for (sum, gradient) in zip(sums, pass.gradients) { try sum.addInPlace(gradient) }
                }
                loss += pass.loss
                unweighted += pass.unweightedLoss
                state.traces += members.count
                state.tokens += members.reduce(0) { $0 + counted[$1].count { $0 } }
                state.loss = unweighted / Double(max(1, state.tokens))
                progress(state)
            }
            let norm = try ProxyGradient.norm(sums)
            guard loss.isFinite, norm.isFinite else { throw GradientError(nil, .notFinite) }
            return Result(
                gradient: Dictionary(zip(model.parameterNames, sums)) { first, _ in first }, norm: norm, loss: loss,
                traces: traces, tokens: tokens)
        }

        /// What each predicted token's loss counts, [N].
        private func weights(_ batch: TeacherForcedBatch) -> [Double] {
            batch.members.flatMap { member in
                let mask = counted[member]
                let weight =
                    switch options.lossAverage {
                    case .token: 1 / Double(tokens)
                    case .trace: 1 / (Double(traces) * Double(mask.count { $0 }))
                    }
                return mask.map { $0 ? weight : 0 }
            }
        }
    }

    /// The model's parameters as leaves of differentiation.
    private struct Leaves {
        struct Pass {
            /// One for each parameter, in the model's order.
            var gradients: [Tensor]
            var loss: Double
            var unweightedLoss: Double
        }

        private let model: DecoderModel
        private let parameters: [Tensor]
        private let headIndex: Int
        private let isTied: Bool

        init(_ original: DecoderModel) throws {
            var leaves: [String: Tensor] = [:]
            for name in original.parameterNames {
                let leaf = try original.parameter(name).detach()
                try leaf.setRequiresGrad(true)
                leaves[name] = leaf
            }
            model = try original.replacing(leaves)
            parameters = try model.parameterNames.map(model.parameter)
            isTied = model.configuration.tied
            let head = isTied ? "model.embed_tokens.weight" : "lm_head.weight"
            headIndex = model.parameterNames.firstIndex(of: head) ?? 0
        }

        /// The gradient of Σ weight · loss over a batch.
        ///
        /// In two stages, so that logits are there for a piece of the predictions at a time: from the loss to the
        /// hidden states, then from these through the layers.
        func pass(_ batch: TeacherForcedBatch, weights: [Double]) throws -> Pass {
            let hidden = try batch.hiddenStates(model, attention: .fused)  // [N, d]
            var hiddenGradients: [Tensor] = []
            var headGradient: Tensor?
            var loss = 0.0
            var unweighted = 0.0
            let cut = try hidden.detach()
            let weight = try Tensor(weights, shape: [weights.count]).to(device: hidden.device, dtype: hidden.dtype)
            for piece in batch.pieces(vocabularySize: model.vocabularySize) {
                let states = try cut.narrow(0, start: piece.lowerBound, length: piece.count).clone()
                try states.setRequiresGrad(true)
                let targets = try batch.targets.narrow(0, start: piece.lowerBound, length: piece.count)
                let losses = try model.logits(fromHidden: states).crossEntropy(targets, reduction: .none)  // [n]
                let weighted = try losses.multiplied(
                    by: weight.narrow(0, start: piece.lowerBound, length: piece.count)
                ).sum()
                let gradients = try Autograd.gradients(
                    of: weighted, withRespectTo: [states, parameters[headIndex]])
                hiddenGradients.append(gradients[0])
                if let headGradient { try headGradient.addInPlace(gradients[1]) } else { headGradient = gradients[1] }
                for (value, weight) in zip(try losses.detach().to(.float64).doubles(), weights[piece]) {
                    loss += value * weight
                    if weight > 0 { unweighted += value }
                }
            }
            let inner = parameters.indices.filter { isTied || $0 != headIndex }
            let surrogate = try hidden.multiplied(by: Tensor.cat(hiddenGradients)).sum()
            var gradients = try Autograd.gradients(of: surrogate, withRespectTo: inner.map { parameters[$0] })
            if let headGradient {
                if isTied {
                    gradients[headIndex] = try gradients[headIndex].adding(headGradient)
                } else {
                    gradients.insert(headGradient, at: headIndex)
                }
            }
            return Pass(gradients: gradients, loss: loss, unweightedLoss: unweighted)
        }
    }
#endif
