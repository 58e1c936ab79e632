import Answers
import Antidistillation
import Generation

/// One window of problems: from prompts to scored drafts.
extension SampleJob {
    /// The sampled traces of a window, by problem and sample, with forced answers where they had none.
    func sequences(
        of window: Range<Int>, _ sampler: SequenceSampler, onFinish: (GenerationResult) -> Void
    ) throws -> [[SampledSequence]] {
        let places = window.flatMap { problem in (0..<options.samplesPerProblem).map { (problem, $0) } }
        let requests = places.map { problem, sample in
            request(problem, seed: seeds.seed(problem: problem, sample: sample))
        }
        let results = try sampler.run(
            requests, processors: processors, sampler: tokenSampler, onFinish: onFinish)
        var sequences: [SampledSequence] = []
        for (index, result) in results.enumerated() {
            var sequence = sequence(result, problem: places[index].0, seed: requests[index].seed)
            sequence.sample = places[index].1
            sequence.penalty = companions.penalty?.takeReport(of: index)
            sequences.append(sequence)
        }
        try forceAnswers(&sequences, sampler)
        if let markScore = companions.markScore {
            for index in sequences.indices { sequences[index].markScore = try markScore(sequences[index].text) }
        }
        let perProblem = options.samplesPerProblem
        return stride(from: 0, to: sequences.count, by: perProblem).map { Array(sequences[$0..<$0 + perProblem]) }
    }

    private func request(_ problem: Int, seed: UInt64) -> GenerationRequest {
        GenerationRequest(
            prompt: problems.prompts[problem], seed: seed, maxNewTokens: options.maxNewTokens,
            stopTokens: format.stopTokens(tokenizer), stopStrings: options.stopStrings)
    }

    private func sequence(_ result: GenerationResult, problem: Int, seed: UInt64) -> SampledSequence {
        SampledSequence(
            problem: problem, sample: 0, seed: seed, tokens: result.tokens,
            text: format.completionOpening + (result.text ?? tokenizer.decode(result.contentTokens)),
            finishReason: result.finishReason, sampledCount: result.tokens.count,
            logProbability: (result.logProbabilities ?? []).reduce(0) { $0 + Double($1) },
            drawnCount: result.tokens.count)
    }

    /// Appends the forcing string to traces that mark no answer, and what the unpenalised teacher then writes greedily.
    private func forceAnswers(_ sequences: inout [SampledSequence], _ sampler: SequenceSampler) throws {
        guard let forcing = options.answerForcing else { return }
        let open = AnswerForcer(
            forcing: forcing, tokenizer: tokenizer, format: format, maxNewTokens: options.forcedAnswerTokens,
            stopStrings: options.stopStrings, forcesAll: options.forcesEveryAnswer)
        try open.force(&sequences, prompts: problems.prompts, contextLength: problems.contextLength, sampler)
    }

    // MARK: Answers

    /// The right answer of each problem of a window, nil where there is none.
    func references(
        of window: Range<Int>, _ drafts: [[SampledSequence]], _ sampler: SequenceSampler
    ) throws -> [String?] {
        let gold = window.map { problems.problems[$0].answer }
        guard let rule = options.drafts else { return gold }
        var greedy = [String?](repeating: nil, count: window.count)
        let open = gold.indices.filter { gold[$0] == nil }
        if rule.reference == .greedy, !open.isEmpty {
            let results = try sampler.run(
                open.map { request(window.lowerBound + $0, seed: 0) },
                processors: DecodingOptions.greedy.processors(), sampler: DecodingOptions.greedy.sampler)
            var sequences = zip(open, results).map { sequence($1, problem: window.lowerBound + $0, seed: 0) }
            try forceAnswers(&sequences, sampler)
            for (index, sequence) in zip(open, sequences) { greedy[index] = sequence.answer }
        }
        return window.indices.map { problem in
            let index = problem - window.lowerBound
            return ReferenceAnswer.choose(
                gold: gold[index], greedy: greedy[index], drafts: drafts[index].map(\.draft), agrees: Self.agree)
        }
    }

    static func agree(_ a: String, _ b: String) -> Bool {
        AnswerEquivalence.compare(a, b) == .equal
    }

    // MARK: Derivatives

    /// Computes Σ Δ of every draft that may be released.
    func score(
        _ drafts: inout [[SampledSequence]], references: [String?], shouldStop: () -> Bool
    ) throws {
        guard let scorer = companions.scorer, let vocabulary = companions.vocabulary,
            options.drafts?.rule.needsDerivatives == true || options.scoresTraces
        else { return }
        var places: [(Int, Int)] = []
        for (index, sequences) in drafts.enumerated() {
            let right = sequences.indices.filter { draft in
                options.drafts == nil
                    || references[index].map { FinalAnswer.isRight(sequences[draft].answer, reference: $0) } ?? false
            }
            let isKept = options.drafts?.onEmpty == .keepBest
            places += (right.isEmpty && isKept ? Array(sequences.indices) : right).map { (index, $0) }
        }
        for start in stride(from: 0, to: places.count, by: options.slots) {
            if shouldStop() { throw TraceGenerationError(.interrupted, "") }
            let batch = places[start..<min(places.count, start + options.slots)]
            let scores = try scorer.score(
                batch.map { problem, draft in
                    let sequence = drafts[problem][draft]
                    return TeacherForcedSequence(
                        prompt: vocabulary.proxyTokens(problems.prompts[sequence.problem]),
                        completion: vocabulary.proxyTokens(sequence.tokens))
                })
            for ((problem, draft), values) in zip(batch, scores) {
                drafts[problem][draft].derivativeSum = values.reduce(0) { $0 + Double($1) }
            }
        }
    }
}
