import TraceRewriting

/// What a million tokens cost, in any currency.
public struct TokenPrice: Hashable, Sendable {
    /// Tokens read.
    public var prompt: Double
    /// Tokens written.
    public var completion: Double

    /// - Parameters:
    ///   - prompt: Of a million tokens read.
    ///   - completion: Of a million tokens written.
    public init(prompt: Double, completion: Double) {
        self.prompt = prompt
        self.completion = completion
    }

    func cost(of usage: TokenUsage) -> Double {
        (Double(usage.prompt) * prompt + Double(usage.completion) * completion) / 1e6
    }
}

/// Everything that was tried, the best first.
package struct Leaderboard: Encodable, Hashable, Sendable {
    /// A candidate with its score.
    package struct Entry: Encodable, Hashable, Sendable {
        /// What was tried.
        package var candidate: SearchCandidate
        /// harm − penalty · share of traces that were not rewritten; higher is better.
        package var score: Double
        /// The students' mean loss (nats per token) or error rate.
        package var harm: Double
        /// Every student, in order.
        package var students: [StudentScore]
        /// The traces of the sample.
        package var sample: Int
        /// Those that were not rewritten, for whatever reason.
        package var lost: Int
        /// Why they were not.
        package var reasons: [String: Int]

        /// ``lost`` as a share.
        package var lostShare: Double { sample > 0 ? Double(lost) / Double(sample) : 0 }
    }

    /// What was used of an endpoint, over all runs of the search.
    package struct Cost: Encodable, Hashable, Sendable {
        /// Requests sent, repeated ones and those that a kill cut off included.
        package var requests: Int
        /// Tokens read, as the endpoint counts them.
        package var promptTokens: Int
        /// Tokens written.
        package var completionTokens: Int
        /// By the prices that were given.
        package var price: Double?
    }

    /// The form of the file.
    package var version = 1
    /// What counts: `loss` or `accuracy`.
    package var measure: SearchOptions.Measure
    /// The weight of traces that were not rewritten.
    package var penalty: Double
    /// Rounds that are over.
    package var rounds: Int
    /// The students of traces as they are.
    package var baseline: Entry?
    /// The candidates, the best first.
    package var entries: [Entry]
    /// Proposals that were not tried, by reason.
    package var refused: [String: Int]
    /// By endpoint.
    package var cost: [String: Cost]

    /// The best candidate.
    package var best: Entry? { entries.first }

    /// Whether the best candidate's students are worse than those of the traces as they are, its penalty counted.
    package var beatsBaseline: Bool {
        guard let best, let baseline else { return false }
        return best.score > baseline.score
    }

    /// Puts entries in order: by score, and the earlier one first where scores are equal.
    static func ranked(_ entries: [Entry]) -> [Entry] {
        entries.sorted { ($1.score, $0.candidate.id) < ($0.score, $1.candidate.id) }
    }

    static func cost(_ state: SearchState, prices: [SearchEndpoint: TokenPrice]) -> [String: Cost] {
        Dictionary(
            uniqueKeysWithValues: SearchEndpoint.allCases.map { endpoint in
                let usage = state.usage[endpoint] ?? TokenUsage()
                return (
                    endpoint.rawValue,
                    Cost(
                        requests: state.requests[endpoint] ?? 0, promptTokens: usage.prompt,
                        completionTokens: usage.completion, price: prices[endpoint]?.cost(of: usage))
                )
            })
    }
}
