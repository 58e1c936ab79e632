import KeyedPRF
import Marks
import Statistics
import TraceRewriting

extension PromptSearch {
    // MARK: Proposals

    /// The instructions of a round that may be tried, in the order of the round's slots; those of later attempts last.
    func proposals(
        round: Int, shown: [Leaderboard.Entry], baseline: Leaderboard.Entry, judge: inout ProposalJudge,
        refused: inout [String: Int]
    ) async throws -> [String] {
        var found: [String] = []
        var open = Array(0..<options.proposals)
        for attempt in 0..<options.proposalAttempts where !open.isEmpty {
            try await ask(round: round, slots: open, attempt: attempt, shown: shown, baseline: baseline)
            let replies = await journal.state.replies
            var left: [Int] = []
            // In the slots' order, whatever order replies came in.
            for slot in open {
                guard let reply = replies[.init(round: round, slot: slot, attempt: attempt)] else { continue }
                do throws(ProposalRefusal) {
                    found.append(try judge.judge(reply))
                } catch {
                    refused[error.rawValue, default: 0] += 1
                    left.append(slot)
                }
            }
            open = left
        }
        return found
    }

    /// Gets a reply for every slot that has none in the journal yet.
    private func ask(
        round: Int, slots: [Int], attempt: Int, shown: [Leaderboard.Entry], baseline: Leaderboard.Entry
    ) async throws {
        let known = await journal.state.replies
        let missing = slots.filter { known[.init(round: round, slot: $0, attempt: attempt)] == nil }
        guard !missing.isEmpty else { return }
        environment.report("round \(round): asking for \(missing.count) instructions")
        let failures = try await concurrently(missing) { slot in
            let prompt = MetaPrompt.prompt(
                entries: shown, baseline: baseline, proposal: slot, attempt: attempt, options: options)
            var line = JournalLine.Reply(round: round, slot: slot, attempt: attempt)
            do throws(RewriteError) {
                let reply = try await optimizer.complete(
                    prompt, seed: seed(1, UInt64(round) << 32 | UInt64(slot) << 16 | UInt64(attempt)) >> 33,
                    willSend: hook(.optimizer))
                line.text = reply.text
                line.isRefusal = reply.isRefusal || reply.finish == .contentFilter
                line.isCut = reply.finish == .length
                line.promptTokens = reply.usage.prompt
                line.completionTokens = reply.usage.completion
            } catch .failed(let why) {
                return why
            } catch {
                throw Self.translated(error)
            }
            try await journal.append(JournalLine(reply: line))
            return nil
        }
        // An endpoint that answers nobody has to be seen to first; single failures are replies that are no good.
        if failures.count == missing.count, let why = failures.first?.value {
            throw PromptSearchError(.endpoint, "the optimizer answered no request: \(why)")
        }
        for (slot, _) in failures {
            try await journal.append(
                JournalLine(reply: JournalLine.Reply(round: round, slot: slot, attempt: attempt)))
        }
    }

    // MARK: Rewriting

    /// What became of every trace of the sample; nil for the traces as they are.
    func rewrites(_ candidate: SearchCandidate) async throws -> [JournalLine.Rewrite?] {
        if candidate.origin == .original { return sample.traces.map { _ in nil } }
        let known = await journal.state.rewrites
        let missing = sample.traces.indices.filter { known[.init(candidate: candidate.id, item: $0)] == nil }
        if !missing.isEmpty {
            environment.report("candidate \(candidate.id): rewriting \(missing.count) traces")
            let chain = try chain(candidate)
            let failures = try await concurrently(missing) { index in
                let outcome: TurnOutcome
                do throws(RewriteError) {
                    outcome = try await chain.process(
                        sample.traces[index].turn, solution: sample.traces[index].record.solution,
                        seed: seed(2, UInt64(candidate.id) << 32 | UInt64(index)), willSend: hook(.rewriter))
                } catch {
                    throw Self.translated(error)
                }
                let line = JournalLine.Rewrite(candidate, index, outcome)
                if line.reason == Self.endpointFailed { return Self.endpointFailed }
                try await journal.append(JournalLine(rewrite: line))
                return nil
            }
            if failures.count * 2 > missing.count {
                throw PromptSearchError(
                    .endpoint, "the rewriter answered no request for \(failures.count) of \(missing.count) traces")
            }
            for (index, reason) in failures {
                try await journal.append(
                    JournalLine(
                        rewrite: JournalLine.Rewrite(candidate: candidate.id, trace: index, reason: reason)))
            }
        }
        let done = await journal.state.rewrites
        return sample.traces.indices.map { done[.init(candidate: candidate.id, item: $0)] }
    }

    /// The reason that the chain of rewriters gives where the endpoint failed for good.
    private static let endpointFailed = "endpoint_failed"

    private func chain(_ candidate: SearchCandidate) throws -> RewriterChain {
        let template = try InstructionFrame.template(of: candidate, sampling: options.sampling)
        let lexicon = lexicon
        let marks = try TraceMarks(
            order: [], lexicalScheme: LexicalScheme(lexicon: lexicon), triggerShare: 0,
            subkey: { (_: KeyPurpose) throws(KeyedPRFError) -> Subkey in throw .unknownTenant("") })
        return RewriterChain(
            rewriters: [InstructionRewriter(template: template, endpoint: rewriter)], marks: marks,
            gate: AcceptanceGate(
                configuration: options.gate, instructions: [template.instructionText],
                lexiconWord: { lexicon.isLexiconWord($0) }),
            configuration: .init(attempts: options.rewriteAttempts))
    }

    // MARK: Requests

    private func hook(_ endpoint: SearchEndpoint) -> @Sendable () async throws -> Void {
        { [journal] in try await journal.append(JournalLine(sent: JournalLine.Sent(endpoint: endpoint))) }
    }

    private func seed(_ purpose: UInt64, _ number: UInt64) -> UInt64 {
        SeededGenerator.mix(options.seed ^ SeededGenerator.mix(number ^ purpose << 56))
    }

    private static func translated(_ error: RewriteError) -> PromptSearchError {
        switch error {
        case .cancelled: PromptSearchError(.interrupted, "interrupted")
        case .failed(let why), .unavailable(let why): PromptSearchError(.endpoint, why)
        }
    }

    /// Works on items, some at a time, and stops at the first error once those in flight have ended.
    ///
    /// - Parameter body: What to do with an item; the reason of a failure that concerns this item alone, nil for none.
    /// - Returns: those reasons, by the items' order.
    private func concurrently(
        _ items: [Int], _ body: @escaping @Sendable (Int) async throws -> String?
    ) async throws -> [(key: Int, value: String)] {
        try await withThrowingTaskGroup(of: (Int, String?).self) { group in
            var next = 0
            var failures: [Int: String] = [:]
            func start() {
                guard next < items.count else { return }
                let item = items[next]
                next += 1
                group.addTask { (item, try await body(item)) }
            }
            for _ in 0..<max(1, options.concurrency) { start() }
            while let (item, failure) = try await group.next() {
                failures[item] = failure
                start()
            }
            return failures.sorted { $0.key < $1.key }
        }
    }
}

extension JournalLine.Rewrite {
    /// The line of an outcome.
    init(_ candidate: SearchCandidate, _ trace: Int, _ outcome: TurnOutcome) {
        let isRewritten = outcome.state == .rewritten
        self.init(
            candidate: candidate.id, trace: trace, texts: isRewritten ? outcome.texts : nil,
            reason: isRewritten ? nil : outcome.reason, promptTokens: outcome.usage.prompt,
            completionTokens: outcome.usage.completion)
    }
}
