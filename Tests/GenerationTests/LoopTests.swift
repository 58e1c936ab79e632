import Foundation
import Generation
import Testing

@Suite struct LoopTests {
    /// One slot, few and many; prompts alone and together with single tokens: the same tokens, bit-equal probabilities.
    @Test func resultsDoNotDependOnTheBatch() throws {
        let requests = randomRequests(1000, vocabularySize: 40, maxNewTokens: 12, seed: 3)
        var results: [[GenerationResult]] = []
        for (slots, ragged) in [(1, false), (7, false), (64, false), (64, true)] {
            let model = TableModel(vocabularySize: 40)
            model.takesRaggedChunks = ragged
            let loop = try GenerationLoop(
                model: model,
                processors: [
                    RepetitionPenaltyLogitsProcessor(1.3), TemperatureLogitsWarper(0.9), TopKLogitsWarper(20),
                    TopPLogitsWarper(0.95),
                ], slots: slots, recordsLogProbabilities: true)
            loop.promptTokensPerStep = 50
            results.append(try loop.generate(requests))
            #expect(model.session?.isEmpty == true)
        }
        #expect(results[0].count == 1000)
        for other in results.dropFirst() { #expect(other == results[0]) }
        // Not all the same either: equal prompts with unequal seeds differ.
        let model = TableModel(vocabularySize: 40)
        let loop = try GenerationLoop(model: model, slots: 20)
        let same = try loop.generate((0..<20).map { .init(prompt: [1, 2], seed: $0, maxNewTokens: 10) })
        #expect(Set(same.map(\.tokens)).count > 15)
    }

    /// The cached loop against the model asked anew for every token.
    @Test func greedyDecodingFollowsTheModel() throws {
        let model = TableModel(vocabularySize: 30)
        for processors in [[], [try TopKLogitsWarper(5)]] as [[any LogitsProcessor]] {
            let loop = try GenerationLoop(
                model: model, processors: processors, sampler: GreedySampler(), slots: 3)
            let requests = randomRequests(10, vocabularySize: 30, maxNewTokens: 20, seed: 9)
            for (request, result) in zip(requests, try loop.generate(requests)) {
                var expected: [Int32] = []
                while expected.count < request.maxNewTokens, expected.last.map(request.stopTokens.contains) != true {
                    let logits = model.logits(after: request.prompt + expected)
                    expected.append(Int32(try #require(logits.firstIndex(of: logits.max() ?? 0))))
                }
                #expect(result.tokens == expected)
            }
        }
    }

    @Test func bothLogProbabilitiesAreTheTokens() throws {
        let model = TableModel(vocabularySize: 25)
        let loop = try GenerationLoop(
            model: model, processors: [TemperatureLogitsWarper(0.7), TopKLogitsWarper(6)], slots: 2,
            recordsLogProbabilities: true)
        let result = try #require(
            try loop.generate([.init(prompt: [4, 2], seed: 8, maxNewTokens: 15)]).first)
        let own = try #require(result.logProbabilities)
        let sampled = try #require(result.samplingLogProbabilities)
        #expect(own.count == 15 && sampled.count == 15)
        for i in 0..<15 {
            let logits = model.logits(after: [4, 2] + result.tokens[..<i])
            let token = Int(result.tokens[i])
            let exact = Double(logits[token]) - log(logits.reduce(0) { $0 + exp(Double($1)) })
            #expect(abs(Double(own[i]) - exact) < 1e-5)
            let support = logits.sorted(by: >)[..<6]
            let truncated = Double(logits[token]) / 0.7 - log(support.reduce(0) { $0 + exp(Double($1) / 0.7) })
            #expect(abs(Double(sampled[i]) - truncated) < 1e-5)
        }
    }

    @Test func sequencesEndForTheRightReason() throws {
        let model = TableModel(vocabularySize: 28, contextLength: 20)
        // Whatever comes, token 27 follows 26, and otherwise the next letter follows a letter.
        model.override = { tokens in
            let next = ((tokens.last ?? 0) + 1) % 28
            return (0..<28).map { $0 == next ? 5 : 0 }
        }
        let loop = try GenerationLoop(
            model: model, sampler: GreedySampler(), slots: 2, makeTextDecoder: { LetterDecoder() })
        let results = try loop.generate([
            .init(prompt: [0], seed: 0, maxNewTokens: 4),
            .init(prompt: [0], seed: 0, maxNewTokens: 9, stopTokens: [3]),
            .init(prompt: [0], seed: 0, maxNewTokens: 9, stopStrings: ["xyz", "def", "e"]),
            .init(prompt: [0, 1], seed: 0, maxNewTokens: 99),
            .init(prompt: [0], seed: 0, maxNewTokens: 0),
            .init(prompt: Array(repeating: 1, count: 20), seed: 0, maxNewTokens: 5),
            .init(prompt: [24], seed: 0, maxNewTokens: 9, stopStrings: ["é"]),
            .init(prompt: [24], seed: 0, maxNewTokens: 2),
        ])
        #expect(results.map(\.index) == Array(0..<8))
        #expect(
            results.map(\.finishReason)
                == [.length, .stop, .stopString, .context, .length, .context, .stopString, .length])
        #expect(results.map(\.text) == ["bcde", "bc", "bcd", "cdefghijklmnopqrst", "", "", "z", "z\u{FFFD}"])
        #expect(results[1].tokens == [1, 2, 3])
        #expect(results[1].contentTokens == [1, 2])
        #expect(results[2].tokens == [1, 2, 3, 4])
        #expect(results[2].stopString == "e")
        #expect(results[3].tokens.count == 18)
        #expect(results[6].tokens == [25, 26, 27])
    }

    @Test func stopStringsMaySpanTokens() throws {
        let model = TableModel(vocabularySize: 26)
        model.override = { tokens in (0..<26).map { $0 == ((tokens.last ?? 0) + 1) % 26 ? 5 : 0 } }
        let loop = try GenerationLoop(
            model: model, sampler: GreedySampler(), slots: 1, makeTextDecoder: { LetterDecoder() })
        let request = GenerationRequest(prompt: [2], seed: 0, maxNewTokens: 20, stopStrings: ["ghij", "efgx"])
        let result = try #require(try loop.generate([request]).first)
        #expect(result.text == "def")
        #expect(result.stopString == "ghij")
        #expect(result.tokens.count == 7)
    }

    @Test func textIsToldWhileItGrowsAndDecodedOnce() throws {
        final class Count { var value = 0 }
        struct CountingDecoder: IncrementalTextDecoder {
            var inner = LetterDecoder()
            let count: Count
            mutating func append(_ token: Int32) -> String {
                count.value += 1
                return inner.append(token)
            }
            mutating func finish() -> String { inner.finish() }
        }
        let model = TableModel(vocabularySize: 26)
        model.override = { tokens in (0..<26).map { $0 == ((tokens.last ?? 0) + 1) % 26 ? 5 : 0 } }
        let count = Count()
        let loop = try GenerationLoop(
            model: model, sampler: GreedySampler(), slots: 2, makeTextDecoder: { CountingDecoder(count: count) })
        var told: [Int: [String]] = [:]
        loop.onText = { sequence, token, text in
            #expect(sequence.generated.last == token)
            told[sequence.index, default: []].append(text)
        }
        let results = try loop.generate([
            GenerationRequest(prompt: [2], seed: 0, maxNewTokens: 20, stopStrings: ["gh"]),
            GenerationRequest(prompt: [2], seed: 0, maxNewTokens: 20, stopTokens: [5]),
        ])
        // What a stop string cuts is told, a stop token is not.
        #expect(told == [0: ["d", "e", "f", "g", "h"], 1: ["d", "e"]])
        #expect(results.map(\.text) == ["def", "de"])
        #expect(count.value == 7)
    }

    @Test func aRunStopsBetweenStepsAndLeavesNothingBehind() throws {
        let model = TableModel(vocabularySize: 20)
        let observer = Observer()
        let loop = try GenerationLoop(model: model, processors: [observer], slots: 4)
        var asked = 0
        var delivered = 0
        var pulled = 0
        let summary = try loop.run(
            shouldStop: {
                asked += 1
                return asked > 10
            },
            next: {
                pulled += 1
                return GenerationRequest(prompt: [1], seed: UInt64(pulled), maxNewTokens: 4)
            },
            deliver: { _ in delivered += 1 })
        #expect(summary.wasStopped)
        #expect(summary.steps == 10)
        #expect(summary.newTokens == 40)
        #expect(summary.finished == 8 && delivered == 8)
        #expect(observer.running.isEmpty)
        #expect(observer.begun == 12)
        #expect(model.session?.isEmpty == true)
    }

    @Test func aResultMayLeadToAnotherRequest() throws {
        let loop = try GenerationLoop(model: TableModel(vocabularySize: 20), slots: 3)
        var queue = [GenerationRequest(prompt: [5], seed: 1, maxNewTokens: 3)]
        var results: [GenerationResult] = []
        try loop.run(
            capacity: 40, next: { queue.popLast() },
            deliver: { result in
                results.append(result)
                // The second request leaves nothing to sample, which is a delivery too.
                if results.count < 4 {
                    queue.append(.init(prompt: [5] + result.tokens, seed: 2, maxNewTokens: results.count == 1 ? 0 : 2))
                }
            })
        #expect(results.map(\.tokens.count) == [3, 0, 2, 2])
        #expect(results.map(\.index) == [0, 1, 2, 3])
    }

    @Test func processorsSeeEverySequenceAndItsTokens() throws {
        let observer = Observer()
        let model = TableModel(vocabularySize: 20)
        let loop = try GenerationLoop(model: model, processors: [TopKLogitsWarper(5), observer], slots: 5)
        let requests = randomRequests(40, vocabularySize: 20, maxNewTokens: 8, seed: 6)
        let results = try loop.generate(requests)
        #expect(observer.begun == 40 && observer.running.isEmpty)
        #expect(observer.ended == Dictionary(uniqueKeysWithValues: results.map { ($0.index, $0.tokens) }))
        #expect(observer.problems.isEmpty)
    }

    @Test func promptsAreFedInBoundedSteps() throws {
        let model = TableModel(vocabularySize: 20, contextLength: 300)
        let loop = try GenerationLoop(model: model, slots: 8)
        loop.promptTokensPerStep = 100
        let lengths = [40, 40, 40, 200, 30, 30, 30, 30]
        let results = try loop.generate(
            lengths.map { .init(prompt: Array(repeating: 3, count: $0), seed: 1, maxNewTokens: 2) })
        #expect(results.count == 8)
        #expect(model.session?.largestCall == 200)
    }

    /// Checks what the loop promises its processors.
    final class Observer: LogitsProcessor {
        var begun = 0
        var running: [Int: SequenceContext] = [:]
        var ended: [Int: [Int32]] = [:]
        var problems: [String] = []

        func begin(_ sequence: SequenceContext) {
            begun += 1
            if running.updateValue(sequence, forKey: sequence.slot) != nil { problems.append("slot taken twice") }
        }

        func process(_ rows: inout [CandidateScores], sequences: [SequenceContext]) {
            if rows.count != sequences.count || Set(sequences.map(\.slot)) != Set(running.keys) {
                problems.append("rows \(rows.count), sequences \(sequences.map(\.slot))")
            }
            for sequence in sequences {
                let before = running.updateValue(sequence, forKey: sequence.slot)
                let isNew = before?.generated.isEmpty == true && sequence.generated.isEmpty
                let isNext = before.map { sequence.generated.dropLast() == $0.generated[...] } == true
                if before?.index != sequence.index || !(isNew || isNext) { problems.append("tokens of \(sequence)") }
            }
        }

        func end(_ sequence: SequenceContext) {
            running[sequence.slot] = nil
            ended[sequence.index] = sequence.generated
        }
    }
}
