#if Torch
    import Antidistillation
    import Denature
    import TorchAntidistillation
    import TraceRewriting

    extension RewriterRegistry {
        /// All rewriters, `gradient` and the choice by gradient among them.
        public static let withTorch = RewriterRegistry.standard.adding(GradientKind())
            .choosingByGradient { context in ObjectiveChoice(try GradientKind.swapping(context).engine) }
    }

    /// `gradient`: words of a trace are exchanged so that a student learns less from it, by the measure of a proxy.
    struct GradientKind: RewriterKind {
        let name = "gradient"
        let argument: String? = nil

        func rewriter(argument: String?, in context: RewriterContext) throws -> any TraceRewriter {
            let swapping = try Self.swapping(context)
            return GradientRewriter(swapping.engine, settings: swapping.search)
        }

        /// The models, and how they are asked: the same for the rewriter and the choice.
        struct Swapping {
            var engine: SwapEngine
            var search: SwapSearch.Settings
        }

        static func swapping(_ context: RewriterContext) throws -> Swapping {
            try context.shared {
                let (options, chosen) = (context.settings.swapModels, context.settings.swaps)
                if options.teacher == nil {
                    if chosen.gain == .rhb { throw SettingsError("gain", "`gain` rhb needs a `teacher`") }
                    if chosen.maxLogProbabilityDrop != nil {
                        throw SettingsError(
                            "max_log_probability_drop", "`max_log_probability_drop` needs a `teacher`")
                    }
                }
                let models = try SwapModels(options, runtime: context.settings.runtime)
                for (setting, digest) in models.digests { context.digest(of: setting, digest) }
                for (setting, value) in models.resolved { context.resolve(setting, value) }
                if let gradient = options.gradient { context.protect(file: gradient) }
                let search = SwapSearch.Settings(
                    gain: chosen.gain, tokenBudget: chosen.tokenBudget, candidates: chosen.swapCandidates,
                    positionsPerSwap: chosen.swapPositions == 0 ? nil : chosen.swapPositions,
                    logProbabilityWeight: models.logProbabilityWeight, maximumDrop: chosen.maxLogProbabilityDrop)
                let engine = SwapEngine(
                    try models.scorer(.init(search)), tokenizer: models.tokenizer, format: models.format,
                    vocabulary: models.vocabulary)
                return Swapping(engine: engine, search: search)
            }
        }
    }
#endif
