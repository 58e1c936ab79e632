#if Torch
    import Foundation
    import Generation
    import Safetensors
    import Testing
    import Torch

    @testable import TorchModels

    @Suite("Blocks that are not Llama's")
    struct GoldenGradientTests {
        @Test(
            "Gradients equal transformers'", arguments: GoldenModel.withGradients,
            [AttentionKind.fused, AttentionKind.explicit])
        func gradients(golden: GoldenModel, attention: AttentionKind) throws {
            let original = try DecoderModel.load(golden.folder)
            let file = try SafetensorsFile(path: golden.folder + "/golden.safetensors")
            var leaves: [String: Tensor] = [:]
            for name in original.parameterNames {
                let leaf = try original.parameter(name).detach()
                try leaf.setRequiresGrad(true)
                leaves[name] = leaf
            }
            let model = try original.replacing(leaves)
            let prompt = try golden.cases()[3].prompt.map(Int64.init)
            let loss = try Autograd.withGrad {
                let inputs = try Tensor(Array(prompt.dropLast()), shape: [1, prompt.count - 1])
                let hidden = try model.hiddenStates(inputs, attention: attention).squeezed(0)
                return try model.logits(fromHidden: hidden).crossEntropy(
                    Tensor(Array(prompt.dropFirst()), shape: [prompt.count - 1]), reduction: .mean)
            }
            let gradients = try Autograd.gradients(of: loss, withRespectTo: model.parameterNames.map(model.parameter))
            for (name, gradient) in zip(model.parameterNames, gradients) {
                var expected = try file.floats("gradient." + model.configuration.storedName(name))
                if let rows = model.configuration.rows(of: name) {
                    let width = gradient.size(1)
                    expected = Array(expected[rows.lowerBound * width..<rows.upperBound * width])
                }
                let largest = expected.reduce(0) { max($0, abs($1)) }
                let difference = maximumDifference(try gradient.floats(), expected)
                #expect(difference <= 1e-5 + 1e-4 * largest, "\(name): \(difference) of \(largest)")
            }
        }

        @Test("The derivative along a direction is that of the gradient", arguments: GoldenModel.withGradients)
        func forwardMode(golden: GoldenModel) throws {
            let model = try DecoderModel.load(golden.folder, dtype: .float64)
            let prompt = try golden.cases()[3].prompt
            let directions = try DecoderModel.random(model.configuration, seed: 7, dtype: .float64)
            var tangents: [String: Tensor] = [:]
            for name in model.parameterNames { tangents[name] = try directions.parameter(name) }
            let session = try GenericSession(model, slots: 1, capacity: 32, tangents: tangents)
            func logits(_ scale: Double) throws -> [Double] {
                var moved: [String: Tensor] = [:]
                for name in model.parameterNames {
                    moved[name] = try model.parameter(name).adding(directions.parameter(name), scaledBy: scale)
                }
                let other = try model.replacing(moved)
                let ids = try Tensor(prompt.map(Int64.init), shape: [1, prompt.count])
                return try other.logits(
                    fromHidden: other.hiddenStates(ids).narrow(1, start: prompt.count - 1, length: 1)
                )
                .doubles()
            }
            // In two chunks, so that the second sees the first through the cache.
            _ = try session.extend([DecodingChunk(slot: 0, tokens: Array(prompt.prefix(9)))]) { _ in 0 }
            let found = try session.extend([DecodingChunk(slot: 0, tokens: Array(prompt.dropFirst(9)))]) { step in
                let level = try #require(step.level)
                let dual = try step.model.logits(fromHidden: step.hidden)
                return try #require(level.unpack(dual).tangent).doubles()
            }
            let (plus, minus) = (try logits(1e-5), try logits(-1e-5))
            for (i, value) in found.enumerated() {
                let expected = (plus[i] - minus[i]) / 2e-5
                #expect(abs(value - expected) <= 1e-5 * max(1, abs(expected)), "score \(i)")
            }
        }

        @Test("The fused decoder leaves them to the other one", arguments: GoldenModel.single)
        func support(golden: GoldenModel) throws {
            let isPlain = GoldenModel.plain.contains { $0.name == golden.name }
            #expect(FusedWeights.supports(try DecoderModel.load(golden.folder)) == isPlain)
        }

        @Test(
            "What would change the result is refused",
            arguments: [
                ("gemma3", #""hidden_activation": "gelu_pytorch_tanh""#, #""hidden_activation": "gelu""#),
                ("gemma2", #""sliding_attention""#, #""chunked_attention""#),
                ("smollm3", #""use_sliding_window": false"#, #""use_sliding_window": true"#),
                ("smollm3", #""no_rope_layers": ["#, #""no_rope_layers": [1, "#),
                ("olmo2", #""rms_norm_eps""#, #""rms_norm""#),
                ("mistral", #""hidden_act": "silu""#, #""hidden_act": "relu""#),
            ])
        func refused(name: String, text: String, other: String) throws {
            let path = GoldenModel(name: name).folder + "/config.json"
            let json = try String(contentsOfFile: path, encoding: .utf8)
            #expect(json.contains(text))
            let changed = json.replacingOccurrences(of: text, with: other)
            #expect(throws: ModelError.self) { try DecoderConfiguration(json: Data(changed.utf8)) }
        }
    }
#endif
