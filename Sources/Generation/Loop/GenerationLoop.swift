/// Decodes many requests on a few slots: a slot that becomes free takes the next request while the others go on.
///
/// Every sequence has its own generator, and no row looks at another, so a request's tokens depend on its prompt, its seed
/// and its limits, not on the number of slots or on what runs beside it.
///
/// A loop runs one job at a time; it is not for use from several threads at once.
public final class GenerationLoop {
    /// Why the requests of one call were no longer all decoded, and how much was.
    public struct Summary: Hashable, Sendable {
        /// Sequences that ended.
        public var finished = 0
        /// Tokens of prompts that were fed.
        public var promptTokens = 0
        /// Tokens that were sampled, those of sequences given up included.
        public var newTokens = 0
        /// Calls of the processors; one token per running sequence each.
        public var steps = 0
        /// Whether the caller stopped the run. Sequences that were running then are not delivered.
        public var wasStopped = false
    }

    let model: any CausalLanguageModel
    let preparation: RowPreparation
    let allProcessors: [any LogitsProcessor]
    let sampler: any TokenSampler
    let recordsLogProbabilities: Bool
    let makeTextDecoder: (() -> any IncrementalTextDecoder)?
    /// The most sequences that are decoded together.
    public let slots: Int
    /// The most prompt tokens that one step feeds, unless a single prompt is longer: bounds the memory that a step needs.
    public var promptTokensPerStep = 8192
    /// Whether the source is asked before every step while slots are free, not only after deliveries: for a source to which
    /// requests come from elsewhere.
    public var asksAtEveryStep = false
    /// Told of the text of every token but stop tokens as soon as it was sampled: for who passes text on while it grows. The
    /// text may be empty, and hold what a stop string will cut. Needs a text decoder.
    public var onText: ((_ sequence: SequenceContext, _ token: Int32, _ text: String) throws -> Void)?

    /// - Parameters:
    ///   - model: What is decoded.
    ///   - processors: Run in this order. Temperature and top-k in front need no copy of the model's row.
    ///   - sampler: Chooses the tokens.
    ///   - slots: The most sequences that are decoded together; at least 1.
    ///   - recordsLogProbabilities: Whether results carry log-probabilities. They cost two passes over the vocabulary.
    ///   - makeTextDecoder: Makes a decoder per sequence. Without it results have no text, and no stop strings are allowed.
    /// - Throws: ``GenerationError/invalidParameter(name:value:allowed:)``.
    public init(
        model: any CausalLanguageModel, processors: [any LogitsProcessor] = [],
        sampler: any TokenSampler = CategoricalSampler(), slots: Int, recordsLogProbabilities: Bool = false,
        makeTextDecoder: (() -> any IncrementalTextDecoder)? = nil
    ) throws {
        guard slots >= 1 else {
            throw GenerationError.invalidParameter(name: "slots", value: "\(slots)", allowed: "at least 1")
        }
        self.model = model
        self.sampler = sampler
        self.slots = slots
        self.recordsLogProbabilities = recordsLogProbabilities
        self.makeTextDecoder = makeTextDecoder
        allProcessors = processors
        preparation = RowPreparation(
            processors: processors, sampler: sampler, needsProbabilities: recordsLogProbabilities)
    }

    /// Decodes an array of requests.
    ///
    /// - Parameters:
    ///   - requests: All of them are checked before the first is begun.
    ///   - shouldStop: Asked between steps.
    /// - Returns: The results in the order of the requests; without those that had not ended when `shouldStop` said so.
    /// - Throws: ``GenerationError`` for a request that cannot be decoded, before any is; what model and processors throw.
    public func generate(
        _ requests: [GenerationRequest], shouldStop: () -> Bool = { false }
    ) throws -> [GenerationResult] {
        for (index, request) in requests.enumerated() { try check(request, index: index) }
        var results: [GenerationResult] = []
        results.reserveCapacity(requests.count)
        var position = 0
        try run(
            capacity: requests.map { saturatingSum($0.prompt.count, $0.maxNewTokens) }.max() ?? 1,
            slots: min(slots, max(1, requests.count)), shouldStop: shouldStop,
            next: {
                guard position < requests.count else { return nil }
                defer { position += 1 }
                return requests[position]
            },
            deliver: { results.append($0) })
        return results.sorted { $0.index < $1.index }
    }

    /// Decodes requests from a source and delivers each result as soon as its sequence ends.
    ///
    /// - Parameters:
    ///   - capacity: The most tokens of one sequence, prompt and continuation; the model's context at most, and if nil.
    ///   - shouldStop: Asked between steps.
    ///   - next: The next request, or nil if there is none for now: it is asked again after every delivery, so that a result
    ///     may lead to further requests. The run ends when nothing runs and there is no request.
    ///   - deliver: Takes the results; not in the order of the requests.
    /// - Throws: ``GenerationError``, and what the model, processors and closures throw. Nothing is left running.
    @discardableResult
    public func run(
        capacity: Int? = nil, shouldStop: () -> Bool = { false }, next: () throws -> GenerationRequest?,
        deliver: (GenerationResult) throws -> Void
    ) throws -> Summary {
        try run(capacity: capacity, slots: slots, shouldStop: shouldStop, next: next, deliver: deliver)
    }

    @discardableResult
    private func run(
        capacity: Int?, slots: Int, shouldStop: () -> Bool, next: () throws -> GenerationRequest?,
        deliver: (GenerationResult) throws -> Void
    ) throws -> Summary {
        let capacity = min(capacity ?? model.contextLength, model.contextLength)
        guard capacity >= 1 else {
            throw GenerationError.invalidParameter(name: "capacity", value: "\(capacity)", allowed: "at least 1")
        }
        let run = GenerationRun(
            loop: self, session: try model.makeSession(slots: slots, capacity: capacity), slots: slots,
            capacity: capacity)
        defer { run.abandon() }
        while true {
            let empty = try run.admit(next)
            for result in empty { try deliver(result) }
            if run.isIdle {
                if empty.isEmpty { break }
                continue
            }
            if shouldStop() {
                run.summary.wasStopped = true
                break
            }
            for result in try run.step() { try deliver(result) }
        }
        return run.summary
    }

    /// Whether a request can be carried out, as far as that can be told before.
    func check(_ request: GenerationRequest, index: Int) throws {
        func invalid(_ reason: String) -> GenerationError { .invalidRequest(index: index, reason: reason) }
        guard !request.prompt.isEmpty else { throw invalid("the prompt is empty") }
        let vocabulary = model.vocabularySize
        if let token = request.prompt.first(where: { $0 < 0 || Int($0) >= vocabulary }) {
            throw invalid("token \(token) of the prompt is outside the model's vocabulary of \(vocabulary)")
        }
        guard request.maxNewTokens >= 0 else { throw invalid("max_new_tokens is \(request.maxNewTokens)") }
        guard !request.stopStrings.contains("") else { throw invalid("a stop string is empty") }
        guard request.stopStrings.isEmpty || makeTextDecoder != nil else {
            throw invalid("stop strings need a text decoder")
        }
    }

    private func saturatingSum(_ a: Int, _ b: Int) -> Int {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : sum
    }
}
