#if Torch
    import Generation
    import Testing
    import Torch

    @testable import TorchModels

    @Suite("Models against transformers")
    struct TransformersComparisonTests {
        /// In bfloat16 both sides round after every operation. transformers' results here are those of its fused
        /// attention, from which its explicit one differs by up to 0.04.
        private func tolerance(_ model: GoldenModel, _ attention: AttentionKind = .fused) -> Float {
            model.isHalf ? attention == .fused ? 3e-2 : 6e-2 : 1e-4
        }

        private func load(_ golden: GoldenModel) throws -> DecoderModel {
            try DecoderModel.load(golden.folder, dtype: golden.isHalf ? .bfloat16 : nil)
        }

        @Test(
            "Log-probabilities of whole prompts",
            arguments: GoldenModel.all, [AttentionKind.fused, AttentionKind.explicit])
        func logProbabilities(golden: GoldenModel, attention: AttentionKind) throws {
            let model = try load(golden)
            for (number, expected) in try golden.cases().enumerated() {
                let tokens = try Tensor(expected.prompt.map(Int64.init), shape: [1, expected.prompt.count])
                let rows = try model.logits(fromHidden: model.hiddenStates(tokens, attention: attention))
                    .to(.float32).logSoftmax(-1).floats()
                let difference = maximumDifference(rows, expected.logProbabilities.flatMap { $0 })
                #expect(difference <= tolerance(golden, attention), "prompt \(number)")
            }
        }

        @Test("In float64 the differences are those of float32", arguments: GoldenModel.single)
        func doublePrecision(golden: GoldenModel) throws {
            let model = try DecoderModel.load(golden.folder, dtype: .float64)
            for expected in try golden.cases() {
                let tokens = try Tensor(expected.prompt.map(Int64.init), shape: [1, expected.prompt.count])
                let rows = try model.logits(fromHidden: model.hiddenStates(tokens)).logSoftmax(-1)
                #expect(rows.dtype == .float64)
                let difference = maximumDifference(
                    try rows.floats(), expected.logProbabilities.flatMap { $0 })
                #expect(difference <= 1e-4)
            }
        }

        /// Decodes greedily; with `slots` = 5 all prompts at once, ragged, with 1 one after the other in one slot.
        private func decode(
            _ model: DecoderModel, _ cases: [GoldenModel.Case], slots: Int, firstRows: inout [[Float]]
        ) throws -> [[Int32]] {
            var results: [[Int32]] = []
            let session = try GenericSession(model, slots: slots, capacity: 14 + 64)
            for start in stride(from: 0, to: cases.count, by: slots) {
                let batch = Array(cases[start..<min(start + slots, cases.count)])
                var chunks = batch.enumerated().map { DecodingChunk(slot: $0.offset, tokens: $0.element.prompt) }
                var outputs = batch.map { _ in [Int32]() }
                var logits = LogitsMatrix()
                for step in 0..<64 {
                    try session.extend(chunks, into: &logits)
                    #expect(logits.rows == batch.count)
                    for i in batch.indices {
                        let row = logits.withRow(i) { Array($0) }
                        if step == 0 { firstRows.append(row) }
                        let best = try #require(row.indices.max { row[$0] < row[$1] })
                        outputs[i].append(Int32(best))
                        chunks[i].tokens = [Int32(best)]
                    }
                }
                for (i, one) in batch.enumerated() {
                    #expect(session.length(of: i) == one.prompt.count + 63)
                    session.reset(slot: i)
                    #expect(session.length(of: i) == 0)
                }
                results += outputs
            }
            return results
        }

        @Test("Greedy continuations, alone and in a ragged batch", arguments: GoldenModel.all)
        func greedy(golden: GoldenModel) throws {
            let model = try load(golden)
            let cases = try golden.cases()
            var (alone, together): ([[Float]], [[Float]]) = ([], [])
            let expected = cases.map(\.greedy)
            #expect(try decode(model, cases, slots: 1, firstRows: &alone) == expected)
            #expect(try decode(model, cases, slots: 5, firstRows: &together) == expected)
            for (a, b) in zip(alone, together) {
                #expect(maximumDifference(a, b) <= (golden.isHalf ? 3e-2 : 1e-5))
            }
        }
    }
#endif
