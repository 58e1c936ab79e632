import ArgumentParser

/// How a command speaks: nothing of what it does.
struct PrintingOptions: ParsableArguments {
    @Flag(help: "Print the result as one JSON object.") var json = false
    @Flag(name: .shortAndLong, help: "No progress and no summary.") var quiet = false
}
