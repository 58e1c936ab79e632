#if Torch
    import TestSupport
    import Antidistillation
    import Foundation
    import Generation
    import Safetensors
    import Testing
    import Torch
    import TorchAntidistillation
    import TorchModels
    import TrainingExamples

    /// Against fixtures/golden/antidistillation, made by scripts/golden/golden_antidistillation.py with PyTorch.
    @Suite("Gradient and derivatives against PyTorch")
    struct PyTorchComparisonTests {
        struct Golden: Decodable {
            struct Trace: Decodable {
                var prompt: [Int32]
                var completion: [Int32]
            }
            struct Average: Decodable {
                var loss: Double
                var norm: Double
            }
            struct Case: Decodable {
                var context: [Int32]
                var logProbabilities: [Double]
                var derivatives: [Double]
            }
            var traces: [Trace]
            var token: Average
            var trace: Average
            var cases: [Case]

            var examples: [TokenizedExample] {
                traces.enumerated().map { .init(prompt: $1.prompt, completion: $1.completion, line: $0 + 1) }
            }
        }

        static let folder = Repository.path("fixtures/golden/antidistillation")

        let golden: Golden

        init() throws {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            golden = try decoder.decode(
                Golden.self, from: Data(contentsOf: URL(fileURLWithPath: Self.folder + "/golden.json")))
        }

        @Test(
            "The gradient, the loss and both averages are PyTorch's, whatever the batches",
            arguments: [1, 2, 16], [DType.float32, .float64])
        func gradient(batchSize: Int, dtype: DType) throws {
            let model = try DecoderModel.load(Self.folder + "/proxy", dtype: dtype)
            let expected = try SafetensorsFile(path: Self.folder + "/gradient.safetensors")
            // transformers itself computes norms and rotations in float32, whatever the model's type.
            let tolerance = dtype == .float32 ? 2e-5 : 5e-7
            for (average, values) in [(LossAverage.token, golden.token), (.trace, golden.trace)] {
                let job = try GradientJob(
                    model: model, examples: golden.examples,
                    options: .init(lossAverage: average, batchSize: batchSize))
                let result = try job.run()
                #expect(abs(result.loss - values.loss) < tolerance * values.loss)
                #expect(abs(result.norm - values.norm) < tolerance * values.norm)
                #expect(result.traces == golden.traces.count)
                #expect(result.tokens == golden.traces.reduce(0) { $0 + $1.completion.count })
                guard average == .token else { continue }
                for name in model.parameterNames {
                    let ours = try #require(result.gradient[name]).floats()
                    let theirs = try expected.floats(name)
                    let scale = theirs.map { abs($0) }.max() ?? 0
                    for (a, b) in zip(ours, theirs) { #expect(abs(a - b) <= 2e-5 * scale, "\(name)") }
                }
            }
        }

        /// The golden gradient as a direction.
        func direction(_ model: DecoderModel) throws -> ProxyGradient {
            let file = try SafetensorsFile(path: Self.folder + "/gradient.safetensors")
            var tensors: [String: Tensor] = [:]
            for name in model.parameterNames {
                tensors[name] = try Tensor(file.floats(name), shape: file.info(name).shape)
            }
            return ProxyGradient(
                names: model.parameterNames, tensors: tensors,
                info: GradientInfo(
                    loss: golden.token.loss, norm: golden.token.norm, lossAverage: .token, traces: 9, tokens: 1,
                    dataDigest: "", modelDigest: "", toolVersion: ""))
        }

        /// The largest difference from PyTorch's derivatives over all cases, in units of the largest derivative.
        func error(of session: any DirectionalDerivativeSession, candidates: [Int32]) throws -> Double {
            var largest = 0.0
            for (slot, one) in golden.cases.enumerated() {
                let values = try session.extend(
                    [DecodingChunk(slot: slot, tokens: one.context)], candidates: [candidates])
                let wanted = candidates.isEmpty ? one.derivatives.indices.map { Int32($0) } : candidates
                let theirs = wanted.map { one.derivatives[Int($0)] }
                let ours = values[0].map(Double.init)
                // Of some tokens only, derivatives are right up to a constant.
                let offset =
                    candidates.isEmpty ? 0 : zip(ours, theirs).reduce(0) { $0 + $1.0 - $1.1 } / Double(ours.count)
                let scale = one.derivatives.map { abs($0) }.max() ?? 1
                for (a, b) in zip(ours, theirs) { largest = max(largest, abs(a - b - offset) / scale) }
            }
            return largest
        }

        @Test("Exact derivatives are those of torch.func.jvp", arguments: [[], [3, 11, 39, 0, 12]] as [[Int32]])
        func exact(candidates: [Int32]) throws {
            let model = try DecoderModel.load(Self.folder + "/proxy")
            let session = try ExactDerivativeSession(
                model, gradient: direction(model), slots: golden.cases.count, capacity: 32)
            #expect(try error(of: session, candidates: candidates) < 2e-5)
        }

        @Test("Central differences are close to torch.func.jvp", arguments: [[], [3, 11, 39, 0, 12]] as [[Int32]])
        func central(candidates: [Int32]) throws {
            let model = try DecoderModel.load(Self.folder + "/proxy")
            let pair = try PerturbedPair(model, gradient: direction(model))
            let session = try CentralDifferenceSession(pair, slots: golden.cases.count, capacity: 32)
            #expect(try error(of: session, candidates: candidates) < 3e-3)
        }

        @Test("Teacher-forced derivatives are the sessions', text by text")
        func scorers() throws {
            let model = try DecoderModel.load(Self.folder + "/proxy")
            let gradient = try direction(model)
            let exact = try ExactDerivativeScorer(model, gradient: gradient, options: .init(batchSize: 2))
            let central = try CentralDifferenceScorer(
                PerturbedPair(model, gradient: gradient), options: .init(batchSize: 2))
            let batch = golden.cases.map { one in
                TeacherForcedSequence(prompt: Array(one.context.prefix(1)), completion: one.context.dropFirst() + [5])
            }
            let exactScores = try exact.score(batch)
            let centralScores = try central.score(batch)
            for (index, one) in golden.cases.enumerated() {
                let scale = one.derivatives.map { abs($0) }.max() ?? 1
                #expect(exactScores[index].count == one.context.count)
                let (last, centralLast) = (exactScores[index].last ?? 0, centralScores[index].last ?? 0)
                #expect(abs(Double(last) - one.derivatives[5]) < 2e-5 * scale)
                #expect(abs(Double(centralLast) - one.derivatives[5]) < 3e-3 * scale)
                for (a, b) in zip(exactScores[index], centralScores[index]) {
                    #expect(abs(a - b) < 0.02 * Float(scale))
                }
            }
        }
    }
#endif
