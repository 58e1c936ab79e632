#if Torch
    import Generation
    import Testing
    import TestSupport
    import Torch

    @testable import TorchModels

    @Suite("Fused decoder against transformers")
    struct FusedTransformersTests {
        @Test(
            "Log-probabilities after every token, on every instruction set", arguments: GoldenModel.plain,
            FusedFixture.instructionSets)
        func logProbabilities(golden: GoldenModel, set: String) throws {
            let model = try DecoderModel.load(golden.folder)
            let cases = try golden.cases()
            let decoder = try FusedDecoder(models: [model], slots: cases.count, capacity: 40, instructionSet: set)
            var logits = LogitsMatrix()
            // All prompts in one ragged call.
            try decoder.extend(
                cases.enumerated().map { DecodingChunk(slot: $0.offset, tokens: $0.element.prompt) }, everyToken: true,
                into: &logits)
            let expected = cases.flatMap(\.logProbabilities)
            #expect(logits.rows == expected.count)
            for (row, values) in expected.enumerated() {
                #expect(maximumDifference(FusedFixture.logProbabilities(logits, row), values) <= 1e-4, "row \(row)")
            }
        }

        @Test("Greedy continuations of 64 tokens, alone and in a ragged batch", arguments: GoldenModel.plain, [1, 5])
        func greedy(golden: GoldenModel, slots: Int) throws {
            let model = try DecoderModel.load(golden.folder)
            let cases = try golden.cases()
            let loop = try GenerationLoop(model: model, sampler: GreedySampler(), slots: slots)
            let results = try loop.generate(
                cases.map { GenerationRequest(prompt: $0.prompt, seed: 0, maxNewTokens: 64) })
            #expect(results.map(\.tokens) == cases.map(\.greedy))
        }

        @Test("A float32 model without adapters decodes on it, others on single operations")
        func sessions() throws {
            let model = try FusedFixture.model(.qwen2, seed: 1)
            #expect(try model.makeSession(slots: 1, capacity: 8) is FusedSession)
            #expect(try model.makeSession(slots: 1, capacity: 8).takesRaggedChunks)
            #expect(try model.converted(dtype: .float64).makeSession(slots: 1, capacity: 8) is GenericSession)
            model.adapters["lm_head"] = LowRankAdapter(
                a: try Tensor.zeros([1, 72]), b: try Tensor.zeros([70, 1]), scale: 1)
            #expect(try model.makeSession(slots: 1, capacity: 8) is GenericSession)
            #expect(throws: ModelError.self) { try FusedDecoder(models: [model], slots: 1, capacity: 8) }
        }
    }

    @Suite("Fused decoder")
    struct FusedDecoderTests {
        @Test(
            "Any way of feeding gives the same bits", arguments: ArchitectureRegistry.standard.architectures,
            FusedFixture.instructionSets)
        func anyChunks(architecture: DecoderConfiguration.Architecture, set: String) throws {
            let seed = UInt64.random(in: 0...UInt64.max)
            print("seed \(seed)")
            var generator = SplitMix64(seed: seed)
            let models = try [FusedFixture.model(architecture, seed: 1), FusedFixture.model(architecture, seed: 2)]
            // The second is longer than the caches at first, and than one pass through the layers.
            let texts = [1, 300, 37, 18].map { count in
                (0..<count).map { _ in Int32.random(in: 0..<70, using: &generator) }
            }
            let whole = try FusedDecoder(models: models, slots: texts.count, capacity: 300, instructionSet: set)
            var rows = LogitsMatrix()
            try whole.extend(
                texts.enumerated().map { DecodingChunk(slot: $0.offset, tokens: $0.element) }, everyToken: true,
                into: &rows)
            let total = texts.reduce(0) { $0 + $1.count }
            #expect(rows.rows == 2 * total)
            let starts = texts.indices.map { i in texts[..<i].reduce(0) { $0 + $1.count } }

            let pieces = try FusedDecoder(models: models, slots: texts.count, capacity: 300, instructionSet: set)
            var fed = texts.map { _ in 0 }
            var step = LogitsMatrix()
            while fed != texts.map(\.count) {
                var chunks: [DecodingChunk] = []
                for i in texts.indices.shuffled(using: &generator)
                where fed[i] < texts[i].count && Bool.random(using: &generator) {
                    let end = min(texts[i].count, fed[i] + Int.random(in: 1...(i == 1 ? 90 : 7), using: &generator))
                    chunks.append(DecodingChunk(slot: i, tokens: Array(texts[i][fed[i]..<end])))
                    fed[i] = end
                }
                try pieces.extend(chunks, into: &step)
                for (place, chunk) in chunks.enumerated() {
                    for group in 0..<2 {
                        let row = group * total + starts[chunk.slot] + fed[chunk.slot] - 1
                        let one = step.withRow(group * chunks.count + place) { Array($0) }
                        #expect(one == rows.withRow(row) { Array($0) }, "\(chunk.slot) to \(fed[chunk.slot])")
                    }
                }
            }
        }

        @Test("Equals single operations", arguments: FusedFixture.odd)
        func equalsGeneric(configuration: DecoderConfiguration) throws {
            let model = try DecoderModel.random(configuration, seed: 3)
            let fused = try FusedDecoder(models: [model, model], slots: 2, capacity: 60)
            let generic = try GenericSession(model, slots: 2, capacity: 60)
            var generator = SplitMix64(seed: 5)
            var (a, b) = (LogitsMatrix(), LogitsMatrix())
            for lengths in [[20, 3], [1, 1], [2, 30]] {
                let chunks = lengths.enumerated().map { slot, count in
                    DecodingChunk(
                        slot: slot,
                        tokens: (0..<count).map { _ in
                            Int32.random(in: 0..<Int32(configuration.vocabularySize), using: &generator)
                        })
                }
                try fused.extend(chunks, into: &a)
                try generic.extend(chunks, into: &b)
                for row in 0..<4 {
                    let difference = maximumDifference(
                        FusedFixture.logProbabilities(a, row), FusedFixture.logProbabilities(b, row % 2))
                    #expect(difference <= 1e-4)
                }
            }
        }

        @Test("The restricted projection gives the full one's values")
        func candidates() throws {
            let models = try [FusedFixture.model(.qwen3, seed: 1), FusedFixture.model(.qwen3, seed: 2)]
            let full = try FusedDecoder(models: models, slots: 3, capacity: 20)
            let restricted = try FusedDecoder(models: models, slots: 3, capacity: 20)
            let chunks = [
                DecodingChunk(slot: 2, tokens: [1, 2, 3]), DecodingChunk(slot: 0, tokens: [4]),
                DecodingChunk(slot: 1, tokens: [5, 6]),
            ]
            let wanted: [[Int32]] = [[69, 0, 7, 7], [], [3]]
            var rows = LogitsMatrix()
            try full.extend(chunks, into: &rows)
            let scores = try restricted.extend(chunks, candidates: wanted)
            var expected: [Float] = []
            for group in 0..<2 {
                for (place, tokens) in wanted.enumerated() {
                    expected += rows.withRow(group * 3 + place) { row in tokens.map { row[Int($0)] } }
                }
            }
            #expect(maximumDifference(scores, expected) <= 1e-5)
            #expect(scores.count == 10)
            #expect(try restricted.extend([DecodingChunk(slot: 0, tokens: [1])], candidates: [[]]).isEmpty)
            #expect(restricted.length(of: 0) == 2)
        }

        @Test("Feeding without a projection, forgetting, cutting back")
        func lengths() throws {
            let model = try FusedFixture.model(.llama, seed: 1)
            let decoder = try FusedDecoder(models: [model], slots: 2, capacity: 10)
            var (fresh, again) = (LogitsMatrix(), LogitsMatrix())
            try decoder.extend([DecodingChunk(slot: 1, tokens: [1, 2, 3])], into: &fresh)
            try decoder.feed([DecodingChunk(slot: 1, tokens: [9, 9, 9]), DecodingChunk(slot: 0, tokens: [8])])
            #expect((0...2).map(decoder.length(of:)) == [1, 6, 0])
            try decoder.truncate(slot: 1, to: 2)
            try decoder.extend([DecodingChunk(slot: 1, tokens: [3])], into: &again)
            #expect(fresh.withRow(0) { Array($0) } == again.withRow(0) { Array($0) })
            decoder.reset(slot: 1)
            try decoder.extend([DecodingChunk(slot: 1, tokens: [1, 2, 3])], into: &again)
            #expect(fresh.withRow(0) { Array($0) } == again.withRow(0) { Array($0) })
            #expect(throws: TorchError.self) { try decoder.truncate(slot: 1, to: 4) }
        }

        @Test("The number of threads does not change a bit")
        func threads() throws {
            let model = try DecoderModel.random(
                DecoderConfiguration(
                    architecture: .llama, hiddenSize: 128, intermediateSize: 512, layers: 2, heads: 4,
                    vocabularySize: 3000), seed: 1)
            let before = TorchRuntime.threads
            defer { TorchRuntime.setThreads(before) }
            let results = try [1, 3].map { threads in
                TorchRuntime.setThreads(threads)
                let decoder = try FusedDecoder(models: [model, model], slots: 2, capacity: 100)
                var logits = LogitsMatrix()
                try decoder.extend(
                    [
                        DecodingChunk(slot: 0, tokens: (0..<90).map { Int32($0) }),
                        DecodingChunk(slot: 1, tokens: [5]),
                    ], into: &logits)
                return (0..<4).map { row in logits.withRow(row) { Array($0) } }
            }
            #expect(results[0] == results[1])
        }

        @Test("What does not fit is refused and changes nothing")
        func refusals() throws {
            let model = try FusedFixture.model(.llama, seed: 1)
            let decoder = try FusedDecoder(models: [model], slots: 2, capacity: 4)
            try decoder.feed([DecodingChunk(slot: 0, tokens: [1, 2])])
            let bad: [[DecodingChunk]] = [
                [DecodingChunk(slot: 2, tokens: [1])], [DecodingChunk(slot: -1, tokens: [1])],
                [DecodingChunk(slot: 0, tokens: [])], [DecodingChunk(slot: 0, tokens: [1, 1, 1])],
                [DecodingChunk(slot: 0, tokens: [70])], [DecodingChunk(slot: 0, tokens: [-1])],
                [DecodingChunk(slot: 1, tokens: [1]), DecodingChunk(slot: 1, tokens: [2])],
                [DecodingChunk(slot: 1, tokens: [1]), DecodingChunk(slot: 0, tokens: [.max])],
            ]
            var logits = LogitsMatrix()
            for chunks in bad {
                #expect(throws: ModelError.self) { try decoder.extend(chunks, into: &logits) }
                #expect(throws: ModelError.self) {
                    try decoder.extend(chunks, candidates: chunks.map { _ in [0] })
                }
            }
            let good = [DecodingChunk(slot: 1, tokens: [1])]
            for wanted in [[[70]], [[-1]], [], [[1], [2]]] as [[[Int32]]] {
                #expect(throws: ModelError.self) { try decoder.extend(good, candidates: wanted) }
            }
            #expect([decoder.length(of: 0), decoder.length(of: 1)] == [2, 0])
            #expect(throws: ModelError.self) { try FusedDecoder(models: [], slots: 1, capacity: 1) }
            #expect(throws: ModelError.self) { try FusedDecoder(models: [model], slots: 0, capacity: 1) }
            #expect(throws: TorchError.self) {
                try FusedDecoder(models: [model, FusedFixture.model(.qwen2, seed: 1)], slots: 1, capacity: 1)
            }
            #expect(throws: TorchError.self) {
                try FusedDecoder(models: [model], slots: 1, capacity: 1, instructionSet: "none")
            }
        }

        @Test("Decoders of one model share its weights, and leave nothing behind")
        func sharing() throws {
            let model = try FusedFixture.model(.llama, seed: 1)
            weak var kept: FusedWeights?
            do {
                let first = try FusedWeights.of(model)
                kept = first
                let decoder = try FusedDecoder(models: [model, model], slots: 1, capacity: 4)
                #expect(try FusedWeights.of(model) === first)
                #expect(try FusedWeights.of(FusedFixture.model(.llama, seed: 1)) !== first)
                try decoder.feed([DecodingChunk(slot: 0, tokens: [1])])
            }
            #expect(kept == nil)
            // In-place changes between decoders are seen.
            let norm = try model.parameter("model.norm.weight")
            var (before, after) = (LogitsMatrix(), LogitsMatrix())
            let chunk = [DecodingChunk(slot: 0, tokens: [1])]
            try FusedDecoder(models: [model], slots: 1, capacity: 4).extend(chunk, into: &before)
            try norm.copyInPlace(Tensor.full(norm.shape, value: 2))
            try FusedDecoder(models: [model], slots: 1, capacity: 4).extend(chunk, into: &after)
            let doubled = before.withRow(0) { $0.map { 2 * $0 } }
            #expect(maximumDifference(after.withRow(0) { Array($0) }, doubled) <= 1e-4)
        }

        @Test("Room for very long sequences takes memory only as they grow")
        func longCapacity() throws {
            let model = try FusedFixture.model(.llama, seed: 1)
            let decoder = try FusedDecoder(models: [model], slots: 1000, capacity: 1 << 24)
            try decoder.feed([DecodingChunk(slot: 999, tokens: Array(repeating: 1, count: 10))])
            #expect(decoder.length(of: 999) == 10)
        }
    }
#endif
