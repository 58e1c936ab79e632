#if Torch
    import Antidistillation
    import Foundation
    import Generation
    import Statistics
    import TestSupport
    import Testing
    import Torch
    import TorchModels
    import TrainingExamples

    @testable import TorchAntidistillation

    @Suite("Derivatives along the gradient")
    struct DerivativeTests {
        static let contexts: [[Int32]] = [[1], [4, 9, 2], [7, 7, 0, 21, 13, 5], [3, 1, 4, 1, 5, 9, 2, 6]]

        /// Δ of the whole vocabulary after each context, in float64.
        static func exact(_ model: DecoderModel, _ gradient: ProxyGradient) throws -> [[Double]] {
            try contexts.map { context in
                try ForwardMode.withDualLevel { level in
                    var duals: [String: Tensor] = [:]
                    for name in model.parameterNames {
                        duals[name] = try level.makeDual(
                            model.parameter(name), gradient.tensor(name).to(model.dtype))
                    }
                    let logProbabilities = try Self.logProbabilities(model.replacing(duals), context, .explicit)
                    return try level.unpack(logProbabilities).tangent?.doubles() ?? []
                }
            }
        }

        static func logProbabilities(
            _ model: DecoderModel, _ context: [Int32], _ attention: AttentionKind = .fused
        ) throws -> Tensor {
            let tokens = try Tensor(context.map(Int64.init), shape: [1, context.count])
            let hidden = try model.hiddenStates(tokens, attention: attention).select(1, context.count - 1)
            return try model.logits(fromHidden: hidden).logSoftmax().reshaped([-1])
        }

        @Test(
            "Central differences converge to exact derivatives with the square of ε until round-off",
            arguments: [DecoderConfiguration.Architecture.llama, .qwen2, .qwen3], [false, true])
        func convergence(architecture: DecoderConfiguration.Architecture, tied: Bool) throws {
            let model = try TinyProxy.model(architecture, tied: tied, dtype: .float64)
            let gradient = try TinyProxy.gradient(model, examples: TinyProxy.examples(8))
            let exact = try Self.exact(model, gradient)
            let scale = exact.joined().map { abs($0) }.max() ?? 0
            #expect(scale > 0)
            func error(_ step: Double) throws -> Double {
                let pair = try PerturbedPair(model, gradient: gradient, step: step)
                var largest = 0.0
                for (context, derivatives) in zip(Self.contexts, exact) {
                    let above = try Self.logProbabilities(pair.plus, context).doubles()
                    let below = try Self.logProbabilities(pair.minus, context).doubles()
                    for index in derivatives.indices {
                        let central = (above[index] - below[index]) / (2 * pair.epsilon)
                        largest = max(largest, abs(central - derivatives[index]) / scale)
                    }
                }
                return largest
            }
            // Halving ε quarters the error, over three decades of it.
            var step = 0.01
            var before = try error(step)
            var first = before
            for _ in 0..<6 {
                step /= 2
                let now = try error(step)
                #expect((3.9...4.1).contains(before / now), "at \(step)")
                (before, first) = (now, max(first, now))
            }
            #expect(first < 0.1)
            // Then round-off takes over: still small, but no longer quartered.
            #expect(try error(1e-7) < 1e-6)
        }

        @Test("Δ predicts what one step of training on a token does to the loss")
        func naiveStep() throws {
            let model = try TinyProxy.model(vocabulary: 24, dtype: .float64)
            let examples = TinyProxy.examples(8)
            let gradient = try TinyProxy.gradient(model, examples: examples)
            let exact = try Self.exact(model, gradient)
            let job = try GradientJob(model: model, examples: examples)
            let before = try job.run().loss
            #expect(abs(before - gradient.info.loss) < 1e-12)
            func change(_ context: [Int32], _ token: Int, _ rate: Double) throws -> Double {
                // θ ← θ + η∇log p(v | context)
                var leaves: [String: Tensor] = [:]
                for name in model.parameterNames {
                    let leaf = try model.parameter(name).detach()
                    try leaf.setRequiresGrad(true)
                    leaves[name] = leaf
                }
                let watched = try model.replacing(leaves)
                let value = try Self.logProbabilities(watched, context).select(0, token)
                let parameters = try model.parameterNames.map(watched.parameter)
                let slopes = try Autograd.gradients(of: value, withRespectTo: parameters)
                var moved: [String: Tensor] = [:]
                for (name, slope) in zip(model.parameterNames, slopes) {
                    moved[name] = try model.parameter(name).adding(slope, scaledBy: rate)
                }
                let after = try GradientJob(model: model.replacing(moved), examples: examples).run().loss
                return (after - before) / rate
            }
            var predicted: [Double] = []
            var measured: [Double] = []
            var disagreements = 0
            for (context, derivatives) in zip(Self.contexts, exact) {
                for token in stride(from: 0, to: 24, by: 3) {
                    var rate = 4e-3
                    var value = try change(context, token, rate)
                    var difference = Double.infinity
                    // Halved until stable.
                    while difference > 2e-3 * max(1, abs(value)), rate > 1e-6 {
                        rate /= 2
                        let next = try change(context, token, rate)
                        difference = abs(next - value)
                        value = next
                    }
                    predicted.append(derivatives[token])
                    measured.append(value)
                    if abs(derivatives[token]) > difference, derivatives[token] * value <= 0 { disagreements += 1 }
                }
            }
            #expect(predicted.count >= 20)
            #expect(try #require(RankCorrelation.spearman(predicted, measured)) >= 0.99)
            #expect(disagreements == 0)
        }

        @Test("A session that grows gives what whole texts give, in chunks of any length")
        func sessionsAgainstScorers() throws {
            let model = try TinyProxy.model(.qwen3)
            let gradient = try TinyProxy.gradient(model, examples: TinyProxy.examples(8))
            let pair = try PerturbedPair(model, gradient: gradient)
            let text = TinyProxy.examples(6, seed: 8).flatMap(\.completion)
            let sequence = TeacherForcedSequence(prompt: Array(text.prefix(1)), completion: Array(text.dropFirst()))
            let sessions: [(any DirectionalDerivativeSession, any DerivativeScorer)] = [
                (
                    try ExactDerivativeSession(model, gradient: gradient, slots: 2, capacity: 64),
                    try ExactDerivativeScorer(model, gradient: gradient)
                ),
                (try CentralDifferenceSession(pair, slots: 2, capacity: 64), CentralDifferenceScorer(pair)),
                (
                    try CentralDifferenceSession(pair, slots: 2, capacity: 64, passes: .generic),
                    CentralDifferenceScorer(pair)
                ),
            ]
            for (session, scorer) in sessions {
                let whole = try scorer.score([sequence])[0]
                var fed = 0
                var length = 1
                while fed + length < text.count {
                    let chunk = Array(text[fed..<(fed + length)])
                    let rows = try session.extend([DecodingChunk(slot: 1, tokens: chunk)], candidates: [[]])
                    fed += length
                    #expect(rows[0].count == 24)
                    #expect(abs(rows[0][Int(text[fed])] - whole[fed - 1]) < 2e-3 * Float(gradient.norm))
                    length = length % 3 + 1
                }
                session.reset(slot: 1)
                let again = try session.extend([DecodingChunk(slot: 1, tokens: [text[0]])], candidates: [[text[1]]])
                #expect(again[0].count == 1)
            }
        }

        @Test("The restricted projection gives the full one's values up to a constant per row")
        func restricted() throws {
            let model = try TinyProxy.model(.qwen2, tied: true)
            let gradient = try TinyProxy.gradient(model, examples: TinyProxy.examples(8))
            let pair = try PerturbedPair(model, gradient: gradient)
            let chunks = [
                DecodingChunk(slot: 2, tokens: [1, 2, 3, 4]), DecodingChunk(slot: 0, tokens: [9]),
                DecodingChunk(slot: 1, tokens: [5, 6]),
            ]
            let candidates: [[Int32]] = [[4, 20, 7, 7], [0, 1, 2, 23], [11]]
            let makers: [() throws -> any DirectionalDerivativeSession] = [
                { try ExactDerivativeSession(model, gradient: gradient, slots: 3, capacity: 8) },
                { try CentralDifferenceSession(pair, slots: 3, capacity: 8) },
                { try CentralDifferenceSession(pair, slots: 3, capacity: 8, passes: .separate) },
                { try CentralDifferenceSession(pair, slots: 3, capacity: 8, passes: .generic) },
            ]
            for make in makers {
                let full = try make().extend(chunks, candidates: [[], [], []])
                let some = try make().extend(chunks, candidates: candidates)
                for (row, wanted) in candidates.enumerated() {
                    let offset = some[row][0] - full[row][Int(wanted[0])]
                    for (value, token) in zip(some[row], wanted) {
                        #expect(abs(value - full[row][Int(token)] - offset) < 2e-4 * Float(gradient.norm))
                    }
                }
            }
        }

        @Test("The derivatives of log p sum to 0 under p")
        func normalisation() throws {
            let model = try TinyProxy.model()
            let gradient = try TinyProxy.gradient(model, examples: TinyProxy.examples(8))
            let session = try ExactDerivativeSession(model, gradient: gradient, slots: 1, capacity: 8)
            let context: [Int32] = [3, 5, 8]
            let derivatives = try session.extend([DecodingChunk(slot: 0, tokens: context)], candidates: [[]])[0]
            let p = try Self.logProbabilities(model, context).exp().floats()
            let mean = zip(p, derivatives).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(mean) < 1e-4 * Float(gradient.norm))
            #expect((derivatives.map { abs($0) }.max() ?? 0) > 0.01 * Float(gradient.norm))
        }

        @Test("In bfloat16 the perturbed copies are refused, exact derivatives work")
        func halfPrecision() throws {
            let model = try TinyProxy.model()
            let gradient = try TinyProxy.gradient(model, examples: TinyProxy.examples(8))
            #expect(throws: GradientError.self) { try PerturbedPair(model, gradient: gradient, dtype: .bfloat16) }
            #expect(try PerturbedPair(model, gradient: gradient).deviation < 1e-3)
            let half = try model.converted(dtype: .bfloat16)
            #expect(try PerturbedPair(half, gradient: gradient).plus.dtype == .float32)
            #expect(throws: GradientError.self) { try GradientJob(model: half, examples: TinyProxy.examples(2)) }
            let sequence = TeacherForcedSequence(prompt: [1, 2], completion: [3, 4, 5, 6])
            let fine = try ExactDerivativeScorer(model, gradient: gradient).score([sequence])[0]
            let scale = fine.map { abs($0) }.max() ?? 0
            for (dtype, tolerance) in [(DType.bfloat16, Float(0.1)), (.float16, 0.02)] {
                let half = try model.converted(dtype: dtype)
                let coarse = try ExactDerivativeScorer(half, gradient: gradient).score([sequence])[0]
                for (a, b) in zip(fine, coarse) { #expect(abs(a - b) < tolerance * scale, "\(dtype)") }
                let session = try ExactDerivativeSession(half, gradient: gradient, slots: 1, capacity: 8)
                let row = try session.extend([DecodingChunk(slot: 0, tokens: [1, 2])], candidates: [[]])[0]
                #expect(abs(row[3] - fine[0]) < tolerance * scale, "\(dtype)")
            }
        }
    }
#endif
