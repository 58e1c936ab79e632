#if Torch
    import PromptSearch

    /// How far a search is: the training of a student of a candidate.
    public struct OptimizePromptProgress: Hashable, Sendable {
        /// The candidate's number; 0 for the traces as they are.
        public var candidate: Int
        /// The student's number, from 0.
        public var student: Int
        /// How far its training is.
        public var training: TrainingProgress
    }

    extension SearchMeasure {
        /// What is measured, in words; more of it is worse.
        public var harm: String {
            switch self {
            case .loss: "loss"
            case .accuracy: "error rate"
            }
        }
    }

    /// What a search came to.
    public struct OptimizePromptReport: Encodable, Sendable {
        /// What an endpoint was asked.
        public struct Cost: Encodable, Hashable, Sendable {
            /// Requests that left.
            public var requests: Int
            /// Tokens read.
            public var promptTokens: Int
            /// Tokens written.
            public var completionTokens: Int
            /// What they cost; nil without prices.
            public var price: Double?
        }

        /// The template.
        public var output: String
        /// The file with everything that was tried.
        public var leaderboard: String
        /// What of a student counted.
        public var measure: SearchMeasure
        /// The best instruction.
        public var instruction: String
        /// Its students' harm, minus the penalty for traces that were not rewritten.
        public var score: Double
        /// Its students' loss or error rate.
        public var harm: Double
        /// The score of the traces as they are.
        public var baseline: Double
        /// Whether the best instruction scores above them.
        public var beatsBaseline: Bool
        /// Traces that were not rewritten with their answer.
        public var lost: Int
        /// Traces that every instruction was tried on.
        public var sample: Int
        /// Rounds done.
        public var rounds: Int
        /// Instructions tried.
        public var tried: Int
        /// Proposals refused, by reason.
        public var refused: [String: Int]
        /// What was asked, by endpoint.
        public var cost: [String: Cost]
        /// Seconds of training and judging, over all runs.
        public var trainingSeconds: Double
        /// The round that brought no usable proposal, after which the search stopped; nil if all rounds were done.
        public var emptyRound: Int?

        init(_ result: PromptSearch.Result, output: String, leaderboard: String, measure: SearchMeasure) {
            let board = result.leaderboard
            self.output = output
            self.leaderboard = leaderboard
            self.measure = measure
            instruction = board.best?.candidate.instruction ?? ""
            score = board.best?.score ?? 0
            harm = board.best?.harm ?? 0
            baseline = board.baseline?.score ?? 0
            beatsBaseline = board.beatsBaseline
            lost = board.best?.lost ?? 0
            sample = board.best?.sample ?? 0
            rounds = board.rounds
            tried = board.entries.count
            refused = board.refused
            cost = board.cost.mapValues {
                Cost(
                    requests: $0.requests, promptTokens: $0.promptTokens, completionTokens: $0.completionTokens,
                    price: $0.price)
            }
            trainingSeconds = (result.trainingSeconds * 10).rounded() / 10
            emptyRound = result.emptyRound
        }
    }
#endif
