import TraceRewriting

/// What of a student counts in a search for prompts.
public enum SearchMeasure: String, Codable, Hashable, Sendable, CaseIterable {
    /// The mean loss on held-out traces, in nats per token.
    case loss
    /// The share of held-out problems that it gets wrong.
    case accuracy
}

/// What a search does, the files and endpoints apart.
package struct SearchOptions: Hashable, Sendable {
    /// What of a student counts.
    package typealias Measure = SearchMeasure

    /// Rounds of proposals.
    package var rounds = 5
    /// New instructions in each round.
    package var proposals = 3
    /// How often the optimiser is asked for each of them before the round goes on without it.
    package var proposalAttempts = 3
    /// The best instructions that the optimiser is shown.
    package var history = 10
    /// The optimiser's sampling temperature.
    package var optimizerTemperature = 1.0
    /// The most bytes of an instruction.
    package var maximumInstructionBytes = 2_000
    /// How often the rewriter is asked for each trace.
    package var rewriteAttempts = 2
    /// The sampling defaults of the rewriter's template.
    package var sampling = PromptTemplate.Sampling(temperature: 0.7, topP: 0.95, maxTokens: 4096)
    /// The acceptance gate's bounds.
    package var gate = AcceptanceGate.Configuration()
    /// What a score loses for each trace that was not rewritten, as a share: score = harm − penalty · share.
    package var penalty = 1.0
    /// What of a student counts.
    package var measure = Measure.loss
    /// Requests in flight at the same time.
    package var concurrency = 16
    /// Decides every draw.
    package var seed: UInt64 = 0

    /// The defaults.
    package init() {}
}

/// The two endpoints of a search.
package enum SearchEndpoint: String, Codable, Hashable, Sendable, CaseIterable {
    /// Proposes instructions.
    case optimizer
    /// Follows them.
    case rewriter
}

/// An instruction on trial.
package struct SearchCandidate: Codable, Hashable, Sendable {
    /// Where an instruction comes from.
    package enum Origin: String, Codable, Hashable, Sendable {
        /// No instruction: the traces as they are, which others are compared with.
        case original
        /// Given at the start.
        case start
        /// The optimiser's.
        case proposed
    }

    /// 0 for the traces as they are; then counted up in the order of trial.
    package var id: Int
    /// The round, from 1; 0 for what was there at the start.
    package var round: Int
    /// Where it comes from.
    package var origin: Origin
    /// The instruction; empty for the traces as they are.
    package var instruction: String
}
