import Generation
import Tokenizers
import TraceGeneration

/// Runs the decoding loop on the engine's thread: sequences join and leave between steps.
///
/// To the loop it is a processor and a sampler that do for every sequence what its own request says. No sequence has any
/// state in common with another, so that what runs beside it changes nothing.
final class BatchedDecoding: LogitsProcessor, TokenSampler {
    private let served: ServedModel
    private let options: ServingOptions
    private let queue: SequenceQueue
    private let endToken: Int32
    private let context: Int
    /// By the loop's number of the request, those that are being decoded.
    private var running: [Int: RunningSequence] = [:]
    private var taken = 0

    init(_ served: ServedModel, options: ServingOptions, context: Int, endToken: Int32, queue: SequenceQueue) {
        self.served = served
        self.options = options
        self.context = context
        self.endToken = endToken
        self.queue = queue
    }

    /// Decodes until the queue is stopped. An error ends the sequences that were running, not the engine.
    func run() {
        while !queue.isStopped {
            do {
                try decode()
            } catch {
                giveUp("the model failed: \(error)")
            }
        }
        giveUp("the server is stopping")
    }

    private func decode() throws {
        let loop = try GenerationLoop(
            model: served.model, processors: [self], sampler: self, slots: options.slots,
            makeTextDecoder: served.makeTextDecoder)
        loop.asksAtEveryStep = true
        // The loop decodes, for its stop strings; nobody decodes a second time.
        loop.onText = { [self] context, token, text in try sequence(context).send(text, of: token) }
        taken = 0
        try loop.run(
            capacity: context, shouldStop: { queue.isStopped }, next: next,
            deliver: { result in
                // First the slot, then the news: who has an answer may count on the slot.
                queue.ended()
                running.removeValue(forKey: result.index)?.finish(result)
            })
    }

    /// The next request; waits for one when nothing else is to be done, so that the session and its cache stay.
    private func next() throws -> GenerationRequest? {
        while let sequence = queue.next(waits: running.isEmpty) {
            do {
                running[taken] = try RunningSequence(sequence, tokenizer: served.tokenizer, endToken: endToken)
            } catch {
                queue.ended()
                sequence.feed.fail("\(error)")
                continue
            }
            taken += 1
            return sequence.request
        }
        return nil
    }

    private func giveUp(_ message: String) {
        for (_, sequence) in running.sorted(by: { $0.key < $1.key }) {
            queue.ended()
            sequence.waiting.feed.fail(message)
        }
        running = [:]
    }

    // MARK: For the loop

    private func sequence(_ context: SequenceContext) throws -> RunningSequence {
        guard let sequence = running[context.index] else {
            throw GenerationError.brokenContract("a sequence is decoded that was not asked for")
        }
        return sequence
    }

    func begin(_ context: SequenceContext) throws { try sequence(context).begin(context) }

    func end(_ context: SequenceContext) { running[context.index]?.end(context) }

    func process(_ rows: inout [CandidateScores], sequences: [SequenceContext]) throws {
        for (i, context) in zip(rows.indices, sequences) { try sequence(context).process(&rows[i], context) }
    }

    func sample(
        _ row: CandidateScores, sequence context: SequenceContext, using generator: inout some RandomNumberGenerator
    ) throws -> Int32 {
        try sequence(context).sample(row, context, using: &generator)
    }
}
