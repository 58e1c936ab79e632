import Generation
import OpenAIProtocol
import Serving
import TestSupport
import Testing
import Tokenizers
import TraceGeneration
import TrainingExamples

@Suite struct BatchingEngineTests {
    /// Orders of all kinds, each with a seed of its own.
    private static func orders(_ count: Int, seed: UInt64) -> [CompletionOrder] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { i in
            var order = CompletionOrder([
                .text((0...Int.random(in: 0...9, using: &generator)).map { "\($0) " }.joined())
            ])
            order.seed = Int.random(in: -1_000_000...1_000_000, using: &generator)
            order.temperature = [0, 0.5, 1, 1.7][i % 4]
            order.topP = i % 3 == 0 ? 0.8 : 1
            order.topK = i % 5 == 0 ? 12 : nil
            order.minP = i % 7 == 0 ? 0.05 : nil
            order.presencePenalty = i % 6 == 0 ? 1.5 : 0
            order.frequencyPenalty = i % 11 == 0 ? -0.5 : 0
            order.alternatives = i % 4 == 1 ? 3 : nil
            order.maxNewTokens = Int.random(in: 1...12, using: &generator)
            order.samples = i % 9 == 0 ? 2 : 1
            return order
        }
    }

    @Test(arguments: [3, 16]) func companyChangesNothing(slots: Int) async throws {
        let seed = UInt64.random(in: 0...UInt64(1) << 53)
        print("seed \(seed)")
        let orders = Self.orders(64, seed: seed)
        let alone = try await hashEngine(slots: 1)
        var expected: [Collected] = []
        for order in orders { expected.append(try await alone.complete(order)) }
        await alone.stop()

        let engine = try await hashEngine(slots: slots)
        try await withThrowingTaskGroup(of: (Int, Collected).self) { group in
            for (i, order) in orders.enumerated() { group.addTask { (i, try await engine.complete(order)) } }
            for try await (i, result) in group {
                #expect(result.texts == expected[i].texts && result.reasons == expected[i].reasons)
                #expect(result.tokens == expected[i].tokens && result.sampled == expected[i].sampled)
            }
        }
        #expect(engine.load == BackendLoad(slots: slots, running: 0, waiting: 0))
        await engine.stop()
    }

    @Test func answersAreThoseOfTheLoop() async throws {
        let tokenizer = try Tokenizer.load(labFolder + "/teacher")
        let engine = try await hashEngine()
        for (i, order) in Self.orders(24, seed: 5).enumerated() where order.presencePenalty == 0 && order.samples == 1 {
            guard order.frequencyPenalty == 0, case .text(let text)? = order.prompts.first else { continue }
            var options = DecodingOptions()
            options.temperature = order.temperature
            options.topP = order.topP
            options.topK = order.topK
            options.minP = order.minP
            let loop = try GenerationLoop(
                model: HashModel(vocabularySize: tokenizer.idBound), processors: options.processors(),
                sampler: options.sampler, slots: 1, makeTextDecoder: { SequenceTextDecoder(tokenizer) })
            let result = try loop.generate([
                GenerationRequest(
                    prompt: tokenizer.encode(text), seed: UInt64(bitPattern: Int64(order.seed ?? 0)),
                    maxNewTokens: order.maxNewTokens ?? 0,
                    stopTokens: PromptFormat.plain(separator: "\n").stopTokens(tokenizer))
            ])
            let served = try await engine.complete(order)
            #expect(served.texts == [result.first?.text], "order \(i)")
            #expect(served.sampled == [result.first?.tokens.count])
        }
        await engine.stop()
    }

    @Test func everyTokenIsDecodedOnce() async throws {
        let decodes = DecodeCount()
        let engine = try await hashEngine(slots: 3, decodes: decodes)
        var sampled = 0
        for order in Self.orders(12, seed: 9) {
            let result = try await engine.complete(order)
            // A stop token has no text; no order names stop strings.
            sampled += zip(result.sampled, result.reasons).reduce(0) { $0 + $1.0 - ($1.1 == .stop ? 1 : 0) }
        }
        await engine.stop()
        #expect(decodes.value == sampled && sampled > 12)
    }

    @Test func logProbabilitiesAreTheModelsOwn() async throws {
        let engine = try await hashEngine()
        var order = CompletionOrder([.tokens([5, 6, 7])])
        order.alternatives = 4
        order.temperature = 0.3
        order.topK = 2
        order.presencePenalty = 2
        let result = try await engine.complete(order)
        await engine.stop()
        let tokenizer = try Tokenizer.load(labFolder + "/teacher")
        let model = HashModel(vocabularySize: tokenizer.idBound)
        var context: [Int32] = [5, 6, 7]
        let tokens = try #require(result.tokens.first)
        #expect(!tokens.isEmpty)
        for token in tokens {
            let row = CandidateScores(scores: model.logits(after: context))
            let all = row.logProbabilities()
            let best = all.indices.sorted { (all[$0], $1) > (all[$1], $0) }.prefix(4)
            #expect(token.alternatives.map(\.bytes) == best.map { tokenizer.bytes(for: Int32($0)) ?? [] })
            for (alternative, index) in zip(token.alternatives, best) {
                #expect(abs(alternative.logProbability - Double(all[index])) < 1e-5)
            }
            let id = try #require((0..<Int32(tokenizer.idBound)).first { tokenizer.bytes(for: $0) == token.bytes })
            #expect(abs(token.logProbability - Double(all[Int(id)])) < 1e-5)
            context.append(id)
        }
        #expect(tokens.flatMap(\.bytes) == Array((result.texts.first ?? "").utf8))
    }

    @Test func choicesDifferAndTheFirstIsThatOfASingleOne() async throws {
        let engine = try await hashEngine()
        var order = CompletionOrder([.text("1"), .text("2")])
        order.samples = 3
        let all = try await engine.complete(order)
        #expect(Set(all.texts).count == 6)
        #expect(all.promptTokens == 2)
        let single = try await engine.complete(CompletionOrder([.text("1")]))
        #expect(single.texts.first == all.texts.first)
        await engine.stop()
    }

    @Test func stopStringsCut() async throws {
        let engine = try await hashEngine()
        var order = CompletionOrder([.text("1 2 3")])
        order.alternatives = 0
        let whole = try await engine.complete(order)
        let text = try #require(whole.texts.first)
        let bytes = Array(text.utf8)
        #expect(bytes.count > 12)
        for (start, length) in [(0, 1), (3, 4), (bytes.count / 2, 5), (bytes.count - 2, 2)] {
            let stop = String(decoding: bytes[start..<start + length], as: UTF8.self)
            let cut = try #require(text.range(of: stop)?.lowerBound)
            order.stop = ["never to be found", stop]
            let result = try await engine.complete(order)
            #expect(result.texts == [String(text[..<cut])])
            #expect(result.reasons == [.stop])
            // Tokens are those whose text begins before the cut.
            let tokens = result.tokens.first ?? []
            #expect(tokens.dropLast().reduce(0) { $0 + $1.bytes.count } < max(1, text[..<cut].utf8.count))
            #expect(tokens.reduce(0) { $0 + $1.bytes.count } >= text[..<cut].utf8.count)
        }
        await engine.stop()
    }

    @Test(arguments: [
        (CompletionOrder.Prompt.text(""), CompletionRefusal.Kind.invalid), (.tokens([]), .invalid),
        (.tokens([-1]), .invalid),
        (.tokens([344]), .invalid), (.tokens([1 << 40]), .invalid),
        (.tokens(Array(repeating: 5, count: 256)), .tooLong), (.text(String(repeating: "1 ", count: 400)), .tooLong),
    ])
    func promptsThatCannotBe(prompt: CompletionOrder.Prompt, kind: CompletionRefusal.Kind) async throws {
        let engine = try await hashEngine()
        do {
            _ = try engine.begin(CompletionOrder([prompt]), feed: CompletionFeed(limit: 1_000))
            Issue.record("it was taken")
        } catch {
            #expect(error.kind == kind && error.field == "prompt")
        }
        await engine.stop()
    }

    @Test func theContextEndsAnAnswer() async throws {
        let engine = try await hashEngine(maxNewTokens: 1_000)
        let result = try await engine.complete(CompletionOrder([.tokens(Array(repeating: 5, count: 250))]))
        #expect(result.sampled == [6] && result.reasons == [.length])
        await engine.stop()
    }

    @Test func whatNobodyWantsHoldsNothing() async throws {
        let engine = try await hashEngine(slots: 2, queue: 3, maxNewTokens: 200, pause: 0.005)
        let order = CompletionOrder([.text("1")])
        let feeds = (0..<5).map { _ in CompletionFeed(limit: 1 << 20) }
        for feed in feeds { _ = try engine.begin(order, feed: feed) }
        #expect(await eventually { engine.load == BackendLoad(slots: 2, running: 2, waiting: 3) })
        #expect(throws: CompletionRefusal.self) {
            try engine.begin(order, feed: CompletionFeed(limit: 1_000))
        }
        // One that waits and one that runs are given up; the others move up.
        feeds[0].close()
        feeds[3].close()
        #expect(await eventually { engine.load == BackendLoad(slots: 2, running: 2, waiting: 1) })
        for feed in feeds { feed.close() }
        #expect(await eventually { engine.load == BackendLoad(slots: 2, running: 0, waiting: 0) })
        var short = order
        short.maxNewTokens = 2
        #expect(try await engine.complete(short).sampled == [2])
        await engine.stop()
    }

    @Test func aModelThatFailsFailsItsRequestsOnly() async throws {
        let engine = try await hashEngine(failingStep: 3)
        let order = CompletionOrder([.text("1")])
        await #expect(throws: CompletionFeedError.self) { try await engine.complete(order) }
        #expect(try await engine.complete(order).reasons.count == 1)
        #expect(engine.load.running == 0)
        await engine.stop()
    }

    @Test func stoppingEndsEverything() async throws {
        let engine = try await hashEngine(slots: 1, maxNewTokens: 200, pause: 0.01)
        let feeds = (0..<3).map { _ in CompletionFeed(limit: 1 << 20) }
        for feed in feeds { _ = try engine.begin(CompletionOrder([.text("1")]), feed: feed) }
        #expect(await eventually { engine.load.running == 1 })
        await engine.stop()
        for feed in feeds {
            await #expect(throws: CompletionFeedError.failed("the server is stopping")) {
                while true { _ = try await feed.next() }
            }
        }
        do {
            _ = try engine.begin(CompletionOrder([.text("1")]), feed: CompletionFeed(limit: 1_000))
            Issue.record("it was taken")
        } catch {
            #expect(error.kind == .stopping)
        }
        await engine.stop()
    }
}
