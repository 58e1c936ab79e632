#if Torch
    import Generation
    import TestSupport
    import Testing
    import Antidistillation
    import Torch
    import TorchAntidistillation
    import TorchModels

    @testable import TorchAntidistillation

    @Suite("J and its first-order changes are what they are called", .serialized)
    struct ExactnessTests {
        /// −⟨∇θ ℓ, g⟩ with ℓ the summed negative log-likelihood of the completion, by backward mode in double precision.
        private static func inner(_ model: DecoderModel, _ gradient: ProxyGradient, _ text: SwapText) throws -> Double {
            let wide = model.dtype == .float64 ? model : try model.converted(dtype: .float64)
            let result = try GradientJob(model: wide, examples: [Lab.example(text)]).run()
            return try -Double(result.tokens)
                * wide.parameterNames.reduce(0) { sum, name in
                    guard let slope = result.gradient[name], let g = gradient.tensors[name] else { return .nan }
                    return try sum + slope.to(.float64).multiplied(by: g.to(.float64)).sum().item()
                }
        }

        @Test(
            "In float64 J is the exact inner product to 1e-6",
            arguments: [DecoderConfiguration.Architecture.llama, .qwen2, .qwen3], [false, true])
        func doublePrecision(architecture: DecoderConfiguration.Architecture, tied: Bool) throws {
            let model = try Lab.random(architecture, tied: tied)
            let texts = try Lab.texts(6)
            let gradient = try Lab.gradient(of: model, Array(texts.suffix(3)))
            let scorer = try ProxySwapScorer(
                model, gradient: gradient, vocabulary: Lab.vocabulary(), ranking: .init(.ds))
            for text in texts.prefix(3) {
                let value = try scorer.objectives(of: text, completions: [text.completion])[0]
                let exact = try Self.inner(model, gradient, text)
                #expect(abs(value - exact) <= 1e-6 * abs(exact), "\(value) \(exact)")
            }
        }

        @Test("In float32 J is the exact inner product to 1e-3, pooled over the lab's traces")
        func singlePrecision() throws {
            let proxy = try Lab.model("proxy")
            let gradient = try Lab.gradient(proxy)
            let scorer = try Lab.scorer(.init(.ds))
            var (errors, squares) = (0.0, 0.0)
            for text in try Lab.texts(16) {
                let value = try scorer.objectives(of: text, completions: [text.completion])[0]
                let exact = try Self.inner(proxy, gradient, text)
                errors += (value - exact) * (value - exact)
                squares += exact * exact
            }
            print("float32 J against the inner product, relative and pooled: \((errors / squares).squareRoot())")
            #expect((errors / squares).squareRoot() <= 1e-3)
        }

        // MARK: Interpolation

        /// What is moved towards another token.
        private enum Role: CaseIterable { case output, input, both }

        /// log p of a completion in which one token is (1 − t) of the old and t of another one, as what is predicted, as
        /// what is read, or both.
        private static func logProbability(
            _ model: DecoderModel, _ sequence: TeacherForcedSequence, _ index: Int, _ token: Int32, _ t: Double,
            _ role: Role
        ) throws -> Double {
            let tokens = (sequence.prompt + sequence.completion).map(Int64.init)
            let inputs = try Tensor(Array(tokens.dropLast()), shape: [1, tokens.count - 1])
            let embeddings = try model.embed(inputs).clone()
            let place = sequence.prompt.count + index
            func row(_ id: Int64) throws -> Tensor {
                try model.embed(Tensor([id], shape: [1]))
            }
            if role != .output, place < tokens.count - 1 {
                let mixed = try row(tokens[place]).multiplied(by: 1 - t).adding(row(Int64(token)), scaledBy: t)
                try embeddings.narrow(1, start: place, length: 1).copyInPlace(mixed.unsqueezed(0))
            }
            let hidden = try model.hiddenStates(embeddings: embeddings).select(0, 0)  // [T, d]
            let rows = try model.logits(fromHidden: hidden).logSoftmax().doubles()
            let width = model.vocabularySize
            return (sequence.prompt.count..<tokens.count).reduce(0) { sum, position in
                let row = rows[((position - 1) * width)..<(position * width)]
                let old = row[row.startIndex + Int(tokens[position])]
                guard position == place, role != .input else { return sum + old }
                return sum + (1 - t) * old + t * row[row.startIndex + Int(token)]
            }
        }

        @Test(
            "Gains are derivatives along the interpolation of a token towards another",
            arguments: [DecoderConfiguration.Architecture.llama, .qwen3], [false, true])
        func interpolation(architecture: DecoderConfiguration.Architecture, tied: Bool) throws {
            let model = try Lab.random(architecture, tied: tied)
            let texts = try Lab.texts(4)
            let gradient = try Lab.gradient(of: model, Array(texts.suffix(2)))
            let pair = try PerturbedPair(model, gradient: gradient, step: ProxySwapScorer.fineStep)
            let scorer = try ProxySwapScorer(
                model, gradient: gradient, vocabulary: Lab.vocabulary(), ranking: .init(.hb))
            let text = texts[0]
            let sequence = TeacherForcedSequence(prompt: text.prompt, completion: text.completion)
            func objective(_ index: Int, _ token: Int32, _ t: Double, _ role: Role) throws -> Double {
                try
                    (Self.logProbability(pair.plus, sequence, index, token, t, role)
                    - Self.logProbability(pair.minus, sequence, index, token, t, role)) / (2 * pair.epsilon)
            }
            /// Errors fall with the square of t, and what is divided by ε and t must not be lost in round-off.
            let t = 1e-4
            var largest = (ds: 0.0, hb: 0.0, fo: 0.0)
            for (index, token) in [(0, Int32(230)), (5, 210), (11, 250), (text.completion.count - 2, 209)] {
                func gain(_ rule: SwapGain) throws -> Double {
                    try scorer.gains(
                        rule, for: text, completion: text.completion, at: [3, index], candidates: [7, token])[1][1]
                }
                let ds = try gain(.ds)
                // Linear in what is predicted: no limit is needed.
                let whole = try objective(index, token, 1, .output) - objective(index, token, 0, .output)
                #expect(abs(ds - whole) <= 1e-6 * max(1, abs(whole)), "\(ds) \(whole)")
                let hb = try gain(.hb)
                let slope = try (objective(index, token, t, .both) - objective(index, token, -t, .both)) / (2 * t)
                #expect(abs(hb - slope) <= 1e-4 * max(1, abs(slope)), "\(hb) \(slope)")
                let fo = try gain(.fo)
                func loss(_ t: Double) throws -> Double {
                    try -Self.logProbability(model, sequence, index, token, t, .input)
                }
                let rise = try (loss(t) - loss(-t)) / (2 * t)
                #expect(abs(fo - rise) <= 1e-4 * max(1, abs(rise)), "\(fo) \(rise)")
                largest = (max(largest.ds, abs(ds)), max(largest.hb, abs(hb - ds)), max(largest.fo, abs(fo)))
            }
            // Both parts are there to be compared.
            #expect(largest.ds > 1e-3 && largest.hb > 1e-3 && largest.fo > 1e-3)
        }

        @Test("A token that is not read, and one that is not predicted, have no such part")
        func ends() throws {
            let model = try Lab.random(.llama, tied: false)
            let table = try SwapGainTable(
                TeacherForcedSequence(prompt: [], completion: [200, 210, 220]), models: [(model: model, scale: 1)],
                parts: [.output, .input])
            let output = try table.gains(at: [0, 2], candidates: [230], parts: .output)
            let input = try table.gains(at: [0, 2], candidates: [230, 220], parts: .input)
            #expect(output[0] == [0] && output[1] != [0])
            #expect(input[0][0] != 0 && input[1] == [0, 0])
        }
    }
#endif
