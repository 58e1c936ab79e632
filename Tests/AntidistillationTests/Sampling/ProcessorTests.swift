import Antidistillation
import Foundation
import Generation
import TestSupport
import Testing

@Suite("The penalty as a step of decoding")
struct ProcessorTests {
    typealias Options = AntidistillationLogitsProcessor.Options

    static func requests(_ count: Int, length: Int = 24) -> [GenerationRequest] {
        var random = SplitMix64(seed: 77)
        return (0..<count).map { index in
            let prompt = (0..<Int.random(in: 1...7, using: &random)).map { _ in Int32.random(in: 0..<20, using: &random)
            }
            return GenerationRequest(
                prompt: prompt, seed: UInt64(index) + 1000, maxNewTokens: 1 + index % length, stopTokens: [0])
        }
    }

    /// What decodes with the penalty, and everything that can be looked at afterwards.
    struct Run {
        var results: [GenerationResult]
        var proxies: FakeProxies
        var processor: AntidistillationLogitsProcessor
        var before = RowRecorder()
        var after = RowRecorder()
    }

    static func run(
        _ options: Options, slots: Int = 4, requests: [GenerationRequest],
        vocabulary: VocabularyMap = .identity(size: 20)
    ) throws -> Run {
        let proxies = FakeProxies(slots: slots)
        let processor = try AntidistillationLogitsProcessor(
            session: proxies, gradientNorm: 2, vocabulary: vocabulary, options: options)
        var run = Run(results: [], proxies: proxies, processor: processor)
        let warpers: [any LogitsProcessor] = [try TemperatureLogitsWarper(0.8), try TopPLogitsWarper(0.9)]
        let processors: [any LogitsProcessor] =
            options.order == .reference
            ? [run.before, processor, run.after] + warpers : warpers + [run.before, processor, run.after]
        let loop = try GenerationLoop(model: FakeTeacher(), processors: processors, slots: slots)
        run.results = try loop.generate(requests)
        return run
    }

    static func plain(_ requests: [GenerationRequest]) throws -> [GenerationResult] {
        let loop = try GenerationLoop(
            model: FakeTeacher(), processors: [try TemperatureLogitsWarper(0.8), try TopPLogitsWarper(0.9)], slots: 4)
        return try loop.generate(requests)
    }

    @Test("λ = 0 is plain sampling token for token, and the proxies are never run")
    func zeroStrength() throws {
        let requests = Self.requests(200)
        let plain = try Self.plain(requests)
        for strength in [PenaltyStrength.scaleFree(0), .raw(0)] {
            let run = try Self.run(Options(strength: strength), requests: requests)
            #expect(run.results.map(\.tokens) == plain.map(\.tokens))
            #expect(run.proxies.calls == 0)
        }
        let without = try AntidistillationLogitsProcessor(
            session: nil, gradientNorm: 0, vocabulary: .identity(size: 20), options: Options(strength: .scaleFree(0)))
        let loop = try GenerationLoop(
            model: FakeTeacher(),
            processors: [try TemperatureLogitsWarper(0.8), try TopPLogitsWarper(0.9), without], slots: 2)
        #expect(try loop.generate(requests).map(\.tokens) == plain.map(\.tokens))
        let strong = try Self.run(Options(strength: .scaleFree(2)), requests: requests)
        #expect(strong.results.map(\.tokens) != plain.map(\.tokens))
    }

    @Test("Every row is what the page on the penalty says, with exempt tokens at their teacher probability")
    func rows() throws {
        let exempt: Set<Int32> = [0, 5, 11]
        let run = try Self.run(Options(strength: .scaleFree(1.5), exempt: exempt), requests: Self.requests(60))
        var changed = 0
        for (context, before) in run.before.rows {
            let after = try #require(run.after.rows[context])
            #expect(Set(before.tokens) == Set(after.tokens))
            let p = PenaltyTilt.logProbabilities(before.scores).map { exp($0) }
            var expected: [Int32: Double] = [:]
            var (mass, sum) = (0.0, 0.0)
            for (token, p) in zip(before.tokens, p) where !exempt.contains(token) {
                let delta = Double(FakeProxies.derivative(token, after: context))
                expected[token] = p * exp(0.75 * delta)
                mass += p
                sum += p * exp(0.75 * delta)
            }
            for (token, p) in zip(before.tokens, p) {
                let q = exp(Double(after.logProbability(of: token)))
                if exempt.contains(token) {
                    #expect(abs(q - p) <= 1e-6)
                } else {
                    #expect(abs(q - (expected[token] ?? 0) * mass / sum) < 1e-5)
                }
            }
            #expect(zip(after.scores, after.scores.dropFirst()).allSatisfy { $0 >= $1 })
            if before != after { changed += 1 }
        }
        #expect(changed > 50)
    }

    @Test("Lazy proxies give the same tokens as proxies that read every one, with fewer calls", arguments: [1, 3, 16])
    func lazy(slots: Int) throws {
        let requests = Self.requests(120)
        let lazy = try Self.run(Options(strength: .scaleFree(1), exempt: [0]), slots: slots, requests: requests)
        let eager = try Self.run(
            Options(strength: .scaleFree(1), exempt: [0], isLazy: false), slots: slots, requests: requests)
        #expect(lazy.results.map(\.tokens) == eager.results.map(\.tokens))
        #expect(eager.proxies.longestChunk <= 7)
        var (few, all) = (PenaltyReport(), PenaltyReport())
        for index in requests.indices {
            few.add(try #require(lazy.processor.takeReport(of: index)))
            all.add(try #require(eager.processor.takeReport(of: index)))
        }
        #expect(few.steps == all.steps)
        #expect(all.proxySteps == all.steps)
        #expect(few.proxySteps < all.steps * 3 / 4)
        #expect(few.penalizedSteps == all.penalizedSteps)
    }

    @Test("Tokens do not depend on the batch: 1,000 sequences")
    func batches() throws {
        let requests = Self.requests(1000)
        let options = Options(strength: .scaleFree(1), budget: 0.3, exempt: [0])
        let alone = try Self.run(options, slots: 1, requests: requests)
        for slots in [7, 32] {
            let together = try Self.run(options, slots: slots, requests: requests)
            #expect(alone.results.map(\.tokens) == together.results.map(\.tokens), "\(slots) slots")
        }
    }

    @Test("The budget holds at every step, and the report says what was spent", arguments: [0, 0.01, 0.2])
    func budget(_ budget: Double) throws {
        let requests = Self.requests(60)
        let run = try Self.run(Options(strength: .scaleFree(50), budget: budget, exempt: [0]), requests: requests)
        var largest = 0.0
        for (context, before) in run.before.rows {
            let after = try #require(run.after.rows[context])
            let p = PenaltyTilt.logProbabilities(before.scores)
            let q = PenaltyTilt.logProbabilities(after.scores)
            var divergence = 0.0
            for (token, q) in zip(after.tokens, q) {
                let index = try #require(before.index(of: token))
                divergence += exp(q) * (q - p[index])
            }
            #expect(divergence <= budget + 1e-12)
            largest = max(largest, divergence)
        }
        var report = PenaltyReport()
        for index in requests.indices { report.add(try #require(run.processor.takeReport(of: index))) }
        #expect(report.steps == run.results.reduce(0) { $0 + $1.tokens.count })
        #expect(abs(report.largestDivergence - largest) < 1e-9)
        #expect(report.meanDivergence <= budget)
        #expect(report.meanLambda <= 25)
        #expect(report.limitedSteps > 10)
        #expect((report.penalizedSteps > 0) == (budget > 0))
        #expect(report.meanTeacherEntropy > 0)
        #expect(run.processor.takeReport(of: 0) == nil)
    }

    @Test("Tokens that the proxy lacks keep their probability and are left out of what it reads")
    func vocabularies() throws {
        // The proxy numbers its tokens the other way round and lacks 3 and 12.
        let ids = (0..<20 as Range<Int32>).map { $0 == 3 || $0 == 12 ? -1 : 19 - $0 }
        let map = try VocabularyMap(proxyIDs: ids, proxySize: 20)
        let requests = Self.requests(60)
        for isLazy in [true, false] {
            let run = try Self.run(
                Options(strength: .scaleFree(2), isLazy: isLazy), requests: requests, vocabulary: map)
            for (context, before) in run.before.rows {
                let after = try #require(run.after.rows[context])
                if context.last == 3 || context.last == 12 {
                    #expect(before == after)
                    continue
                }
                let p = before.logProbabilities()
                let read = context.compactMap { ids[Int($0)] < 0 ? nil : ids[Int($0)] }
                var ratios: [Double] = []
                for (token, p) in zip(before.tokens, p) {
                    let gain = Double(after.logProbability(of: token) - p)
                    if ids[Int(token)] < 0 {
                        #expect(abs(gain) < 1e-5)
                    } else {
                        ratios.append(gain - Double(FakeProxies.derivative(ids[Int(token)], after: read)))
                    }
                }
                // λ is 1: what is left is one constant per row.
                for ratio in ratios { #expect(abs(ratio - ratios[0]) < 1e-4 || ratios.count < 2) }
            }
        }
    }

    @Test("The reference order adds λΔ to the logits before temperature and truncation")
    func referenceOrder() throws {
        let run = try Self.run(Options(strength: .raw(1.5), order: .reference), requests: Self.requests(40))
        for (context, before) in run.before.rows {
            let after = try #require(run.after.rows[context])
            #expect(before.isDense && after.isDense)
            let gains = zip(before.scores, after.scores).enumerated().map { token, scores in
                scores.1 - scores.0 - 1.5 * FakeProxies.derivative(Int32(token), after: context)
            }
            for gain in gains { #expect(abs(gain - gains[0]) < 1e-3) }
        }
        #expect(run.proxies.calls > 0)
    }

    @Test("Above a threshold of probability the penalty is left out")
    func threshold() throws {
        let run = try Self.run(Options(strength: .scaleFree(2), skipThreshold: 0.4), requests: Self.requests(60))
        var (left, tilted) = (0, 0)
        for (context, before) in run.before.rows {
            let after = try #require(run.after.rows[context])
            let largest = before.logProbabilities().max().map { exp($0) } ?? 0
            if largest >= 0.4 {
                #expect(before == after)
                left += before.count > 1 ? 1 : 0
            } else if before != after {
                tilted += 1
            }
        }
        #expect(left > 10)
        #expect(tilted > 10)
    }

    @Test("Settings that make no sense are refused")
    func refusals() throws {
        func make(_ options: Options, session: FakeProxies? = FakeProxies(slots: 1)) throws {
            _ = try AntidistillationLogitsProcessor(
                session: session, gradientNorm: 1, vocabulary: .identity(size: 20), options: options)
        }
        try make(Options(strength: .scaleFree(1)))
        #expect(throws: AntidistillationError.self) { try make(Options(strength: .raw(1)), session: nil) }
        #expect(throws: AntidistillationError.self) { try make(Options(strength: .raw(-1))) }
        #expect(throws: AntidistillationError.self) { try make(Options(strength: .raw(1), budget: -1)) }
        #expect(throws: AntidistillationError.self) { try make(Options(strength: .raw(1), exempt: [20])) }
        #expect(throws: AntidistillationError.self) { try make(Options(strength: .raw(1), skipThreshold: 0)) }
        #expect(throws: AntidistillationError.self) {
            try make(Options(strength: .raw(1), budget: 1, order: .reference))
        }
    }

    @Test("Proxies that answer something else than asked are an error")
    func malformedDerivatives() throws {
        final class Broken: DirectionalDerivativeSession {
            func extend(_ chunks: [DecodingChunk], candidates: [[Int32]]) -> [[Float]] { chunks.map { _ in [1] } }
            func reset(slot: Int) {}
        }
        let processor = try AntidistillationLogitsProcessor(
            session: Broken(), gradientNorm: 1, vocabulary: .identity(size: 20), options: Options(strength: .raw(1)))
        let sequence = SequenceContext(slot: 0, index: 0, prompt: [1])
        try processor.begin(sequence)
        var rows = [CandidateScores(tokens: [1, 2, 3], scores: [3, 2, 1])]
        #expect(throws: AntidistillationError.self) { try processor.process(&rows, sequences: [sequence]) }
    }
}
