import TraceRewriting

#if Torch
    import Antidistillation
    import Denature
    import DenatureTorch
    import TorchAntidistillation
#endif

/// The parts of a `sanitize-traces` job that need a proxy; empty where neither rewriter nor choice does.
struct SwapPlan {
    /// The rewriter `gradient`, if it is named.
    private(set) var rewriters: [any TraceRewriter] = []
    /// The choice among candidates, if it is not the keyed one.
    private(set) var choice: (any CandidateChoice)?
    /// What decides the output's bytes, for the ledger.
    private(set) var provenance: [String: String] = [:]
    /// Files that are read.
    private(set) var files: [String] = []

    init(_ command: SanitizeTracesCommand, isRewriter: Bool) throws {
        let options = command.swaps
        guard isRewriter || options.select == .gradient else {
            if command.swapModels.proxy != nil {
                throw CommandFailure.usage("--proxy is for --rewriter gradient and --select gradient")
            }
            return
        }
        #if Torch
            if command.swapModels.teacher == nil {
                if options.gain == .rhb { throw CommandFailure.usage("--gain rhb needs a --teacher") }
                if options.maxLogProbabilityDrop != nil {
                    throw CommandFailure.usage("--max-log-probability-drop needs a --teacher")
                }
            }
            do {
                let models = try SwapModels(command.swapModels.settings, runtime: command.torch.settings)
                let settings = SwapSearch.Settings(
                    gain: options.gain, tokenBudget: options.tokenBudget, candidates: options.swapCandidates,
                    positionsPerSwap: options.swapPositions == 0 ? nil : options.swapPositions,
                    logProbabilityWeight: models.logProbabilityWeight, maximumDrop: options.maxLogProbabilityDrop)
                provenance = models.provenance
                provenance["select"] = options.select.rawValue
                if isRewriter {
                    provenance["gain"] = options.gain.rawValue
                    provenance["token-budget"] = String(options.tokenBudget)
                    provenance["swap-candidates"] = String(options.swapCandidates)
                    provenance["swap-positions"] = String(options.swapPositions)
                    provenance["max-log-probability-drop"] = options.maxLogProbabilityDrop.map { String($0) } ?? "none"
                }
                files = [command.swapModels.gradient].compactMap { $0 }
                let (tokenizer, format, vocabulary) = (models.tokenizer, models.format, models.vocabulary)
                let engine = SwapEngine(
                    try models.scorer(.init(settings)), tokenizer: tokenizer, format: format, vocabulary: vocabulary)
                if isRewriter { rewriters = [GradientRewriter(engine, settings: settings)] }
                if options.select == .gradient { choice = ObjectiveChoice(engine) }
            } catch {
                throw error is CommandFailure || error is SettingsError
                    ? error : CommandFailure(description: "\(error)")
            }
        #else
            throw CommandFailure.usage("gradient rewriting needs a build with libtorch (the package's trait Torch)")
        #endif
    }
}
