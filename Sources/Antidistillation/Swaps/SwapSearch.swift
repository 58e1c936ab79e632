import Statistics
import TraceRewriting

/// Looks for the swaps that raise J of a trace most: rank by a gain, evaluate the best of each position by true J or trust
/// the gain, take the best of them, and begin again with what is left of the budget. A pure function of trace, models and
/// seed.
public struct SwapSearch: Sendable {
    /// How a search runs.
    public struct Settings: Hashable, Sendable {
        /// What swaps are ranked by.
        public var gain: SwapGain
        /// The share of the tokens of completions that may be exchanged. What is left of a token decides by chance whether
        /// a trace gets one more, so that short traces come to the same share as long ones.
        public var tokenBudget: Double
        /// Tokens per position that are evaluated by true J; 0 takes the best by gain as they are.
        public var candidates: Int
        /// Positions that are evaluated by true J for every token that may still be exchanged, those with the largest
        /// gains; nil for all positions.
        public var positionsPerSwap: Int?
        /// For `rhb`: what a nat of the teacher's log-probability is worth, in the same units as J.
        public var logProbabilityWeight: Double
        /// How much less probable a swap may make the trace for the teacher, in nats; nil for no bound.
        public var maximumDrop: Double?

        /// Creates settings.
        public init(
            gain: SwapGain, tokenBudget: Double = 0.1, candidates: Int = 0, positionsPerSwap: Int? = nil,
            logProbabilityWeight: Double = 0, maximumDrop: Double? = nil
        ) {
            self.gain = gain
            self.positionsPerSwap = positionsPerSwap
            self.tokenBudget = tokenBudget
            self.candidates = candidates
            self.logProbabilityWeight = logProbabilityWeight
            self.maximumDrop = maximumDrop
        }

        /// The tokens that may be exchanged in a completion, end token included in its length; over all seeds, the
        /// budget's share of them on the average. The same for every gain.
        public func budget(ofLength count: Int, seed: UInt64) -> Int {
            let share = max(0, min(1, tokenBudget)) * Double(max(0, count - 1))
            // 0.1 · 30 must be 3 although the nearest double is less.
            if abs(share - share.rounded()) < 1e-9 { return Int(share.rounded()) }
            let whole = share.rounded(.down)
            var generator = SeededGenerator(seed: seed ^ Self.roundingDomain)
            return Int(whole) + (Double.random(in: 0..<1, using: &generator) < share - whole ? 1 : 0)
        }

        /// Keeps the draw apart from those of `random`, which begin with the same seed.
        private static let roundingDomain: UInt64 = 0x726F_756E_6469_6E67
    }

    /// What came out.
    public struct Result: Hashable, Sendable {
        /// The texts of the turn's fields.
        public var texts: [String]
        /// The completion with the swaps in it.
        public var completion: [Int32]
        /// What was done.
        public var measures: SwapMeasures
    }

    /// How it runs.
    public let settings: Settings

    /// A search with those settings.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// Runs a search.
    ///
    /// - Parameters:
    ///   - text: The trace.
    ///   - scorer: The models.
    ///   - seed: Decides what `random` does, and how the budget is rounded.
    ///   - shouldStop: Asked between evaluations; true ends the search with `CancellationError`.
    /// - Throws: what the scorer throws, `CancellationError`, and `RewriteError` for a trace that cannot be put together.
    public func run(
        _ text: SwapText, scorer: any SwapScorer, seed: UInt64, shouldStop: () -> Bool = { false }
    ) throws -> Result {
        var state = State(
            completion: text.completion, open: text.sites,
            objective: try scorer.objectives(of: text, completions: [text.completion]).first ?? 0,
            logProbability: try scorer.logProbabilities(of: text, completions: [text.completion]).first)
        let before = state
        let budget = settings.budget(ofLength: text.completion.count, seed: seed)
        if settings.gain == .random {
            try exchangeAtRandom(text, scorer, budget, seed, &state, shouldStop)
        } else {
            while state.swaps < budget, !state.open.isEmpty {
                if shouldStop() { throw CancellationError() }
                guard try exchangeBest(text, scorer, budget - state.swaps, &state, shouldStop) else { break }
            }
        }
        if !evaluatesSwaps, state.swaps > 0 {
            state.objective = try scorer.objectives(of: text, completions: [state.completion]).first ?? 0
        }
        if !evaluatesSwaps || !asksTeacher, before.logProbability != nil {
            state.logProbability = try scorer.logProbabilities(of: text, completions: [state.completion]).first
        }
        var measures = SwapMeasures(
            tokens: text.completion.count - 1, swaps: state.swaps, objectiveBefore: before.objective,
            objectiveAfter: state.objective)
        if let old = before.logProbability, let new = state.logProbability { measures.logProbabilityDrop = old - new }
        guard let texts = text.texts(of: state.completion) else {
            throw RewriteError.failed("the trace cannot be put together again from its tokens")
        }
        return Result(texts: texts, completion: state.completion, measures: measures)
    }

    private struct State {
        var completion: [Int32]
        var open: [SwapText.Site]
        var swaps = 0
        var objective: Double
        var logProbability: Double?

        mutating func take(_ swaps: [TokenSwap], _ objective: Double, _ logProbability: Double?) {
            for swap in swaps { completion = swap.applied(to: completion) }
            let closed = Set(swaps.map(\.index))
            open.removeAll { closed.contains($0.index) }
            self.swaps += swaps.count
            self.objective = objective
            self.logProbability = logProbability
        }
    }

    private struct Trial {
        var swap: TokenSwap
        var objective: Double
        var logProbability: Double?
        /// What the swap is worth.
        var worth: Double
    }

    // MARK: By gain

    /// Takes up to half of what is left of the budget; false when no swap is worth anything.
    private func exchangeBest(
        _ text: SwapText, _ scorer: any SwapScorer, _ left: Int, _ state: inout State, _ shouldStop: () -> Bool
    ) throws -> Bool {
        let trials = try trials(text, scorer, state, left, shouldStop)
        guard let first = trials.first(where: { isReleasable(text, [$0.swap], state) }) else { return false }
        var chosen = [first]
        // Half at a time: the changes of single swaps do not add up, and the next round sees what they came to.
        let share = (left + 1) / 2
        for trial in trials where chosen.count < share {
            if chosen.contains(where: { $0.swap.index == trial.swap.index }) { continue }
            if isReleasable(text, (chosen + [trial]).map(\.swap), state) { chosen.append(trial) }
        }
        if chosen.count > 1 {
            let swaps = chosen.map(\.swap)
            if !evaluatesSwaps {
                try takeByGain(swaps, of: text, scorer, &state)
                return true
            }
            let together = try evaluated(text, scorer, swaps.reduce(state.completion) { $1.applied(to: $0) })
            let worth = worth(of: together, in: state)
            if worth > first.worth, isBearable(together.logProbability, in: state, swaps: swaps.count) {
                state.take(swaps, together.objective, together.logProbability)
                return true
            }
        }
        state.take([first.swap], first.objective, first.logProbability)
        return true
    }

    /// Takes swaps for their gains; only the first where the teacher will not bear them all.
    private func takeByGain(
        _ swaps: [TokenSwap], of text: SwapText, _ scorer: any SwapScorer, _ state: inout State
    ) throws {
        guard settings.maximumDrop != nil else {
            state.take(swaps, state.objective, state.logProbability)
            return
        }
        let all = swaps.reduce(state.completion) { $1.applied(to: $0) }
        let first = swaps[0].applied(to: state.completion)
        let values = try scorer.logProbabilities(of: text, completions: [all, first])
        if isBearable(values.first, in: state, swaps: swaps.count) {
            state.take(swaps, state.objective, values.first)
        } else {
            state.take([swaps[0]], state.objective, values.last)
        }
    }

    /// The swaps worth anything, the best first, equal ones in order of position and rank.
    private func trials(
        _ text: SwapText, _ scorer: any SwapScorer, _ state: State, _ left: Int, _ shouldStop: () -> Bool
    ) throws -> [Trial] {
        let proposals = try scorer.proposals(
            for: text, completion: state.completion, sites: state.open, count: max(1, settings.candidates))
        if shouldStop() { throw CancellationError() }
        if !evaluatesSwaps { return try trialsByGain(proposals, text, scorer, state, left) }
        let swaps = promising(proposals, left).flatMap { place in
            proposals[place].map { TokenSwap(index: state.open[place].index, token: $0.token) }
        }
        let objectives = try scorer.objectives(of: text, completions: swaps.map { $0.applied(to: state.completion) })
        var trials = zip(swaps, objectives).map { Trial(swap: $0, objective: $1, worth: $1 - state.objective) }
        if state.logProbability != nil, asksTeacher {
            // Whatever lowers J is out unless the teacher's opinion counts for something.
            if settings.gain != .rhb || settings.logProbabilityWeight == 0 { trials.removeAll { $0.worth <= 0 } }
            try askTeacher(of: &trials, text, scorer, state)
            for index in trials.indices {
                trials[index].worth = worth(of: (trials[index].objective, trials[index].logProbability), in: state)
            }
        }
        return Self.sorted(trials.filter { $0.worth > 0 })
    }

    /// The best swap of each site that has a gain, and that the teacher bears, the best first.
    private func trialsByGain(
        _ proposals: [[SwapProposal]], _ text: SwapText, _ scorer: any SwapScorer, _ state: State, _ left: Int
    ) throws -> [Trial] {
        let places = settings.maximumDrop == nil ? Array(proposals.indices) : promising(proposals, left)
        var trials = places.compactMap { place -> Trial? in
            guard let best = proposals[place].first, best.gain > 0 else { return nil }
            let swap = TokenSwap(index: state.open[place].index, token: best.token)
            return Trial(swap: swap, objective: state.objective, logProbability: state.logProbability, worth: best.gain)
        }
        if settings.maximumDrop != nil { try askTeacher(of: &trials, text, scorer, state) }
        return Self.sorted(trials)
    }

    /// Puts in how likely the teacher finds each swap, and drops those it does not bear.
    private func askTeacher(
        of trials: inout [Trial], _ text: SwapText, _ scorer: any SwapScorer, _ state: State
    ) throws {
        let values = try scorer.logProbabilities(
            of: text, completions: trials.map { $0.swap.applied(to: state.completion) })
        for (index, value) in values.enumerated() { trials[index].logProbability = value }
        trials.removeAll { !isBearable($0.logProbability, in: state, swaps: 1) }
    }

    /// The best first, equal ones in order of position and rank.
    private static func sorted(_ trials: [Trial]) -> [Trial] {
        trials.enumerated().sorted { ($1.element.worth, $0.offset) < ($0.element.worth, $1.offset) }.map(\.element)
    }

    /// The numbers of the sites that are evaluated, in their order.
    private func promising(_ proposals: [[SwapProposal]], _ left: Int) -> [Int] {
        guard let perSwap = settings.positionsPerSwap, perSwap * left < proposals.count else {
            return Array(proposals.indices)
        }
        let ranked = proposals.indices.filter { !proposals[$0].isEmpty }.sorted {
            (-proposals[$0][0].gain, $0) < (-proposals[$1][0].gain, $1)
        }
        return ranked.prefix(perSwap * left).sorted()
    }

    /// Whether true J has a say in which swaps are made; else it is looked at once, for the report.
    private var evaluatesSwaps: Bool { settings.candidates > 0 && settings.gain != .random }

    /// Whether the teacher has a say in which swaps are made; else it is asked once, for the report.
    private var asksTeacher: Bool {
        settings.maximumDrop != nil || settings.gain == .rhb && settings.logProbabilityWeight > 0
    }

    private func worth(of value: (objective: Double, logProbability: Double?), in state: State) -> Double {
        let change = value.objective - state.objective
        guard settings.gain == .rhb, let new = value.logProbability, let old = state.logProbability else {
            return change
        }
        return change + settings.logProbabilityWeight * (new - old)
    }

    private func isBearable(_ logProbability: Double?, in state: State, swaps: Int) -> Bool {
        guard let bound = settings.maximumDrop else { return true }
        guard let new = logProbability, let old = state.logProbability else { return false }
        return old - new <= bound * Double(swaps)
    }

    private func isReleasable(_ text: SwapText, _ swaps: [TokenSwap], _ state: State) -> Bool {
        text.texts(of: swaps.reduce(state.completion) { $1.applied(to: $0) }) != nil
    }

    private func evaluated(
        _ text: SwapText, _ scorer: any SwapScorer, _ completion: [Int32]
    ) throws -> (objective: Double, logProbability: Double?) {
        (
            try scorer.objectives(of: text, completions: [completion]).first ?? 0,
            asksTeacher ? try scorer.logProbabilities(of: text, completions: [completion]).first : nil
        )
    }

    // MARK: At random

    /// Draws per position before it is left alone.
    private static let draws = 8

    private func exchangeAtRandom(
        _ text: SwapText, _ scorer: any SwapScorer, _ budget: Int, _ seed: UInt64, _ state: inout State,
        _ shouldStop: () -> Bool
    ) throws {
        var generator = SeededGenerator(seed: seed)
        for site in text.sites.shuffled(using: &generator) where state.swaps < budget {
            if shouldStop() { throw CancellationError() }
            let tokens = text.replacements(at: site)
            guard !tokens.isEmpty else { continue }
            for _ in 0..<Self.draws {
                let swap = TokenSwap(
                    index: site.index, token: tokens[Int(generator.next(upperBound: UInt64(tokens.count)))])
                guard isReleasable(text, [swap], state) else { continue }
                // J is only looked at for the report, the teacher only where its opinion binds.
                if settings.maximumDrop != nil {
                    let value = try scorer.logProbabilities(
                        of: text, completions: [swap.applied(to: state.completion)]
                    ).first
                    guard isBearable(value, in: state, swaps: 1) else { continue }
                    state.take([swap], state.objective, value)
                } else {
                    state.take([swap], state.objective, state.logProbability)
                }
                break
            }
        }
    }
}
