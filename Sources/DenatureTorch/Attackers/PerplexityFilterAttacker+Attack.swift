#if Torch
    import Denature
    import Lab

    extension AttackerRegistry {
        /// All attackers, those that ask a model among them.
        public static let withTorch = AttackerRegistry.standard.adding(PerplexityFilterAttacker.self)
    }

    extension PerplexityFilterAttacker: TraceAttacker {
        public static let summary = "Drop the traces that a reference model finds least likely per token."
        public static let details = ""

        public func attack(_ traces: [AttackTrace], count: Int?) throws -> any TraceAttack {
            let scorer = try TraceLikelihood(reference, runtime: runtime, prompts: prompts)
            return try LikelihoodFilter(scores: try scorer.scores(traces).map(\.mean), dropping: drop)
        }
    }
#endif
