import Foundation
import OpenAIProtocol
import Statistics
import Synchronization
import Tokenizers

/// A model that completes many requests at once: whenever one ends, or a slot is free, the next joins the others between two
/// steps. The same request with the same seed has the same answer whatever runs beside it.
///
/// One thread of its own loads the model and is the only one to touch it; a libtorch model's number of threads belongs to that
/// thread.
package final class BatchingEngine: CompletionBackend {
    package let model: ModelDescription
    private let encoder: PromptEncoder
    private let stopTokens: Set<Int32>
    private let options: ServingOptions
    private let queue: SequenceQueue
    private let isEnded: EndOfThread
    private let makeSeed: @Sendable () -> UInt64

    /// What the engine's thread says of the model.
    private struct Facts: Sendable {
        var encoder: PromptEncoder
        var stopTokens: Set<Int32>
    }

    /// Loads a model and waits for requests.
    ///
    /// - Parameters:
    ///   - description: How the model is called.
    ///   - options: How it is shared.
    ///   - makeSeed: Seeds for requests that name none.
    ///   - load: Loads the model, on the engine's thread.
    /// - Throws: What `load` throws, and ``ServingError``.
    package static func start(
        _ description: ModelDescription, options: ServingOptions = ServingOptions(),
        makeSeed: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) },
        load: @escaping @Sendable () throws -> ServedModel
    ) async throws -> BatchingEngine {
        let queue = SequenceQueue(limit: options.queue, slots: options.slots)
        let isEnded = EndOfThread()
        let facts: Facts = try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                defer { isEnded.set() }
                let decoding: BatchedDecoding
                do {
                    let served = try load()
                    let (facts, endToken) = try Self.facts(of: served, options)
                    decoding = BatchedDecoding(
                        served, options: options, context: facts.encoder.context, endToken: endToken, queue: queue)
                    continuation.resume(returning: facts)
                } catch {
                    continuation.resume(throwing: error)
                    return
                }
                decoding.run()
            }
            thread.name = "model"
            // The main thread's usual size; libtorch's kernels expect it.
            thread.stackSize = 8 << 20
            thread.start()
        }
        return BatchingEngine(
            description, facts, options: options, queue: queue, isEnded: isEnded, makeSeed: makeSeed)
    }

    private init(
        _ description: ModelDescription, _ facts: Facts, options: ServingOptions, queue: SequenceQueue,
        isEnded: EndOfThread, makeSeed: @escaping @Sendable () -> UInt64
    ) {
        model = description
        encoder = facts.encoder
        stopTokens = facts.stopTokens
        self.options = options
        self.queue = queue
        self.isEnded = isEnded
        self.makeSeed = makeSeed
    }

    private static func facts(of served: ServedModel, _ options: ServingOptions) throws -> (Facts, Int32) {
        guard options.slots >= 1, options.queue >= 0, options.maxNewTokens >= 1 else {
            throw ServingError.invalidOptions
        }
        let endToken = try served.format.endToken(served.tokenizer)
        let vocabulary = served.model.vocabularySize
        let stopTokens = served.format.stopTokens(served.tokenizer)
        guard Int(endToken) < vocabulary else {
            throw ServingError.foreignTokenizer(file: served.tokenizer.file, token: endToken, vocabulary: vocabulary)
        }
        let context = min(options.context ?? served.model.contextLength, served.model.contextLength)
        guard context >= 2 else { throw ServingError.noContext(context) }
        let encoder = PromptEncoder(
            tokenizer: served.tokenizer, format: served.format, vocabularySize: vocabulary, context: context)
        return (Facts(encoder: encoder, stopTokens: stopTokens), endToken)
    }

    // MARK: Requests

    package var load: BackendLoad { queue.load }

    package func begin(_ order: CompletionOrder, feed: CompletionFeed) throws(CompletionRefusal) -> Int {
        var prompts: [[Int32]] = []
        for prompt in order.prompts { prompts.append(try encoder.encode(prompt)) }
        let sequences = WaitingSequence.all(
            of: order, prompts: prompts, seed: order.seed.map { UInt64(bitPattern: Int64($0)) } ?? makeSeed(),
            limit: options.maxNewTokens, stopTokens: stopTokens, feed: feed)
        do {
            _ = try sequences.first?.processors()
        } catch {
            throw CompletionRefusal(.invalid, "\(error)")
        }
        switch queue.add(sequences) {
        case .taken: return prompts.reduce(0) { $0 + $1.count }
        case .full:
            throw CompletionRefusal(.busy, "\(options.queue) completions wait already; try again later")
        case .stopped: throw CompletionRefusal(.stopping, "the server is stopping")
        }
    }

    /// Gives up what waits and runs, and waits for the engine's thread.
    package func stop() async {
        queue.stop()
        await isEnded.wait()
    }
}

/// Why a model cannot be served.
package enum ServingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No slot, a negative queue, or no token.
    case invalidOptions
    /// The tokenizer has tokens that the model lacks.
    case foreignTokenizer(file: String, token: Int32, vocabulary: Int)
    /// A context that holds no prompt with a completion.
    case noContext(Int)

    /// The same in a sentence.
    package var description: String {
        switch self {
        case .invalidOptions: "slots and tokens must be at least 1, the queue at least 0"
        case .foreignTokenizer(let file, let token, let vocabulary):
            "\(file): the end token \(token) is outside the model's vocabulary of \(vocabulary): it belongs to another model"
        case .noContext(let context): "a context of \(context) tokens holds no prompt with a completion"
        }
    }
}

/// The end of a thread, for tasks to wait for.
private final class EndOfThread: Sendable {
    private struct State {
        var isSet = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func set() {
        let waiters = state.withLock { state in
            state.isSet = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isSet = state.withLock { state in
                if !state.isSet { state.waiters.append(continuation) }
                return state.isSet
            }
            if isSet { continuation.resume() }
        }
    }
}
