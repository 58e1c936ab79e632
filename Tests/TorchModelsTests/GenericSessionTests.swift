#if Torch
    import Generation
    import TestSupport
    import Testing
    import Torch

    @testable import TorchModels

    @Suite("Decoding with a cache")
    struct GenericSessionTests {
        private func model(maxPositions: Int = 512) throws -> DecoderModel {
            let configuration = try DecoderConfiguration(
                architecture: .qwen3, hiddenSize: 16, intermediateSize: 24, layers: 2, heads: 4, kvHeads: 2,
                headDim: 4, vocabularySize: 30, maxPositions: maxPositions, initializerRange: 0.4)
            return try DecoderModel.random(configuration, seed: 21)
        }

        private func lastLogits(_ model: DecoderModel, _ tokens: [Int32]) throws -> [Float] {
            let ids = try Tensor(tokens.map(Int64.init), shape: [1, tokens.count])
            let hidden = try model.hiddenStates(ids).narrow(1, start: tokens.count - 1, length: 1)
            return try model.logits(fromHidden: hidden).floats()
        }

        /// Sequences cut at random into chunks, slots used again, the cache growing past its first room: always the
        /// logits of the pass without a cache.
        @Test(arguments: [1, 2, 3] as [UInt64])
        func anyChunks(seed: UInt64) throws {
            var generator = SplitMix64(seed: seed)
            let model = try model()
            let session = try GenericSession(model, slots: 4, capacity: 160)
            var held = [[Int32]](repeating: [], count: 4)
            var logits = LogitsMatrix()
            for step in 0..<24 {
                var chunks: [DecodingChunk] = []
                for slot in [0, 1, 2, 3].shuffled(using: &generator) where Bool.random(using: &generator) {
                    if held[slot].count > 100 || Int.random(in: 0..<8, using: &generator) == 0 {
                        session.reset(slot: slot)
                        held[slot] = []
                    }
                    let long = Int.random(in: 0..<3, using: &generator) == 0
                    let count = long ? Int.random(in: 1...50, using: &generator) : 1
                    let tokens = (0..<count).map { _ in Int32.random(in: 0..<30, using: &generator) }
                    chunks.append(DecodingChunk(slot: slot, tokens: tokens))
                    held[slot] += tokens
                }
                if chunks.isEmpty { continue }
                try session.extend(chunks, into: &logits)
                for (i, chunk) in chunks.enumerated() {
                    #expect(session.length(of: chunk.slot) == held[chunk.slot].count)
                    let difference = maximumDifference(
                        logits.withRow(i) { Array($0) }, try lastLogits(model, held[chunk.slot]))
                    #expect(difference < 1e-4, "seed \(seed), step \(step), slot \(chunk.slot)")
                }
            }
        }

        @Test func wrongUseIsAnError() throws {
            let model = try model()
            let session = try GenericSession(model, slots: 2, capacity: 4)
            var logits = LogitsMatrix()
            func failure(_ chunks: DecodingChunk...) -> String {
                do {
                    try session.extend(chunks, into: &logits)
                    return ""
                } catch {
                    return "\(error)"
                }
            }
            #expect(failure(DecodingChunk(slot: 2, tokens: [1])).contains("slot 2"))
            #expect(failure(DecodingChunk(slot: -1, tokens: [1])).contains("slot -1"))
            #expect(failure(DecodingChunk(slot: 0, tokens: [])) != "")
            #expect(failure(DecodingChunk(slot: 0, tokens: [30])).contains("token id 30"))
            #expect(failure(DecodingChunk(slot: 0, tokens: [-1])).contains("token id -1"))
            #expect(failure(DecodingChunk(slot: 0, tokens: [1]), DecodingChunk(slot: 0, tokens: [1])).contains("twice"))
            #expect(failure(DecodingChunk(slot: 0, tokens: [1, 2, 3, 4, 5])).contains("exceed"))
            #expect(session.length(of: 0) == 0)
            #expect(failure(DecodingChunk(slot: 0, tokens: [1, 2, 3, 4])) == "")
            #expect(failure(DecodingChunk(slot: 0, tokens: [1])).contains("exceed"))
            #expect(failure() == "")
            #expect(throws: ModelError.self) { try GenericSession(model, slots: 0, capacity: 4) }
            #expect(throws: ModelError.self) { try GenericSession(model, slots: 1, capacity: 0) }
        }

        @Test func whichSessionAModelGets() throws {
            let model = try model()
            #expect(try model.makeSession(slots: 1, capacity: 8) is FusedSession)
            #expect(try model.converted(dtype: .float64).makeSession(slots: 1, capacity: 8) is GenericSession)
            model.adapters["lm_head"] = LowRankAdapter(a: try .zeros([2, 16]), b: try .zeros([30, 2]), scale: 1)
            #expect(try model.makeSession(slots: 1, capacity: 8) is GenericSession)
        }

        @Test func theCacheCostsWhatIsUsed() throws {
            // A capacity that could never be allocated at once.
            let model = try model(maxPositions: 1 << 30)
            let session = try GenericSession(model, slots: 1 << 16, capacity: 1 << 30)
            #expect(session.length(of: 7) == 0)
            let small = try GenericSession(model, slots: 2, capacity: 1 << 30)
            var logits = LogitsMatrix()
            try small.extend([DecodingChunk(slot: 1, tokens: [3, 4])], into: &logits)
            #expect(small.length(of: 1) == 2)
        }
    }
#endif
