/// The state of one run of a ``GenerationLoop``: which sequences hold which slots, and the storage of a step.
final class GenerationRun {
    private let loop: GenerationLoop
    private let session: any DecodingSession
    private let capacity: Int
    private let vocabulary: Int
    var summary = GenerationLoop.Summary()

    /// Parallel: the running sequences, those whose prompt is still to be fed at the end.
    private var contexts: [SequenceContext] = []
    private var states: [RunningSequence] = []
    /// Free slots, the lowest last.
    private var freeSlots: [Int]
    private var nextIndex = 0
    /// A request that did not fit into the step's prompt tokens.
    private var waiting: GenerationRequest?
    private var sourceIsEmpty = false

    // Storage that is kept between steps.
    private var chunks: [DecodingChunk] = []
    private var logits = LogitsMatrix()
    private var promptLogits = LogitsMatrix()
    private var rows: [CandidateScores] = []
    private var spareRows: [CandidateScores] = []

    init(loop: GenerationLoop, session: any DecodingSession, slots: Int, capacity: Int) {
        self.loop = loop
        self.session = session
        self.capacity = capacity
        vocabulary = loop.model.vocabularySize
        freeSlots = (0..<slots).reversed()
    }

    /// Whether no sequence is running. After ``admit(_:)`` this means that there is nothing left to do.
    var isIdle: Bool { contexts.isEmpty }

    /// Gives free slots to requests.
    ///
    /// - Returns: The results of requests that leave nothing to sample.
    func admit(_ next: () throws -> GenerationRequest?) throws -> [GenerationResult] {
        var results: [GenerationResult] = []
        var promptTokens = 0
        while let slot = freeSlots.last, let request = try waiting ?? pull(next) {
            waiting = nil
            if request.maxNewTokens == 0 || request.prompt.count >= capacity {
                results.append(emptyResult(request))
                continue
            }
            promptTokens += request.prompt.count
            if promptTokens > loop.promptTokensPerStep, promptTokens > request.prompt.count {
                waiting = request
                break
            }
            let context = SequenceContext(slot: slot, index: takeIndex(), prompt: request.prompt)
            do {
                for processor in loop.allProcessors { try processor.begin(context) }
            } catch {
                for processor in loop.allProcessors { processor.end(context) }
                throw error
            }
            freeSlots.removeLast()
            contexts.append(context)
            states.append(RunningSequence(request, capacity: capacity, decoder: loop.makeTextDecoder?()))
        }
        // What is delivered may bring new requests.
        if !results.isEmpty { sourceIsEmpty = false }
        summary.finished += results.count
        return results
    }

    /// Samples one token for every running sequence.
    ///
    /// - Returns: The results of the sequences that have ended.
    func step() throws -> [GenerationResult] {
        let continuing = try feed()
        try sampleTokens(continuing: continuing)
        summary.steps += 1
        return removeFinished()
    }

    /// Tells the processors that what is still running is given up.
    func abandon() {
        for context in contexts {
            for processor in loop.allProcessors { processor.end(context) }
            session.reset(slot: context.slot)
        }
        contexts.removeAll()
        states.removeAll()
    }

    // MARK: - Parts of a step

    private func pull(_ next: () throws -> GenerationRequest?) throws -> GenerationRequest? {
        guard !sourceIsEmpty || loop.asksAtEveryStep else { return nil }
        guard let request = try next() else {
            sourceIsEmpty = true
            return nil
        }
        try loop.check(request, index: nextIndex)
        return request
    }

    private func takeIndex() -> Int {
        defer { nextIndex += 1 }
        return nextIndex
    }

    private func emptyResult(_ request: GenerationRequest) -> GenerationResult {
        GenerationResult(
            index: takeIndex(), tokens: [], finishReason: request.maxNewTokens == 0 ? .length : .context,
            text: loop.makeTextDecoder == nil ? nil : "",
            logProbabilities: loop.recordsLogProbabilities ? [] : nil,
            samplingLogProbabilities: loop.recordsLogProbabilities ? [] : nil)
    }

    /// Feeds newest tokens and new prompts to the model.
    ///
    /// - Returns: How many sequences have their row in `logits`; the others' rows are in `promptLogits`.
    private func feed() throws -> Int {
        let continuing = states.firstIndex { $0.isFresh } ?? states.count
        prepareChunks()
        for i in continuing..<states.count {
            states[i].isFresh = false
            summary.promptTokens += contexts[i].prompt.count
        }
        if continuing == 0 || continuing == chunks.count || session.takesRaggedChunks {
            try extend(chunks, into: &logits)
            return chunks.count
        }
        try extend(Array(chunks[..<continuing]), into: &logits)
        try extend(Array(chunks[continuing...]), into: &promptLogits)
        return continuing
    }

    /// One chunk per sequence, in order. A chunk of one token keeps its storage from the step before.
    private func prepareChunks() {
        if chunks.count > contexts.count { chunks.removeLast(chunks.count - contexts.count) }
        for i in contexts.indices {
            if states[i].isFresh {
                let chunk = DecodingChunk(slot: contexts[i].slot, tokens: contexts[i].prompt)
                if i < chunks.count { chunks[i] = chunk } else { chunks.append(chunk) }
            } else if let token = contexts[i].generated.last {
                if i < chunks.count, chunks[i].tokens.count == 1 {
                    chunks[i].slot = contexts[i].slot
                    chunks[i].tokens[0] = token
                } else if i < chunks.count {
                    chunks[i] = DecodingChunk(slot: contexts[i].slot, tokens: [token])
                } else {
                    chunks.append(DecodingChunk(slot: contexts[i].slot, tokens: [token]))
                }
            }
        }
    }

    private func extend(_ chunks: [DecodingChunk], into logits: inout LogitsMatrix) throws {
        try session.extend(chunks, into: &logits)
        guard logits.rows == chunks.count, logits.columns == vocabulary else {
            throw GenerationError.wrongShape(
                rows: logits.rows, columns: logits.columns, expectedRows: chunks.count, expectedColumns: vocabulary)
        }
    }

    private func withLogits<Result>(
        _ i: Int, continuing: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        i < continuing ? try logits.withRow(i, body) : try promptLogits.withRow(i - continuing, body)
    }

    private func sampleTokens(continuing: Int) throws {
        while rows.count > contexts.count { spareRows.append(rows.removeLast()) }
        while rows.count < contexts.count { rows.append(spareRows.popLast() ?? CandidateScores()) }
        for i in contexts.indices {
            try withLogits(i, continuing: continuing) {
                try loop.preparation.read($0, into: &rows[i], sequence: contexts[i])
            }
        }
        for processor in loop.preparation.processors {
            try processor.process(&rows, sequences: contexts)
            guard rows.count == contexts.count else {
                throw GenerationError.brokenContract("a logits processor changed the number of rows")
            }
        }
        for i in contexts.indices {
            let token = try loop.sampler.sample(rows[i], sequence: contexts[i], using: &states[i].generator)
            guard token >= 0, Int(token) < vocabulary else {
                throw GenerationError.brokenContract(
                    "the sampler gave token \(token), outside the model's vocabulary of \(vocabulary)")
            }
            if loop.recordsLogProbabilities {
                let logProbability = withLogits(i, continuing: continuing) { logits in
                    Float(Double(logits[Int(token)]) - VectorMath.logSumOfExponentials(logits))
                }
                states[i].record(
                    logProbability: logProbability, samplingLogProbability: rows[i].logProbability(of: token))
            }
            contexts[i].generated.append(token)
            if let text = states[i].accept(token, in: contexts[i]) { try loop.onText?(contexts[i], token, text) }
        }
        summary.newTokens += contexts.count
    }

    private func removeFinished() -> [GenerationResult] {
        guard states.contains(where: { $0.finishReason != nil }) else { return [] }
        var results: [GenerationResult] = []
        var kept = 0
        for i in contexts.indices {
            guard states[i].finishReason == nil else {
                for processor in loop.allProcessors { processor.end(contexts[i]) }
                session.reset(slot: contexts[i].slot)
                freeSlots.append(contexts[i].slot)
                results.append(
                    states[i].result(contexts[i], withLogProbabilities: loop.recordsLogProbabilities))
                continue
            }
            if kept < i {
                contexts.swapAt(kept, i)
                states.swapAt(kept, i)
            }
            kept += 1
        }
        contexts.removeLast(contexts.count - kept)
        states.removeLast(states.count - kept)
        freeSlots.sort(by: >)
        summary.finished += results.count
        sourceIsEmpty = false
        return results
    }
}
