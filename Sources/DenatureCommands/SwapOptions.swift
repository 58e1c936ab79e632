import ArgumentParser

#if Torch
    import Antidistillation

    extension SwapGain: ExpressibleByArgument {}
    extension SwapScope: ExpressibleByArgument {}
#endif

/// Which models measure swaps.
struct SwapModelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Folder of the proxy student.", valueName: "dir")) var proxy: String?
    @Option(help: ArgumentHelp("Its gradient (denature gradient).", valueName: "file")) var gradient: String?
    @Option(help: ArgumentHelp("The teacher, for rhb and for the bound on its log-probability.", valueName: "dir"))
    var teacher: String?
    @Option(
        help: ArgumentHelp(
            "rhb: what a nat of the teacher's log-probability is worth, in gradient norms.", valueName: "beta"))
    var rhbBeta = 0.1
    #if Torch
        @Option(
            help: ArgumentHelp("What is exchanged: words, or tokens, names and punctuation too.", valueName: "scope"))
        var swapScope = SwapScope.words
    #endif
    @OptionGroup var prompts: PromptOptions

    func validate() throws {
        if !(rhbBeta >= 0 && rhbBeta.isFinite) { throw ValidationError("--rhb-beta must be 0 or above") }
        if (proxy == nil) != (gradient == nil) { throw ValidationError("--proxy and --gradient belong together") }
    }
}

/// What the rewriter `gradient` and the choice by gradient are told beside their models.
struct SwapOptions: ParsableArguments {
    #if Torch
        @Option(
            help: ArgumentHelp(
                "What swaps are ranked by: ds, hb, fo, rhb, or random, the control.", valueName: "gain"))
        var gain = SwapGain.ds
    #endif
    @Option(help: ArgumentHelp("Share of the traces' tokens that may be exchanged, on the average.", valueName: "0-1"))
    var tokenBudget = 0.1
    @Option(
        help: ArgumentHelp(
            "Swaps per position that are evaluated by true J; 0 takes the best by gain as they are.", valueName: "k"))
    var swapCandidates = 0
    @Option(
        help: ArgumentHelp(
            "Positions evaluated for each swap that the budget still allows, the best by gain; 0 for all.",
            valueName: "n"))
    var swapPositions = 4
    @Option(
        help: ArgumentHelp(
            "How much less probable one swap may make a trace for the teacher.", valueName: "nats"))
    var maxLogProbabilityDrop: Double?
    @Option(help: ArgumentHelp("Which passing candidate is released: keyed or gradient.", valueName: "choice"))
    var select = SwapChoice.keyed

    func validate() throws {
        if !(0...1).contains(tokenBudget) { throw ValidationError("--token-budget must be from 0 to 1") }
        if !(0...10_000).contains(swapCandidates) {
            throw ValidationError("--swap-candidates must be from 0 to 10000")
        }
        if !(0...10_000).contains(swapPositions) {
            throw ValidationError("--swap-positions must be from 0 to 10000")
        }
        if let drop = maxLogProbabilityDrop, !(drop >= 0 && drop.isFinite) {
            throw ValidationError("--max-log-probability-drop must be 0 or above")
        }
    }
}

/// What decides among the candidates of a trace that passed the gate.
enum SwapChoice: String, ExpressibleByArgument, CaseIterable {
    /// The keyed selection score, or the first.
    case keyed
    /// J, with the keyed score where a selection mark is ordered.
    case gradient
}
