import ArgumentParser

/// `denature models`.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Look into models' folders, at what the models compute, and convert models.",
        subcommands: [Convert.self] + runtimeCommands)

    /// Those that need libtorch.
    private static var runtimeCommands: [any ParsableCommand.Type] {
        #if Torch
            [Inspect.self, LogProbabilities.self, Score.self]
        #else
            []
        #endif
    }
}
