import ArgumentParser

#if Torch
    import Antidistillation

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
