import Generation
import Testing

@Suite struct LoopErrorTests {
    @Test func badRequestsAreNamed() throws {
        let loop = try GenerationLoop(model: TableModel(vocabularySize: 10), slots: 2)
        let good = GenerationRequest(prompt: [1], seed: 0, maxNewTokens: 1)
        for (bad, reason) in [
            (GenerationRequest(prompt: [], seed: 0, maxNewTokens: 1), "the prompt is empty"),
            (
                .init(prompt: [1, 10], seed: 0, maxNewTokens: 1),
                "token 10 of the prompt is outside the model's vocabulary of 10"
            ),
            (
                .init(prompt: [-1], seed: 0, maxNewTokens: 1),
                "token -1 of the prompt is outside the model's vocabulary of 10"
            ),
            (.init(prompt: [1], seed: 0, maxNewTokens: -3), "max_new_tokens is -3"),
            (.init(prompt: [1], seed: 0, maxNewTokens: 3, stopStrings: ["x"]), "stop strings need a text decoder"),
            (.init(prompt: [1], seed: 0, maxNewTokens: 3, stopStrings: ["x", ""]), "a stop string is empty"),
        ] {
            #expect(throws: GenerationError.invalidRequest(index: 1, reason: reason)) {
                try loop.generate([good, bad])
            }
        }
        #expect(throws: GenerationError.self) { try GenerationLoop(model: TableModel(vocabularySize: 10), slots: 0) }
        #expect(throws: GenerationError.self) { try loop.run(capacity: 0, next: { nil }, deliver: { _ in }) }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func invalidLogitsNameRequestAndPosition(value: Float) throws {
        let processors: [[any LogitsProcessor]] = [
            [], [try TopKLogitsWarper(3)], [try TemperatureLogitsWarper(0.5), try TopKLogitsWarper(3)],
            [try TopPLogitsWarper(0.9)], [try MinPLogitsWarper(0.1)],
        ]
        for chain in processors {
            for sampler in [CategoricalSampler(), GreedySampler()] as [any TokenSampler] {
                let model = TableModel(vocabularySize: 10)
                // Only the sequence that began with 5 goes wrong, at its third token.
                model.override = { tokens in
                    var logits = [Float](repeating: 0, count: 10)
                    guard tokens[0] == 5, tokens.count == 3 else { return logits }
                    if value == -.infinity { logits = logits.map { _ in value } } else { logits[4] = value }
                    return logits
                }
                let observer = LoopTests.Observer()
                let loop = try GenerationLoop(model: model, processors: chain + [observer], sampler: sampler, slots: 2)
                let error = #expect(throws: GenerationError.self) {
                    try loop.generate([[3], [5]].map { .init(prompt: $0, seed: 1, maxNewTokens: 6) })
                }
                guard case .invalidLogits(1, 2, let token, let found) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(token == (value == -.infinity ? 0 : 4))
                #expect(found == value || (found.isNaN && value.isNaN))
                #expect(observer.running.isEmpty)
                #expect(model.session?.isEmpty == true)
            }
        }
    }

    @Test func whatProcessorsBreakIsAnError() throws {
        final class Breaking: LogitsProcessor {
            let action: (inout [CandidateScores]) -> Void
            init(_ action: @escaping (inout [CandidateScores]) -> Void) { self.action = action }
            func process(_ rows: inout [CandidateScores], sequences: [SequenceContext]) { action(&rows) }
        }
        struct Wild: TokenSampler {
            func sample(
                _ row: CandidateScores, sequence: SequenceContext, using generator: inout some RandomNumberGenerator
            ) -> Int32 { 10 }
        }
        let request = GenerationRequest(prompt: [1], seed: 0, maxNewTokens: 2)
        let actions: [(inout [CandidateScores]) -> Void] = [
            { $0.removeAll() }, { $0[0].scores[2] = .nan }, { $0[0].scores[9] = .infinity },
            { $0[0].scores = $0[0].scores.map { _ in -.infinity } }, { $0[0] = CandidateScores() },
        ]
        for action in actions {
            let loop = try GenerationLoop(
                model: TableModel(vocabularySize: 10), processors: [Breaking(action)], slots: 1)
            #expect(throws: GenerationError.self) { try loop.generate([request]) }
        }
        let loop = try GenerationLoop(model: TableModel(vocabularySize: 10), sampler: Wild(), slots: 1)
        #expect(throws: GenerationError.self) { try loop.generate([request]) }
    }

    @Test func aModelOfTheWrongWidthIsAnError() throws {
        final class Narrow: CausalLanguageModel, DecodingSession {
            let vocabularySize = 10
            let contextLength = 50
            func makeSession(slots: Int, capacity: Int) -> any DecodingSession { self }
            func extend(_ chunks: [DecodingChunk], into logits: inout LogitsMatrix) {
                logits.resize(rows: chunks.count, columns: 9)
            }
            func length(of slot: Int) -> Int { 0 }
            func reset(slot: Int) {}
        }
        let loop = try GenerationLoop(model: Narrow(), slots: 1)
        #expect(
            throws: GenerationError.wrongShape(rows: 1, columns: 9, expectedRows: 1, expectedColumns: 10)
        ) {
            try loop.generate([GenerationRequest(prompt: [1], seed: 0, maxNewTokens: 2)])
        }
    }

    /// What begins is ended, also when a later processor refuses the sequence.
    @Test func aRefusedSequenceIsEndedEverywhere() throws {
        struct Refused: Error {}
        final class Refusing: LogitsProcessor {
            func begin(_ sequence: SequenceContext) throws {
                if sequence.index == 2 { throw Refused() }
            }
            func process(_ rows: inout [CandidateScores], sequences: [SequenceContext]) {}
        }
        let observer = LoopTests.Observer()
        let loop = try GenerationLoop(
            model: TableModel(vocabularySize: 10), processors: [observer, Refusing()], slots: 4)
        #expect(throws: Refused.self) {
            try loop.generate((0..<4).map { .init(prompt: [1], seed: $0, maxNewTokens: 2) })
        }
        #expect(observer.begun == 3 && observer.running.isEmpty)
    }
}
