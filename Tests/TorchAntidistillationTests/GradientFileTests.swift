#if Torch
    import Antidistillation
    import Foundation
    import Safetensors
    import TestSupport
    import Testing
    import Torch
    import TorchModels
    import TrainingExamples

    @testable import TorchAntidistillation

    @Suite("Gradient job and file")
    struct GradientFileTests {
        let folder: TemporaryDirectory
        let model: DecoderModel
        let gradient: ProxyGradient

        init() throws {
            folder = try TemporaryDirectory()
            model = try TinyProxy.model()
            gradient = try TinyProxy.gradient(model, examples: TinyProxy.examples(5))
        }

        @Test("A gradient comes back from its file as it was, under the checkpoint's names")
        func roundTrip() throws {
            let path = folder.file("g.safetensors")
            try GradientFile.write(gradient, to: path)
            let loaded = try GradientFile.load(path, for: model, modelDigest: "model")
            #expect(loaded.info == gradient.info)
            #expect(try GradientFile.info(path) == gradient.info)
            #expect(Set(try SafetensorsFile(path: path).names) == Set(model.parameterNames))
            for name in model.parameterNames {
                #expect(try loaded.tensor(name).floats() == gradient.tensor(name).floats())
            }
            let metadata = try SafetensorsFile(path: path).metadata
            for key in ["loss", "norm", "traces", "tokens", "data_sha256", "model_sha256", "loss_average"] {
                #expect(metadata[key] != nil)
            }
            #expect(throws: SafetensorsError.self) { try GradientFile.write(gradient, to: path) }
            try GradientFile.write(gradient, to: path, replacing: true)
        }

        @Test("A gradient of other weights is refused, naming both digests")
        func otherModel() throws {
            let path = folder.file("g.safetensors")
            try GradientFile.write(gradient, to: path)
            let error = try #require(throws: GradientError.self) {
                try GradientFile.load(path, for: model, modelDigest: "0123456789abcdef")
            }
            #expect(error.description.contains("SHA-256 model,"))
            #expect(error.description.contains("0123456789abcdef"))
        }

        @Test("A gradient of another shape is refused, naming both shapes")
        func otherShape() throws {
            let path = folder.file("g.safetensors")
            try GradientFile.write(gradient, to: path)
            let wide = try TinyProxy.model(vocabulary: 25)
            let error = try #require(throws: GradientError.self) {
                try GradientFile.load(path, for: wide, modelDigest: nil)
            }
            #expect(error.description.contains("[24, 16]"))
            #expect(error.description.contains("[25, 16]"))
            let tied = try TinyProxy.model(tied: true)
            #expect(throws: GradientError.self) { try GradientFile.load(path, for: tied, modelDigest: nil) }
        }

        @Test("Files that are no gradients are refused")
        func noGradient() throws {
            let path = folder.file("g.safetensors")
            try model.save(to: folder.file("model"))
            #expect(throws: GradientError.self) {
                try GradientFile.load(folder.file("model/model.safetensors"), for: model, modelDigest: nil)
            }
            var info = gradient.info
            info.norm *= 2
            let wrong = ProxyGradient(names: gradient.names, tensors: gradient.tensors, info: info)
            try GradientFile.write(wrong, to: path)
            #expect(throws: GradientError.self) { try GradientFile.load(path, for: model, modelDigest: nil) }
            for (key, value) in [
                ("norm", "nan"), ("traces", "-1"), ("loss_average", "sum"), ("kind", "other"), ("seed", "x"),
            ] {
                var metadata = gradient.info.metadata
                metadata[key] = value
                #expect(throws: GradientError.self) { try GradientInfo(metadata: metadata, file: "f") }
            }
            var metadata = gradient.info.metadata
            metadata["model_sha256"] = nil
            #expect(throws: GradientError.self) { try GradientInfo(metadata: metadata, file: "f") }
        }

        @Test("Controls have the gradient's names, shapes and norm")
        func controls() throws {
            let path = folder.file("g.safetensors")
            try GradientFile.write(gradient, to: path)
            try GradientControl.negated.write(of: path, to: folder.file("n.safetensors"))
            let negated = try GradientFile.load(folder.file("n.safetensors"), for: model, modelDigest: "model")
            #expect(negated.info.direction == .negated)
            try GradientControl.random(seed: 4).write(of: path, to: folder.file("r.safetensors"))
            try GradientControl.random(seed: 4).write(of: path, to: folder.file("r2.safetensors"))
            try GradientControl.random(seed: 5).write(of: path, to: folder.file("s.safetensors"))
            let random = try GradientFile.load(folder.file("r.safetensors"), for: model, modelDigest: "model")
            let same = try GradientFile.load(folder.file("r2.safetensors"), for: model, modelDigest: "model")
            let other = try GradientFile.load(folder.file("s.safetensors"), for: model, modelDigest: "model")
            #expect(random.info.direction == .random)
            #expect(random.info.seed == 4)
            var (own, across) = (0.0, 0.0)
            for name in model.parameterNames {
                #expect(try negated.tensor(name).floats() == gradient.tensor(name).floats().map { -$0 })
                #expect(try random.tensor(name).floats() == same.tensor(name).floats())
                own += try random.tensor(name).multiplied(by: gradient.tensor(name)).sum().item()
                across += try random.tensor(name).multiplied(by: other.tensor(name)).sum().item()
            }
            let square = gradient.norm * gradient.norm
            // Random directions of some thousand dimensions are all but orthogonal.
            #expect(abs(own) < 0.1 * square)
            #expect(abs(across) < 0.1 * square)
        }

        @Test("The digest is of the weights, not of their files")
        func digest() throws {
            try model.save(to: folder.file("a"))
            try model.save(to: folder.file("b"), metadata: ["more": "words"])
            try TinyProxy.model(seed: 4).save(to: folder.file("c"))
            let digest = try ModelDigest.of(folder: folder.file("a"))
            #expect(digest.count == 64)
            #expect(try ModelDigest.of(folder: folder.file("b")) == digest)
            #expect(try ModelDigest.of(folder: folder.file("c")) != digest)
        }

        @Test("A job can be stopped between passes, and says how far it is")
        func stopping() throws {
            let job = try GradientJob(
                model: model, examples: TinyProxy.examples(6), options: .init(batchSize: 2))
            var seen: [Int] = []
            #expect(throws: CancellationError.self) {
                try job.run(progress: { seen.append($0.traces) }, shouldStop: { seen.count == 2 })
            }
            #expect(seen == [2, 4])
            var last = GradientJob.Progress()
            let result = try job.run(progress: { last = $0 })
            #expect(last.traces == 6)
            #expect(last.tokens == result.tokens)
            #expect(abs(last.loss - result.loss) < 1e-6)
        }

        @Test("Batches do not change the gradient, and leave the model's parameters alone")
        func batches() throws {
            let examples = TinyProxy.examples(12)
            let one = try GradientJob(model: model, examples: examples, options: .init(batchSize: 1)).run()
            let all = try GradientJob(model: model, examples: examples, options: .init(batchSize: 12)).run()
            let narrow = try GradientJob(
                model: model, examples: examples, options: .init(batchSize: 12, batchTokens: 20)
            ).run()
            for name in model.parameterNames {
                #expect(try !model.parameter(name).requiresGrad)
                let values = try [one, all, narrow].map { try #require($0.gradient[name]).floats() }
                for index in values[0].indices {
                    #expect(abs(values[0][index] - values[1][index]) < 1e-5 * Float(one.norm))
                    #expect(abs(values[0][index] - values[2][index]) < 1e-5 * Float(one.norm))
                }
            }
        }

        @Test("The losses of two kinds of tokens make up the loss of all", arguments: LossAverage.allCases)
        func counted(average: LossAverage) throws {
            let examples = TinyProxy.examples(12)
            func run(_ isCounted: (Int32) -> Bool) throws -> GradientJob.Result {
                try GradientJob(
                    model: model, examples: examples, options: .init(lossAverage: average, batchSize: 5),
                    counting: isCounted
                ).run()
            }
            let (all, even, odd) = (try run { _ in true }, try run { $0 % 2 == 0 }, try run { $0 % 2 != 0 })
            let tokens = examples.flatMap(\.completion)
            #expect(all.tokens == tokens.count && even.tokens == tokens.count { $0 % 2 == 0 })
            #expect(odd.tokens == tokens.count - even.tokens && even.tokens > 0 && odd.tokens > 0)
            #expect(even.traces == examples.count { $0.completion.contains { $0 % 2 == 0 } })
            guard average == .token else { return }
            func share(_ result: GradientJob.Result) -> Double { Double(result.tokens) / Double(tokens.count) }
            #expect(abs(all.loss - even.loss * share(even) - odd.loss * share(odd)) < 1e-5)
            for name in model.parameterNames {
                let values = try [all, even, odd].map { try #require($0.gradient[name]).floats() }
                for index in values[0].indices {
                    let sum = Double(values[1][index]) * share(even) + Double(values[2][index]) * share(odd)
                    #expect(abs(Double(values[0][index]) - sum) < 1e-5 * all.norm)
                }
            }
            #expect(throws: GradientError.self) { try run { _ in false } }
        }

        @Test("What cannot be differentiated is refused")
        func refusals() throws {
            let empty = [TokenizedExample(prompt: [1, 2], completion: [], line: 1)]
            #expect(throws: GradientError.self) { try GradientJob(model: model, examples: empty) }
            #expect(throws: GradientError.self) { try GradientJob(model: model, examples: []) }
            #expect(throws: GradientError.self) {
                try GradientJob(model: model, examples: TinyProxy.examples(1), options: .init(batchSize: 0))
            }
            let outside = [TokenizedExample(prompt: [1], completion: [24], line: 1)]
            let job = try GradientJob(model: model, examples: outside)
            #expect(throws: ModelError.self) { try job.run() }
        }
    }
#endif
