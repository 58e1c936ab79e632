#if Torch
    import Generation
    import Torch

    /// What a model has read and several texts go on from.
    struct SharedPrefix {
        /// The number of tokens read.
        let length: Int
        /// Per block, keys and values [1, P, Hkv, D].
        let blocks: [(k: Tensor, v: Tensor)]
    }

    extension DecoderModel {
        /// Reads a text once for all that go on from it.
        ///
        /// - Parameter tokens: int64 [1, P].
        /// - Returns: Hidden states after the last norm, [P, d], and what continuations need.
        func readPrefix(_ tokens: Tensor) throws -> (hidden: Tensor, prefix: SharedPrefix) {
            let length = tokens.size(1)
            let rows = try rotations(atLeast: length) { try $0.prefix(length) }
            let kind = kind(.fused)
            let masks = try masks {
                try AttentionMask.causal(length, kind: kind, dtype: dtype, device: device, window: $0)
            }
            var x = try embed(tokens)  // [1, P, d]
            var kept: [(k: Tensor, v: Tensor)] = []
            for (layer, block) in try currentBlocks().enumerated() {
                x = try block(x, rotary: rows[layer]) { projections in
                    kept.append((projections.k, projections.v))
                    return try block.attention.attend(projections, mask: masks[layer], kind: kind)
                }
            }
            return (try finalNorm(x).squeezed(0), SharedPrefix(length: length, blocks: kept))
        }

        /// Hidden states after the last norm of texts that go on from a prefix.
        ///
        /// - Parameters:
        ///   - tokens: int64 [B, T], what follows the prefix.
        ///   - prefix: What all of them go on from.
        /// - Returns: [B, T, d].
        func hiddenStates(_ tokens: Tensor, after prefix: SharedPrefix) throws -> Tensor {
            let (batch, length) = (tokens.size(0), tokens.size(1))
            let whole = prefix.length + length
            let positions = try Tensor.arange(Double(prefix.length), to: Double(whole), device: device)
            let rows = try rotations(atLeast: whole) { try $0.select(positions) }
            let masks = try masks {
                AttentionMask(
                    bias: try AttentionMask.bias(
                        positions.unsqueezed(0), keys: whole, dtype: dtype, device: device, window: $0))
            }
            var x = try embed(tokens)
            for (layer, (block, kept)) in zip(try currentBlocks(), prefix.blocks).enumerated() {
                x = try block(x, rotary: rows[layer]) { projections in
                    func joined(_ old: Tensor, _ new: Tensor) throws -> Tensor {
                        var shape = old.shape
                        shape[0] = batch
                        return try Tensor.cat([old.expanded(shape), new], dimension: 1)  // [B, P + T, Hkv, D]
                    }
                    var projections = projections
                    projections.k = try joined(kept.k, projections.k)
                    projections.v = try joined(kept.v, projections.v)
                    return try block.attention.attend(projections, mask: masks[layer], kind: kind(.fused))
                }
            }
            return try finalNorm(x)
        }
    }

    /// Variants of one text: as many tokens each, the same prompt. What they begin with alike is read once.
    package struct TextVariants {
        private let sequences: [TeacherForcedSequence]
        /// How many tokens of the completions are the same at their beginning; the last token never counts.
        private let common: Int

        /// - Parameter sequences: The variants.
        /// - Returns: Nil unless there are several, of one length and prompt, with something to read in common.
        package init?(_ sequences: [TeacherForcedSequence]) {
            guard sequences.count > 1, let first = sequences.first,
                sequences.allSatisfy({
                    $0.prompt == first.prompt && $0.completion.count == first.completion.count
                })
            else { return nil }
            let common = (0..<max(0, first.completion.count - 1)).first { index in
                sequences.contains { $0.completion[index] != first.completion[index] }
            }
            self.common = common ?? max(0, first.completion.count - 1)
            self.sequences = sequences
            // Without a prompt the first token is not predicted; those few texts are read the plain way.
            guard !first.prompt.isEmpty, first.completion.count > 1 else { return nil }
        }

        /// log p of every completion token of every variant, in double precision.
        ///
        /// - Throws: `ModelError` for ids outside the vocabulary, `TorchError`.
        package func logProbabilities(_ model: DecoderModel, options: ScoringOptions) throws -> [[Double]] {
            let prompt = sequences[0].prompt
            for sequence in sequences { try model.checkTokens(sequence.completion) }
            try model.checkTokens(prompt)
            let start = prompt + sequences[0].completion.prefix(common)
            let (hidden, prefix) = try model.readPrefix(tensor([start], model))
            // Row j predicts completion token j: those in common, and the first in which the variants differ.
            let shared = try model.chosenLogProbabilities(
                hidden.narrow(0, start: prompt.count - 1, length: common),
                tensor([sequences[0].completion.prefix(common)], model).reshaped([common, 1]))
            let last = try model.logits(fromHidden: hidden.narrow(0, start: start.count - 1, length: 1))
            let first = try last.to(.float64).logSoftmax()
                .gather(1, tensor([sequences.map { $0.completion[common] }], model)).doubles()
            var results = first.map { shared + [$0] }
            let length = sequences[0].completion.count - common - 1
            guard length > 0 else { return results }
            let size = max(1, min(options.batchSize, options.batchTokens / (prefix.length + length)))
            for begin in stride(from: 0, to: sequences.count, by: size) {
                let members = begin..<min(sequences.count, begin + size)
                let inputs = try tensor(members.map { sequences[$0].completion.dropFirst(common).dropLast() }, model)
                let targets = try tensor(members.map { sequences[$0].completion.dropFirst(common + 1) }, model)
                let states = try model.hiddenStates(inputs, after: prefix)  // [B, T, d]
                let values = try model.chosenLogProbabilities(
                    states.reshaped([members.count * length, states.size(-1)]),
                    targets.reshaped([members.count * length, 1]))
                for (row, member) in members.enumerated() {
                    results[member] += values[row * length..<(row + 1) * length]
                }
            }
            return results
        }

        private func tensor(_ rows: [some Collection<Int32>], _ model: DecoderModel) throws -> Tensor {
            try Tensor(rows.flatMap { $0.map(Int64.init) }, shape: [rows.count, rows.first?.count ?? 0])
                .to(model.device)
        }
    }

    extension DecoderModel {
        /// log p of the targets, int64 [N, 1], after hidden states [N, d], in double precision; logits are there for a
        /// piece of bearable size at a time.
        func chosenLogProbabilities(_ hidden: Tensor, _ targets: Tensor) throws -> [Double] {
            var values: [Double] = []
            for piece in TeacherForcedBatch.pieces(of: hidden.size(0), vocabularySize: vocabularySize) {
                values += try logits(fromHidden: hidden.narrow(0, start: piece.lowerBound, length: piece.count))
                    .to(.float64).logSoftmax()
                    .gather(1, targets.narrow(0, start: piece.lowerBound, length: piece.count)).doubles()
            }
            return values
        }

        /// - Throws: `ModelError` with `tokenOutOfRange` for the first id outside the vocabulary.
        func checkTokens(_ tokens: some Sequence<Int32>) throws {
            for token in tokens where token < 0 || token >= vocabularySize {
                throw ModelError(nil, .tokenOutOfRange(token: Int(token), vocabulary: vocabularySize))
            }
        }
    }
#endif
