#if Torch
    import Foundation
    import Safetensors
    import TestSupport
    import Testing
    import Torch

    @testable import TorchModels

    @Suite("Models: weights in and out")
    struct DecoderModelTests {
        private func configuration(
            _ architecture: DecoderConfiguration.Architecture = .llama, tied: Bool = false
        ) throws -> DecoderConfiguration {
            try DecoderConfiguration(
                architecture: architecture, hiddenSize: 16, intermediateSize: 24, layers: 2, heads: 4, kvHeads: 2,
                headDim: 6, vocabularySize: 20, maxPositions: 64, tied: tied, initializerRange: 0.3,
                block: Self.block(architecture))
        }

        /// What files of the architecture say of the block.
        private static func block(_ architecture: DecoderConfiguration.Architecture) -> BlockOptions {
            var block = BlockOptions()
            switch architecture {
            case .olmo2:
                block.norms = .after
                block.normalizesAllHeads = true
            case .gemma2, .gemma3:
                block.norms = .around
                block.normOffset = 1
                block.activation = .gelu
                block.embeddingScale = 4
                block.attentionScale = 1.0 / 16
                block.window = 8
                block.windowedLayers = [0]
                if architecture == .gemma2 {
                    block.attentionCap = 50
                    block.outputCap = 30
                } else {
                    block.windowTheta = 10_000
                }
            default: break
            }
            return block
        }

        @Test(
            "Every architecture saves and loads to the same bits",
            arguments: ArchitectureRegistry.standard.architectures, [DType.float32, .bfloat16])
        func roundTrip(architecture: DecoderConfiguration.Architecture, dtype: DType) throws {
            let folder = try TemporaryDirectory()
            let path = folder.file("made/on/the/way")
            let model = try DecoderModel.random(configuration(architecture), seed: 3, dtype: dtype)
            try model.save(to: path, metadata: ["note": "a"])
            let loaded = try DecoderModel.load(path, dtype: dtype)
            #expect(loaded.configuration == model.configuration)
            #expect(loaded.parameterNames == model.parameterNames)
            for name in model.parameterNames {
                #expect(try loaded.parameter(name).floats() == model.parameter(name).floats(), "\(name)")
            }
            let metadata = try SafetensorsFile(path: path + "/model.safetensors").metadata
            #expect(metadata == ["format": "pt", "note": "a"])
            #expect(throws: SafetensorsError.self) { try model.save(to: path) }
            #expect(throws: Never.self) { try model.save(to: path, replacing: true) }
        }

        @Test func typesOnLoading() throws {
            let folder = try TemporaryDirectory()
            let model = try DecoderModel.random(configuration(), seed: 3)
            try model.save(to: folder.path, dtype: .bfloat16)
            #expect(try DecoderModel.load(folder.path).dtype == .float32)
            #expect(try DecoderModel.load(folder.path, dtype: .bfloat16).dtype == .bfloat16)
            let double = try DecoderModel.load(folder.path, dtype: .float64)
            #expect(double.dtype == .float64)
            let name = "model.layers.1.mlp.up_proj.weight"
            #expect(try double.parameter(name).floats() == model.parameter(name).to(.bfloat16).floats())
            #expect(throws: ModelError.self) { try DecoderModel.load(folder.path, dtype: .int64) }
        }

        @Test func tiedModelsHaveNoHeadOfTheirOwn() throws {
            let model = try DecoderModel.random(configuration(tied: true), seed: 1)
            #expect(!model.parameterNames.contains("lm_head.weight"))
            #expect(throws: ModelError(nil, .noSuchParameter("lm_head.weight"))) {
                try model.parameter("lm_head.weight")
            }
            #expect(model.parameterNames.first == "model.embed_tokens.weight")
            #expect(
                model.configuration.parameterCount
                    == (try model.parameterNames.reduce(0) {
                        try $0 + model.parameter($1).count
                    }))
        }

        @Test func randomWeightsFollowFromTheSeed() throws {
            let configuration = try configuration(.qwen2)
            let (a, b, c) = (
                try DecoderModel.random(configuration, seed: 7), try DecoderModel.random(configuration, seed: 7),
                try DecoderModel.random(configuration, seed: 8)
            )
            let name = "model.layers.0.mlp.gate_proj.weight"
            #expect(try a.parameter(name).floats() == b.parameter(name).floats())
            #expect(try a.parameter(name).floats() != c.parameter(name).floats())
            #expect(try a.parameter("model.norm.weight").floats() == Array(repeating: 1, count: 16))
            #expect(try a.parameter("model.layers.0.self_attn.q_proj.bias").floats().allSatisfy { $0 == 0 })
            var values: [Double] = []
            for name in a.parameterNames where try a.parameter(name).rank == 2 {
                values += try a.parameter(name).doubles()
            }
            let count = Double(values.count)
            let mean = values.reduce(0, +) / count
            let deviation = (values.reduce(0) { $0 + $1 * $1 } / count).squareRoot()
            // Five standard errors.
            #expect(abs(mean) < 5 * 0.3 / count.squareRoot())
            #expect(abs(deviation / 0.3 - 1) < 5 / (2 * count).squareRoot())
        }

        @Test func replacingSharesTheRest() throws {
            let model = try DecoderModel.random(configuration(), seed: 1)
            let name = "model.layers.0.self_attn.o_proj.weight"
            let other = try model.replacing([name: model.parameter(name).multiplied(by: 2)])
            #expect(try other.parameter(name).floats() == model.parameter(name).floats().map { $0 * 2 })
            #expect(try other.parameter("model.norm.weight") === model.parameter("model.norm.weight"))
            let tokens = try Tensor([Int64](0..<5), shape: [1, 5])
            #expect(try other.hiddenStates(tokens).floats() != model.hiddenStates(tokens).floats())
            #expect(throws: ModelError(nil, .noSuchParameter("x"))) {
                try model.replacing(["x": model.parameter(name)])
            }
            #expect(throws: ModelError.self) { try model.replacing([name: model.parameter("model.norm.weight")]) }
            #expect(throws: ModelError.self) { try model.replacing([name: model.parameter(name).to(.float64)]) }
            #expect(try model.converted(dtype: .float64).hiddenStates(tokens).dtype == .float64)
        }

        @Test func adaptersAddTheirProduct() throws {
            let model = try DecoderModel.random(configuration(), seed: 1)
            let tokens = try Tensor([Int64](0..<6), shape: [2, 3])
            let plain = try model.logits(fromHidden: model.hiddenStates(tokens)).floats()
            var weights: [String: Tensor] = [:]
            var modules = DecoderConfiguration.linearModules.map { "model.layers.1." + $0 }
            modules.append("lm_head")
            var generator = SplitMix64(seed: 5)
            func random(_ shape: [Int]) throws -> Tensor {
                try Tensor(
                    (0..<shape[0] * shape[1]).map { _ in Float.random(in: -1...1, using: &generator) }, shape: shape)
            }
            for module in modules {
                let weight = try model.parameter(module + ".weight")
                let adapter = LowRankAdapter(
                    a: try random([3, weight.size(1)]), b: try random([weight.size(0), 3]), scale: 0.1)
                model.adapters[module] = adapter
                weights[module + ".weight"] = try weight.adding(adapter.b.matmul(adapter.a), scaledBy: 0.1)
            }
            let adapted = try model.logits(fromHidden: model.hiddenStates(tokens)).floats()
            model.adapters = [:]
            #expect(try model.logits(fromHidden: model.hiddenStates(tokens)).floats() == plain)
            let merged = try model.replacing(weights)
            let expected = try merged.logits(fromHidden: merged.hiddenStates(tokens)).floats()
            #expect(maximumDifference(adapted, expected) < 1e-4)
            #expect(maximumDifference(adapted, plain) > 1e-2)
        }

        @Test(
            "Adapters that do not fit",
            arguments: ["model.layers.2.mlp.up_proj", "model.norm", "mlp.up_proj", "lm_head"])
        func badAdapter(module: String) throws {
            let model = try DecoderModel.random(configuration(), seed: 1)
            model.adapters[module] = LowRankAdapter(a: try .zeros([2, 16]), b: try .zeros([24, 2]), scale: 1)
            #expect {
                try model.logits(fromHidden: model.hiddenStates(Tensor([Int64](0..<2), shape: [1, 2])))
            } throws: { error in
                guard case .unusableAdapter(module, _) = (error as? ModelError)?.problem else { return false }
                return true
            }
        }

        @Test func paddingOnTheRightChangesNothing() throws {
            let model = try DecoderModel.random(configuration(.qwen3), seed: 4)
            for attention in [AttentionKind.fused, .explicit] {
                let short = try model.hiddenStates(Tensor([1, 2, 3] as [Int64], shape: [1, 3]), attention: attention)
                let long = try model.hiddenStates(
                    Tensor([9, 8, 7, 6, 5, 1, 2, 3, 0, 0] as [Int64], shape: [2, 5]), attention: attention)
                let part = try long.narrow(0, start: 1, length: 1).narrow(1, start: 0, length: 3)
                #expect(maximumDifference(try short.floats(), try part.floats()) < 1e-5)
            }
        }
    }
#endif
