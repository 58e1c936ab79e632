import Antidistillation

/// From drafts to released lines, and what is counted on the way.
extension SampleJob {
    /// What is written of one problem.
    struct Release {
        /// One for every trace, or the chosen draft's, or none.
        var lines: [SampledTrace] = []
        /// The drafts that could have been released, if they are kept.
        var candidates: [CandidateLine] = []
    }

    /// Chooses what is released of one problem.
    func release(
        _ drafts: [SampledSequence], of problem: Int, reference: String?, counting tally: inout SampleTally
    ) -> Release {
        let gold = problems.problems[problem].answer
        tally.problems += 1
        for draft in drafts {
            tally.sequences += 1
            tally.sampledTokens += draft.drawnCount
            if draft.isForced { tally.forced += 1 }
            if let penalty = draft.penalty { tally.penalty.add(penalty) }
            if let gold {
                tally.gradedSequences += 1
                if FinalAnswer.isRight(draft.answer, reference: gold) { tally.rightSequences += 1 }
            }
        }
        let right = drafts.filter { draft in
            reference.map { FinalAnswer.isRight(draft.answer, reference: $0) } ?? false
        }
        var released = drafts
        if options.drafts != nil {
            if right.isEmpty { tally.withoutRightDraft += 1 }
            released = chosen(drafts, of: problem, reference: right.isEmpty ? nil : reference).map { [$0] } ?? []
        }
        var release = Release()
        for draft in released {
            let isRight = gold.map { FinalAnswer.isRight(draft.answer, reference: $0) }
            if options.keepsOnlyRight, isRight == false {
                tally.filtered += 1
                continue
            }
            count(draft, isRight: isRight, in: &tally)
            release.lines.append(line(draft, isRight: isRight, right: right.count))
        }
        if options.keepsCandidates {
            // With a filter for the known answer, what a majority chose may still have been held back.
            let chosen = release.lines.isEmpty ? nil : released.first?.sample
            release.candidates = right.map { candidate($0, isReleased: $0.sample == chosen) }
        }
        return release
    }

    /// The draft that is released, nil for none.
    private func chosen(_ drafts: [SampledSequence], of problem: Int, reference: String?) -> SampledSequence? {
        guard let rule = options.drafts, reference != nil || rule.onEmpty == .keepBest else { return nil }
        // The seed after those of the drafts themselves.
        let selection = rule.selection(seed: seeds.seed(problem: problem, sample: options.samplesPerProblem))
        let index = selection.choose(among: drafts.map(\.draft), reference: reference, agrees: Self.agree)
        return index.map { drafts[$0] }
    }

    private func count(_ draft: SampledSequence, isRight: Bool?, in tally: inout SampleTally) {
        tally.traces += 1
        tally.traceTokens += draft.tokens.count
        tally.finishReasons[draft.finishReason, default: 0] += 1
        tally.logProbability += draft.logProbability
        tally.logProbabilityTokens += draft.sampledCount
        if let isRight {
            tally.graded += 1
            if isRight { tally.right += 1 }
        }
        if let sum = draft.derivativeSum {
            tally.derivativeSum += sum
            tally.derivativeTraces += 1
        }
    }

    private func candidate(_ draft: SampledSequence, isReleased: Bool) -> CandidateLine {
        let problem = problems.problems[draft.problem]
        return CandidateLine(
            problem: problem.text, id: problem.id, index: draft.problem, trace: draft.text, sample: draft.sample,
            tokens: draft.tokens.count, tokenIds: draft.tokens, released: isReleased,
            deltaSum: draft.derivativeSum.map(LineCoding.rounded), markScore: draft.markScore.map(LineCoding.rounded))
    }

    private func line(_ draft: SampledSequence, isRight: Bool?, right: Int) -> SampledTrace {
        let problem = problems.problems[draft.problem]
        let rounded = LineCoding.rounded
        var line = SampledTrace(
            problem: problem.text, trace: draft.text, solution: problem.solution, id: problem.id, seed: draft.seed,
            finishReason: draft.finishReason, tokens: draft.tokens.count,
            logProb: rounded(draft.sampledCount > 0 ? draft.logProbability / Double(draft.sampledCount) : 0))
        if options.samplesPerProblem > 1 { line.sample = draft.sample }
        line.correct = isRight
        line.forced = draft.isForced ? true : nil
        line.kl = draft.penalty.map { rounded($0.meanDivergence) }
        line.entropy = draft.penalty.map { rounded($0.meanEntropy) }
        line.lambda = draft.penalty.map { rounded($0.meanLambda) }
        line.tokenIds = options.keepsTokenIDs ? draft.tokens : nil
        line.deltaSum = draft.derivativeSum.map(rounded)
        line.markScore = draft.markScore.map(rounded)
        if options.drafts != nil {
            line.drafts = options.samplesPerProblem
            line.rightDrafts = right
        }
        return line
    }
}
