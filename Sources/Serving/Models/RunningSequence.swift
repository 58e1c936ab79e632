import Generation
import OpenAIProtocol
import Tokenizers

/// A sequence that holds a slot: its own way of drawing tokens, and its text on the way to the client.
final class RunningSequence {
    let waiting: WaitingSequence
    private let tokenizer: Tokenizer
    private let processors: [any LogitsProcessor]
    private let endToken: Int32
    private var text: ReleasedText
    /// The model's own scores of this step, where log-probabilities are wanted.
    private var logits: [Float] = []

    init(_ waiting: WaitingSequence, tokenizer: Tokenizer, endToken: Int32) throws {
        self.waiting = waiting
        self.tokenizer = tokenizer
        self.endToken = endToken
        processors = try waiting.processors()
        text = ReleasedText(stops: waiting.request.stopStrings)
    }

    func begin(_ context: SequenceContext) throws {
        for processor in processors { try processor.begin(context) }
    }

    func end(_ context: SequenceContext) {
        for processor in processors { processor.end(context) }
    }

    /// Makes the sampled distribution of the model's row.
    func process(_ row: inout CandidateScores, _ context: SequenceContext) throws {
        guard waiting.feed.isOpen else { return }
        if waiting.alternatives != nil {
            logits.removeAll(keepingCapacity: true)
            logits.append(contentsOf: row.scores)
        }
        guard !processors.isEmpty else { return }
        // Moved, not copied: the row has a number for every token of the vocabulary.
        var rows = [CandidateScores()]
        swap(&rows[0], &row)
        for processor in processors { try processor.process(&rows, sequences: [context]) }
        guard rows.count == 1 else { throw GenerationError.brokenContract("a processor changed the number of rows") }
        swap(&rows[0], &row)
    }

    /// Draws a token. Where nobody wants the rest any more it is the end of the sequence, which gives the slot back.
    func sample(
        _ row: CandidateScores, _ context: SequenceContext, using generator: inout some RandomNumberGenerator
    ) throws -> Int32 {
        guard waiting.feed.isOpen else { return endToken }
        return try waiting.decoding.sampler.sample(row, sequence: context, using: &generator)
    }

    /// Sends what a token completes, as far as no stop string may cut it.
    func send(_ completed: String, of token: Int32) {
        let (part, tokens) = text.append(completed, token: logProbability(of: token))
        if !part.isEmpty || !tokens.isEmpty {
            waiting.feed.send(.text(choice: waiting.choice, part, tokens))
        }
    }

    /// Sends the end.
    func finish(_ result: GenerationResult) {
        let (part, tokens) = text.finish(result.text ?? "")
        if !part.isEmpty || !tokens.isEmpty {
            waiting.feed.send(.text(choice: waiting.choice, part, tokens))
        }
        let reason: OpenAIProtocol.FinishReason =
            switch result.finishReason {
            case .stop, .stopString: .stop
            case .length, .context: .length
            }
        waiting.feed.send(.ended(choice: waiting.choice, reason, tokens: result.tokens.count))
    }

    private func logProbability(of token: Int32) -> TokenLogProbability? {
        guard let count = waiting.alternatives, logits.indices.contains(Int(token)) else { return nil }
        let row = CandidateScores(scores: logits)
        let total = row.logSumOfExponentials()
        let alternatives = Self.largest(count, of: logits).map { index in
            TokenLogProbability.Alternative(
                bytes: tokenizer.bytes(for: Int32(truncatingIfNeeded: index)) ?? [],
                logProbability: Double(logits[index]) - total)
        }
        return TokenLogProbability(
            bytes: tokenizer.bytes(for: token) ?? [], logProbability: Double(logits[Int(token)]) - total,
            alternatives: alternatives)
    }

    /// The indices of the largest values in descending order, of equal ones the lowest first. For few of many.
    static func largest(_ count: Int, of values: [Float]) -> [Int] {
        var best: [Int] = []
        guard count > 0 else { return best }
        for (index, value) in values.enumerated() {
            if best.count == count, let last = best.last, value <= values[last] { continue }
            let place = best.firstIndex { values[$0] < value } ?? best.count
            best.insert(index, at: place)
            if best.count > count { best.removeLast() }
        }
        return best
    }
}
