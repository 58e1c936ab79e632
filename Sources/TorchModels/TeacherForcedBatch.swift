#if Torch
    import Generation
    import Torch

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

    /// Sequences filled up on the right to one length, and which of their positions predict completion tokens.
    package struct TeacherForcedBatch {
        /// The numbers of the sequences, as the caller counts them.
        package let members: [Int]
        /// int64 [B, T]: all tokens but each sequence's last, which predicts nothing.
        package let inputs: Tensor
        /// int64 [N]: where in the B·T positions a completion token is predicted, sequence after sequence.
        package let positions: Tensor
        /// int64 [N]: the tokens predicted.
        package let targets: Tensor
        /// How many of the N belong to each sequence.
        package let counts: [Int]

        /// How many completion tokens of a sequence have something before them.
        package static func predictedCount(_ sequence: TeacherForcedSequence) -> Int {
            sequence.completion.count - (sequence.prompt.isEmpty ? min(1, sequence.completion.count) : 0)
        }

        /// - Parameters:
        ///   - sequences: All sequences.
        ///   - members: Those of this batch; each predicts at least one token.
        ///   - model: Whose vocabulary and device count.
        package init(_ sequences: [TeacherForcedSequence], members: [Int], model: DecoderModel) throws {
            let width = members.map { sequences[$0].prompt.count + sequences[$0].completion.count - 1 }.max() ?? 0
            var inputs: [Int64] = []
            var positions: [Int64] = []
            var targets: [Int64] = []
            var counts: [Int] = []
            for (row, member) in members.enumerated() {
                let ids = sequences[member].prompt + sequences[member].completion
                try model.checkTokens(ids)
                let tokens = ids.map(Int64.init)
                inputs += tokens.dropLast()
                inputs += repeatElement(0, count: width - (tokens.count - 1))
                let count = Self.predictedCount(sequences[member])
                for position in (tokens.count - 1 - count)..<(tokens.count - 1) {
                    positions.append(Int64(row * width + position))
                    targets.append(tokens[position + 1])
                }
                counts.append(count)
            }
            self.members = members
            self.counts = counts
            self.inputs = try Tensor(inputs, shape: [members.count, width]).to(model.device)
            self.positions = try Tensor(positions, shape: [positions.count]).to(model.device)
            self.targets = try Tensor(targets, shape: [targets.count]).to(model.device)
        }

        /// The hidden states that predict completion tokens, [N, d].
        package func hiddenStates(_ model: DecoderModel, attention: AttentionKind) throws -> Tensor {
            try predicting(model.hiddenStates(inputs, attention: attention))
        }

        /// [B, T, d] → the N that predict completion tokens, [N, d].
        private func predicting(_ hidden: Tensor) throws -> Tensor {
            try hidden.reshaped([-1, hidden.size(-1)]).indexSelect(0, positions)
        }

        /// What a pass with derivatives gives.
        package struct InputGradients {
            /// The hidden states that predict completion tokens, [N, d], detached.
            package let hidden: Tensor
            /// ∂/∂e of the targets' summed negative log-likelihood, e being the embeddings of the inputs: [B, T, d].
            package let gradients: Tensor
        }

        /// The derivatives of the targets' summed negative log-likelihood with respect to the embeddings of the inputs.
        ///
        /// In two stages, so that logits are there for a piece of the predictions at a time.
        package func inputGradients(_ model: DecoderModel) throws -> InputGradients {
            try Autograd.withGrad {
                let embeddings = try model.embed(inputs).detach()  // [B, T, d]
                try embeddings.setRequiresGrad(true)
                let hidden = try predicting(model.hiddenStates(embeddings: embeddings))  // [N, d]
                let cut = try hidden.detach()
                var slopes: [Tensor] = []
                for piece in pieces(vocabularySize: model.vocabularySize) {
                    let states = try cut.narrow(0, start: piece.lowerBound, length: piece.count).clone()
                    try states.setRequiresGrad(true)
                    let targets = try self.targets.narrow(0, start: piece.lowerBound, length: piece.count)
                    let loss = try model.logits(fromHidden: states).crossEntropy(targets, reduction: .sum)
                    slopes += try Autograd.gradients(of: loss, withRespectTo: [states])
                }
                let surrogate = try hidden.multiplied(by: Tensor.cat(slopes)).sum()
                let gradients = try Autograd.gradients(of: surrogate, withRespectTo: [embeddings])
                return InputGradients(hidden: cut, gradients: gradients[0])
            }
        }

        /// log p of every target, [N], in double precision.
        package func logProbabilities(_ model: DecoderModel) throws -> [Double] {
            try model.chosenLogProbabilities(hiddenStates(model, attention: .fused), targets.unsqueezed(1))
        }

        /// The scores of every token for each of the N predictions, a piece of bearable size at a time.
        ///
        /// - Parameter body: Takes logits [n, V] and targets int64 [n, 1] of the next n predictions.
        package func forEachLogits(
            _ model: DecoderModel, attention: AttentionKind, _ body: (Tensor, Tensor) throws -> Void
        ) throws {
            let hidden = try hiddenStates(model, attention: attention)  // [N, d]
            for piece in pieces(vocabularySize: model.vocabularySize) {
                let logits = try model.logits(
                    fromHidden: hidden.narrow(0, start: piece.lowerBound, length: piece.count))  // [n, V]
                let targets = try self.targets.narrow(0, start: piece.lowerBound, length: piece.count)
                try body(logits, targets.unsqueezed(1))
            }
        }

        /// Reads sequences in passes of similar lengths, and hands out one value per completion token in their order.
        ///
        /// - Parameters:
        ///   - sequences: What is read.
        ///   - options: How it is put into passes.
        ///   - model: Whose vocabulary and device count.
        ///   - missing: The value of a first token with nothing before it.
        ///   - values: One value per prediction of a pass.
        package static func perToken<Value>(
            _ sequences: [TeacherForcedSequence], options: ScoringOptions, model: DecoderModel, missing: Value,
            _ values: (TeacherForcedBatch) throws -> [Value]
        ) throws -> [[Value]] {
            var results = sequences.map { Array(repeating: missing, count: $0.completion.count) }
            for members in plan(sequences, size: max(1, options.batchSize), tokens: options.batchTokens) {
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

        /// The N predictions in pieces whose logits are of bearable size.
        package func pieces(vocabularySize: Int) -> [Range<Int>] {
            Self.pieces(of: counts.reduce(0, +), vocabularySize: vocabularySize)
        }

        /// As many predictions in pieces whose logits are of bearable size.
        static func pieces(of total: Int, vocabularySize: Int) -> [Range<Int>] {
            let size = max(1, largestLogits / max(1, vocabularySize))
            return stride(from: 0, to: total, by: size).map { $0..<min(total, $0 + size) }
        }

        /// The most logits held at once: 128 MB of them in float32.
        private static let largestLogits = 1 << 25

        /// Groups sequences of similar lengths: the shortest first, equal ones in their order.
        ///
        /// - Parameters:
        ///   - sequences: All sequences; those that predict nothing are left out.
        ///   - size: The most sequences of a batch.
        ///   - tokens: The most tokens of a batch, padding included, unless one sequence alone has more.
        package static func plan(_ sequences: [TeacherForcedSequence], size: Int, tokens: Int) -> [[Int]] {
            let lengths = sequences.map { $0.prompt.count + $0.completion.count }
            let order = sequences.indices.filter { predictedCount(sequences[$0]) > 0 }
                .sorted { (lengths[$0], $0) < (lengths[$1], $1) }
            var batches: [[Int]] = []
            for index in order {
                if let last = batches.last, last.count < size, (last.count + 1) * lengths[index] <= tokens {
                    batches[batches.count - 1].append(index)
                } else {
                    batches.append([index])
                }
            }
            return batches
        }
    }
#endif
