import KeyedPRF
import Marks
import TraceRewriting

/// The search for an instruction (rewriting specification, "Prompt search"): an optimiser proposes instructions from
/// scored history, a rewriter follows each on a sample of traces, students that learn from the result score it.
///
/// Everything that was asked or trained stands in the journal, and everything else follows from it: a search that was
/// killed at any moment goes on where it stopped, and ends with the same leaderboard as one that was not if the endpoints
/// answer the same.
package struct PromptSearch: Sendable {
    /// What a search is told from outside, and tells.
    package struct Environment: Sendable {
        /// Seconds since some fixed moment.
        package var now: @Sendable () -> Double
        /// Told of every new leaderboard; what it throws ends the search.
        package var didChange: @Sendable (Leaderboard) throws -> Void
        /// Told what is being done, in a few words.
        package var report: @Sendable (String) -> Void
        /// By endpoint.
        package var prices: [SearchEndpoint: TokenPrice]

        package init(
            now: @escaping @Sendable () -> Double,
            didChange: @escaping @Sendable (Leaderboard) throws -> Void = { _ in },
            report: @escaping @Sendable (String) -> Void = { _ in }, prices: [SearchEndpoint: TokenPrice] = [:]
        ) {
            self.now = now
            self.didChange = didChange
            self.report = report
            self.prices = prices
        }
    }

    /// How a search ended.
    package struct Result: Sendable {
        /// What was tried.
        package var leaderboard: Leaderboard
        /// The round whose proposals were all refused, after which the search stopped; nil if all rounds were done.
        package var emptyRound: Int?
        /// Seconds of training and judging, over all runs.
        package var trainingSeconds: Double
    }

    let options: SearchOptions
    let sample: SearchSample
    let optimizer: any CompletionEndpoint
    let rewriter: any CompletionEndpoint
    let scorer: any InstructionScorer
    let journal: SearchJournal
    let environment: Environment
    let lexicon: Lexicon
    private let starting: [String]

    /// - Parameters:
    ///   - options: What to do.
    ///   - sample: The traces to try instructions on.
    ///   - starting: The first instructions.
    ///   - optimizer: Proposes instructions.
    ///   - rewriter: Follows them.
    ///   - scorer: Trains students.
    ///   - journal: What earlier runs did; see ``settings(options:sample:starting:scorer:)``.
    ///   - environment: Clock and listeners.
    /// - Throws: ``PromptSearchError`` with code `options` for a starting instruction that may not be tried.
    package init(
        options: SearchOptions, sample: SearchSample, starting: [String], optimizer: any CompletionEndpoint,
        rewriter: any CompletionEndpoint, scorer: any InstructionScorer, journal: SearchJournal,
        environment: Environment
    ) throws(PromptSearchError) {
        let judge = ProposalJudge(sample: sample, options: options)
        for (number, instruction) in starting.enumerated() {
            do throws(ProposalRefusal) { try judge.check(instruction) } catch {
                throw PromptSearchError(
                    .options, "starting instruction \(number + 1) may not be tried: \(error.rawValue)")
            }
        }
        do {
            lexicon = try Lexicon.bundled()
        } catch {
            throw PromptSearchError(.options, "\(error)")
        }
        self.options = options
        self.sample = sample
        self.starting = starting
        self.optimizer = optimizer
        self.rewriter = rewriter
        self.scorer = scorer
        self.journal = journal
        self.environment = environment
    }

    /// Runs to the end, from where an earlier run stopped.
    ///
    /// - Throws: ``PromptSearchError``, and what the scorer and the listeners throw.
    package func run() async throws -> Result {
        var entries: [Leaderboard.Entry] = []
        var refused: [String: Int] = [:]
        let original = SearchCandidate(id: 0, round: 0, origin: .original, instruction: "")
        let baseline = try await entry(original)
        func publish(round: Int) async throws {
            let state = await journal.state
            try environment.didChange(board(baseline, entries, refused, rounds: round, state))
        }
        for (index, instruction) in starting.enumerated() {
            entries.append(
                try await entry(
                    SearchCandidate(id: index + 1, round: 0, origin: .start, instruction: instruction)))
            try await publish(round: 0)
        }
        var judge = ProposalJudge(sample: sample, options: options)
        for instruction in starting { judge.add(instruction) }
        var emptyRound: Int?
        for round in stride(from: 1, through: options.rounds, by: 1) {
            let shown = Leaderboard.ranked(entries)
            let found = try await proposals(
                round: round, shown: shown, baseline: baseline, judge: &judge, refused: &refused)
            guard !found.isEmpty else {
                emptyRound = round
                break
            }
            for instruction in found {
                let id = (entries.map(\.candidate.id).max() ?? 0) + 1
                entries.append(
                    try await entry(
                        SearchCandidate(id: id, round: round, origin: .proposed, instruction: instruction)))
                try await publish(round: round - 1)
            }
            try await publish(round: round)
        }
        let state = await journal.state
        let done = emptyRound.map { $0 - 1 } ?? options.rounds
        let result = board(baseline, entries, refused, rounds: done, state)
        try environment.didChange(result)
        return Result(leaderboard: result, emptyRound: emptyRound, trainingSeconds: state.trainingSeconds)
    }

    /// The Markdown of the best candidate's template, noted in the journal before it is written anywhere.
    ///
    /// - Parameters:
    ///   - best: The entry.
    ///   - name: The template's name.
    ///   - source: What is known of the search.
    package func winner(_ best: Leaderboard.Entry, name: String, source: String) async throws -> String {
        let markdown = InstructionFrame.markdown(
            instruction: best.candidate.instruction, name: name,
            purpose: "The instruction that a prompt search found to cost students most.", source: source,
            sampling: options.sampling)
        // What cannot be loaded again must not be written.
        _ = try PromptTemplate(markdown: markdown, file: name)
        let line = JournalLine.Winner(candidate: best.candidate.id, sha256: SHA256Digest.of(markdown).hex)
        if await journal.state.winner != line { try await journal.append(JournalLine(winner: line)) }
        return markdown
    }

    private func board(
        _ baseline: Leaderboard.Entry, _ entries: [Leaderboard.Entry], _ refused: [String: Int], rounds: Int,
        _ state: SearchState
    ) -> Leaderboard {
        Leaderboard(
            measure: options.measure, penalty: options.penalty, rounds: rounds, baseline: baseline,
            entries: Leaderboard.ranked(entries), refused: refused,
            cost: Leaderboard.cost(state, prices: environment.prices))
    }

    // MARK: Scoring

    /// Rewrites the sample, trains the students, and adds up.
    private func entry(_ candidate: SearchCandidate) async throws -> Leaderboard.Entry {
        let rewrites = try await rewrites(candidate)
        let records = zip(sample.traces, rewrites).map { trace, rewrite in
            trace.released(rewrite?.texts ?? trace.turn.fields.map(\.text))
        }
        var students: [StudentScore] = []
        for student in 0..<scorer.students {
            students.append(try await score(student, candidate, records))
        }
        let harms = students.compactMap { $0.harm(options.measure) }
        guard harms.count == students.count, !harms.isEmpty else {
            throw PromptSearchError(
                .options, "a student of candidate \(candidate.id) has no \(options.measure.rawValue) that is a number")
        }
        let isOriginal = candidate.origin == .original
        let lost = isOriginal ? [] : rewrites.filter { $0?.texts == nil }
        let harm = harms.reduce(0, +) / Double(harms.count)
        var reasons: [String: Int] = [:]
        for rewrite in lost { reasons[rewrite?.reason ?? "unknown", default: 0] += 1 }
        let share = Double(lost.count) / Double(sample.traces.count)
        return Leaderboard.Entry(
            candidate: candidate, score: harm - options.penalty * share, harm: harm, students: students,
            sample: sample.traces.count, lost: lost.count, reasons: reasons)
    }

    private func score(
        _ student: Int, _ candidate: SearchCandidate, _ records: [[UInt8]]
    ) async throws -> StudentScore {
        let key = SearchState.PairKey(candidate: candidate.id, item: student)
        if let done = await journal.state.scores[key] { return done.result }
        environment.report("candidate \(candidate.id): training student \(student + 1) of \(scorer.students)")
        let start = environment.now()
        let result: StudentScore
        do {
            result = try await scorer.score(student: student, candidate: candidate.id, records: records)
        } catch is CancellationError {
            throw PromptSearchError(.interrupted, "interrupted")
        }
        // To the millisecond, so that a line is the same bytes on a clock that is injected.
        let seconds = ((environment.now() - start) * 1_000).rounded() / 1_000
        try await journal.append(
            JournalLine(
                score: JournalLine.Score(
                    candidate: candidate.id, student: student, result: result, seconds: seconds)))
        return result
    }
}
