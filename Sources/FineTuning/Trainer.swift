#if Torch
    import Torch
    import TorchModels
    import TrainingExamples

    /// What one optimiser step did.
    public struct TrainingStep: Hashable, Sendable {
        /// Mean negative log-likelihood of the tokens that count, before the step, in nats.
        public var loss: Double
        /// The norm of the whole gradient before it was limited.
        public var gradientNorm: Double
        /// Tokens that the loss was taken over.
        public var targetCount: Int
        /// Tokens of the examples, padding not counted.
        public var tokenCount: Int
    }

    /// A model in training: its weights, or adapters beside them, and the optimiser's state.
    ///
    /// AdamW with decoupled decay and corrected bias (arXiv 1711.05101), in float32 whatever the model computes in. Steps
    /// depend on nothing but what they are given: equal weights, examples and rates give equal bits on one machine with one
    /// number of threads.
    public final class Trainer {
        /// The model with the weights reached so far. They change with each step.
        public let model: DecoderModel
        /// How to train.
        public let options: TrainingOptions
        /// The names of the tensors that are trained, in a fixed order.
        public let names: [String]
        /// Steps taken.
        public internal(set) var step = 0

        /// What the optimiser changes, float32.
        let masters: [Tensor]
        /// What the model computes with: the masters themselves, or roundings of them.
        let leaves: [Tensor]
        /// Running means of the gradients.
        let means: [Tensor]
        /// Running means of the squared gradients.
        let squares: [Tensor]

        /// Prepares a model for training. The given model stays as it is: trained tensors are copied.
        ///
        /// - Throws: ``FineTuningError`` for options that make no sense or adapters that fit nothing; `TorchError`.
        public init(_ source: DecoderModel, options: TrainingOptions) throws {
            try options.validate()
            self.options = options
            let trained = try TrainedTensors(source, options: options)
            model = trained.model
            names = trained.names
            leaves = trained.leaves
            masters = trained.masters
            means = try masters.map { try Tensor.zeros($0.shape, device: $0.device) }
            squares = try masters.map { try Tensor.zeros($0.shape, device: $0.device) }
        }

        /// The number of elements that are trained.
        public var parameterCount: Int { masters.reduce(0) { $0 + $1.count } }

        // MARK: Steps

        /// Takes one optimiser step on examples in batches, each of which is one forward pass.
        ///
        /// - Throws: ``FineTuningError`` with code `notFinite`, and then the weights are as before; `TorchError`.
        public func takeStep(_ batches: [[TokenizedExample]], learningRate: Double) throws -> TrainingStep {
            let tokens = batches.filter { !$0.isEmpty }.map { TokenBatch($0, loss: options.loss) }
            let targetCount = tokens.reduce(0) { $0 + $1.targets.count }
            var loss = 0.0
            var sum: [Tensor] = []
            for batch in tokens where !batch.targets.isEmpty {
                let part = try self.loss(of: batch).divided(by: Double(targetCount))
                loss += try part.item()
                let gradients = try Autograd.gradients(of: part, withRespectTo: leaves)
                // The optimiser's kernel walks elements in order and in float32.
                let plain = try gradients.map { try $0.to(.float32).contiguous() }
                if sum.isEmpty {
                    sum = plain
                } else {
                    for (a, b) in zip(sum, plain) { try a.addInPlace(b) }
                }
            }
            guard !sum.isEmpty else {
                throw FineTuningError(.invalidOption, "step \(step + 1) has no token to learn")
            }
            let norm = try Tensor.clipNormInPlace(sum, maximum: options.maximumGradientNorm)
            guard loss.isFinite, norm.isFinite else {
                throw FineTuningError(
                    .notFinite,
                    "step \(step + 1): the \(loss.isFinite ? "gradient" : "loss") is not a number; the learning rate "
                        + "(\(learningRate)) may be too high")
            }
            try update(sum, learningRate: learningRate)
            return TrainingStep(
                loss: loss, gradientNorm: norm, targetCount: targetCount,
                tokenCount: tokens.reduce(0) { $0 + $1.tokenCount })
        }

        /// The mean loss over examples, in nats per token that counts.
        ///
        /// - Throws: `TorchError`, or `ModelError` for an example that does not fit the model.
        public func meanLoss(_ examples: [TokenizedExample]) throws -> Double {
            var sum = 0.0
            var count = 0
            for start in stride(from: 0, to: examples.count, by: options.batchSize) {
                let batch = TokenBatch(
                    Array(examples[start..<min(start + options.batchSize, examples.count)]), loss: options.loss)
                if batch.targets.isEmpty { continue }
                sum += try Autograd.noGrad { try loss(of: batch).item() }
                count += batch.targets.count
            }
            return sum / Double(max(1, count))
        }

        /// The summed negative log-likelihood of a batch's targets. Only positions that predict one are projected onto the
        /// vocabulary.
        private func loss(of batch: TokenBatch) throws -> Tensor {
            let device = model.device
            let inputs = try Tensor(batch.inputs, shape: [batch.rows, batch.width]).to(device)
            let positions = try Tensor(batch.positions).to(device)
            let targets = try Tensor(batch.targets).to(device)
            let hidden = try model.hiddenStates(inputs)  // [B, T, d]
            let flat = try hidden.reshaped([batch.rows * batch.width, hidden.size(-1)])
            let logits = try model.logits(fromHidden: flat.indexSelect(0, positions)).to(.float32)  // [N, V]
            return try logits.crossEntropy(targets, reduction: .sum)
        }

        private func update(_ gradients: [Tensor], learningRate: Double) throws {
            // Matrices decay; norms and biases, whose scale means something, do not.
            for decays in [true, false] {
                let chosen = masters.indices.filter { (masters[$0].rank >= 2) == decays }
                try Tensor.adamWInPlace(
                    chosen.map { masters[$0] }, gradients: chosen.map { gradients[$0] },
                    means: chosen.map { means[$0] }, squares: chosen.map { squares[$0] }, step: step + 1,
                    rate: learningRate, beta1: options.beta1, beta2: options.beta2,
                    decay: decays ? options.weightDecay : 0, epsilon: options.epsilon)
            }
            try copyMasters()
            step += 1
        }

        /// Rounds the masters into what the model computes with, where that is not the same.
        func copyMasters() throws {
            try Autograd.noGrad {
                for (leaf, master) in zip(leaves, masters) where leaf !== master { try leaf.copyInPlace(master) }
            }
        }
    }
#endif
