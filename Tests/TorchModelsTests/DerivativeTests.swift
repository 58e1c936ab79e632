#if Torch
    import Generation
    import TestSupport
    import Testing
    import Torch

    @testable import TorchModels

    /// Backward mode, forward mode and finite differences of one loss, in float64.
    @Suite("Derivatives of models")
    struct DerivativeTests {
        private static let tokens: [[Int64]] = [[1, 5, 2, 9, 11, 3], [4, 4, 17, 0, 8, 2]]

        private func model(_ architecture: DecoderConfiguration.Architecture) throws -> DecoderModel {
            let configuration = try DecoderConfiguration(
                architecture: architecture, hiddenSize: 16, intermediateSize: 24, layers: 2, heads: 4, kvHeads: 2,
                headDim: 6, vocabularySize: 20, tied: architecture == .qwen2, initializerRange: 0.4)
            return try DecoderModel.random(configuration, seed: 11, dtype: .float64)
        }

        private func random(like x: Tensor, _ generator: inout SplitMix64) throws -> Tensor {
            try Tensor((0..<x.count).map { _ in Double.random(in: -1...1, using: &generator) }, shape: x.shape)
        }

        private func tangents(_ model: DecoderModel, seed: UInt64) throws -> [String: Tensor] {
            var generator = SplitMix64(seed: seed)
            var tangents: [String: Tensor] = [:]
            for name in model.parameterNames {
                tangents[name] = try random(like: model.parameter(name), &generator).multiplied(by: 0.01)
            }
            return tangents
        }

        private func loss(_ model: DecoderModel, _ attention: AttentionKind) throws -> Tensor {
            let tokens = try Tensor(Self.tokens.flatMap { $0 }, shape: [2, 6])
            let hidden = try model.hiddenStates(tokens.narrow(1, start: 0, length: 5), attention: attention)
            let logits = try model.logits(fromHidden: hidden).reshaped([10, 20])
            return try logits.crossEntropy(tokens.narrow(1, start: 1, length: 5).reshaped([10]))
        }

        @Test(
            "Backward and forward mode agree with differences",
            arguments: ArchitectureRegistry.standard.architectures)
        func directional(architecture: DecoderConfiguration.Architecture) throws {
            let model = try model(architecture)
            let tangents = try tangents(model, seed: 2)
            func moved(_ step: Double) throws -> DecoderModel {
                try model.replacing(
                    tangents.reduce(into: [:]) { changed, item in
                        changed[item.key] = try model.parameter(item.key).adding(item.value, scaledBy: step)
                    })
            }
            let difference =
                try (loss(moved(1e-4), .fused).item() - loss(moved(-1e-4), .fused).item()) / 2e-4
            let forward = try ForwardMode.withDualLevel { level in
                let dual = try model.replacing(
                    tangents.reduce(into: [:]) { duals, item in
                        duals[item.key] = try level.makeDual(model.parameter(item.key), item.value)
                    })
                return try level.unpack(loss(dual, .explicit)).tangent?.item()
            }
            #expect(abs(difference - (try #require(forward))) < 1e-7 * max(1, abs(difference)))
            for attention in [AttentionKind.fused, .explicit] {
                let names = model.parameterNames
                let leaves = try names.map { try model.parameter($0).clone() }
                for leaf in leaves { try leaf.setRequiresGrad(true) }
                let trained = try model.replacing(Dictionary(zip(names, leaves)) { $1 })
                let gradients = try Autograd.gradients(of: loss(trained, attention), withRespectTo: leaves)
                var sum = 0.0
                for (name, gradient) in zip(names, gradients) {
                    sum += try gradient.multiplied(by: try #require(tangents[name])).sum().item()
                    #expect(try gradient.abs().sum().item() > 0, "\(name)")
                }
                #expect(abs(difference - sum) < 1e-7 * max(1, abs(difference)))
            }
        }

        @Test(
            "A session with tangents decodes the derivatives of the pass without a cache",
            arguments: ArchitectureRegistry.standard.architectures)
        func cachedTangents(architecture: DecoderConfiguration.Architecture) throws {
            let model = try model(architecture)
            let tangents = try tangents(model, seed: 3)
            let session = try GenericSession(model, slots: 3, capacity: 200, tangents: tangents)
            // Ragged chunks: one sequence token by token, the other in two pieces, slots out of order.
            let pieces: [[(slot: Int, range: Range<Int>)]] = [
                [(2, 0..<1), (0, 0..<4)], [(2, 1..<2)], [(0, 4..<6), (2, 2..<3)], [(2, 3..<6)],
            ]
            var found: [Int: (primal: [Double], tangent: [Double])] = [:]
            for step in pieces {
                let chunks = step.map { piece in
                    DecodingChunk(
                        slot: piece.slot,
                        tokens: Self.tokens[piece.slot / 2][piece.range].map { Int32($0) })
                }
                let (primal, tangent) = try session.extend(chunks) { step in
                    let logits = try step.model.logits(fromHidden: step.hidden)
                    let parts = try #require(step.level).unpack(logits)
                    return (try parts.primal.doubles(), try #require(parts.tangent).doubles())
                }
                for (i, chunk) in chunks.enumerated() {
                    let row = i * 20..<(i + 1) * 20
                    found[chunk.slot] = (Array(primal[row]), Array(tangent[row]))
                }
            }
            try ForwardMode.withDualLevel { level in
                let dual = try model.replacing(
                    tangents.reduce(into: [:]) { duals, item in
                        duals[item.key] = try level.makeDual(model.parameter(item.key), item.value)
                    })
                for (index, slot) in [0, 2].enumerated() {
                    let tokens = try Tensor(Self.tokens[index], shape: [1, 6])
                    let hidden = try dual.hiddenStates(tokens, attention: .explicit).narrow(1, start: 5, length: 1)
                    let parts = try level.unpack(dual.logits(fromHidden: hidden))
                    let expected = (try parts.primal.doubles(), try #require(parts.tangent).doubles())
                    let actual = try #require(found[slot])
                    let primal = zip(actual.primal, expected.0).map { abs($0 - $1) }.max() ?? 1
                    let tangent = zip(actual.tangent, expected.1).map { abs($0 - $1) }.max() ?? 1
                    #expect(primal < 1e-12 && tangent < 1e-12, "slot \(slot): \(primal), \(tangent)")
                    #expect(expected.1.contains { abs($0) > 1e-3 })
                }
            }
        }
    }
#endif
