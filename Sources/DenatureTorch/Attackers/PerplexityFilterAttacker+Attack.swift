#if Torch
    import Denature
    import Lab

    extension AttackerRegistry {
        /// All attackers, those that ask a model among them.
        public static let withTorch = AttackerRegistry.standard.adding(PerplexityFilterAttacker.self)
    }

    extension PerplexityFilterAttacker: TraceAttacker {
        /// What it does, in one sentence.
        public static let summary = "Drop the traces that a reference model finds least likely per token."
        /// What help texts say beside the summary.
        public static let details = ""

        /// The attack on these traces.
        ///
        /// - Parameters:
        ///   - traces: The released traces, in their order.
        ///   - count: The most that are kept; nil for all.
        /// - Throws: `AttackError`, and what reading another file or model throws.
        public func attack(_ traces: [AttackTrace], count: Int?) throws -> any TraceAttack {
            let scorer = try TraceLikelihood(reference, runtime: runtime, prompts: prompts)
            return try LikelihoodFilter(scores: try scorer.scores(traces).map(\.mean), dropping: drop)
        }
    }
#endif
