import Foundation
import Generation
import OpenAIProtocol
import Serving
import Statistics
import Synchronization
import TestSupport
import Tokenizers
import TraceGeneration
import TrainingExamples

/// The fixtures of the lab.
let labFolder = Repository.path("fixtures/lab")

/// A model of hashes: the logits depend on all tokens of the slot, each weighing differently, and on nothing else.
final class HashModel: CausalLanguageModel {
    struct Broken: Error {}

    let vocabularySize: Int
    let contextLength: Int
    /// Slows every step down.
    var pause: TimeInterval = 0
    /// The step that fails, from 1.
    var failingStep: Int?
    fileprivate(set) var steps = 0

    init(vocabularySize: Int, contextLength: Int = 256) {
        self.vocabularySize = vocabularySize
        self.contextLength = contextLength
    }

    func makeSession(slots: Int, capacity: Int) throws -> any DecodingSession { Session(self, slots: slots) }

    /// The logits after some tokens.
    func logits(after tokens: [Int32]) -> [Float] {
        var generator = SeededGenerator(seed: tokens.reduce(1) { SeededGenerator.mix($0 &+ UInt64($1)) })
        return (0..<vocabularySize).map { _ in Float(generator.next() >> 40) * 0x1p-21 - 4 }
    }

    private final class Session: DecodingSession {
        private let model: HashModel
        private var slots: [[Int32]]
        var takesRaggedChunks: Bool { true }

        init(_ model: HashModel, slots: Int) {
            self.model = model
            self.slots = Array(repeating: [], count: slots)
        }

        func extend(_ chunks: [DecodingChunk], into logits: inout LogitsMatrix) throws {
            model.steps += 1
            if model.steps == model.failingStep { throw Broken() }
            if model.pause > 0 { Thread.sleep(forTimeInterval: model.pause) }
            logits.resize(rows: chunks.count, columns: model.vocabularySize)
            for (row, chunk) in chunks.enumerated() {
                slots[chunk.slot] += chunk.tokens
                let values = model.logits(after: slots[chunk.slot])
                logits.withUnsafeMutableBuffer { buffer in
                    for (i, value) in values.enumerated() { buffer[row * values.count + i] = value }
                }
            }
        }

        func length(of slot: Int) -> Int { slots[slot].count }
        func reset(slot: Int) { slots[slot] = [] }
    }
}

/// An engine on a ``HashModel`` with the lab's tokenizer.
func hashEngine(
    slots: Int = 4, queue: Int = 1_000, maxNewTokens: Int = 24, pause: TimeInterval = 0, failingStep: Int? = nil,
    decodes: DecodeCount? = nil
) async throws -> BatchingEngine {
    var options = ServingOptions()
    options.slots = slots
    options.queue = queue
    options.maxNewTokens = maxNewTokens
    return try await BatchingEngine.start(
        ModelDescription(id: "hash", created: 0, ownedBy: "tests"), options: options, makeSeed: { 77 },
        load: {
            let tokenizer = try Tokenizer.load(labFolder + "/teacher")
            let model = HashModel(vocabularySize: tokenizer.idBound)
            model.pause = pause
            model.failingStep = failingStep
            var served = ServedModel(model: model, tokenizer: tokenizer, format: .plain(separator: "\n"))
            if let decodes {
                served.makeTextDecoder = { CountingDecoder(inner: SequenceTextDecoder(tokenizer), count: decodes) }
            }
            return served
        })
}

/// How many tokens were turned into text.
final class DecodeCount: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}

private struct CountingDecoder: IncrementalTextDecoder {
    var inner: SequenceTextDecoder
    let count: DecodeCount

    mutating func append(_ token: Int32) -> String {
        count.add()
        return inner.append(token)
    }

    mutating func finish() -> String { inner.finish() }
}

/// Everything that came of one order.
struct Collected: Hashable, Sendable {
    var promptTokens = 0
    var texts: [String]
    var tokens: [[TokenLogProbability]]
    var reasons: [OpenAIProtocol.FinishReason?]
    var sampled: [Int]
    var parts = 0

    /// Reads a feed to its end.
    static func read(_ feed: CompletionFeed, choices: Int) async throws -> Collected {
        var result = Collected(
            texts: Array(repeating: "", count: choices), tokens: Array(repeating: [], count: choices),
            reasons: Array(repeating: nil, count: choices), sampled: Array(repeating: 0, count: choices))
        while result.reasons.contains(nil) {
            for event in try await feed.next() {
                switch event {
                case .text(let choice, let text, let tokens):
                    result.texts[choice] += text
                    result.tokens[choice] += tokens
                    result.parts += 1
                case .ended(let choice, let reason, let tokens):
                    result.reasons[choice] = reason
                    result.sampled[choice] = tokens
                }
            }
        }
        return result
    }
}

extension BatchingEngine {
    /// Carries an order out.
    func complete(_ order: CompletionOrder) async throws -> Collected {
        let feed = CompletionFeed(limit: 1 << 24)
        let promptTokens = try begin(order, feed: feed)
        var result = try await Collected.read(feed, choices: order.choices)
        result.promptTokens = promptTokens
        return result
    }
}

/// Waits until something holds; false if it does not within 20 seconds.
func eventually(_ condition: @Sendable () -> Bool) async -> Bool {
    for _ in 0..<2_000 {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return false
}
