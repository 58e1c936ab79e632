#if Torch
    import ArgumentParser
    import Lab
    import Foundation
    import Sanitizing
    import TraceGeneration

    extension ModelsCommand {
        /// `denature models score`.
        struct Score: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "score", abstract: "Say how likely a model finds traces.",
                discussion: """
                    Reads traces (JSONL in any of the known shapes) and prints the mean log-probability per token in nats over
                    all tokens of all traces, the end tokens included; with --per-trace also one line for each trace.

                      denature models score --model TEACHER traces.jsonl --json
                    """)

            @Option(help: ArgumentHelp("The model's folder.", valueName: "dir")) var model: String
            @Argument(help: "The traces, or - for standard input.") var input: String
            @Option(help: ArgumentHelp("Write a line for every trace.", valueName: "path")) var perTrace: String?
            @Flag(help: "Replace an existing --per-trace file.") var force = false
            @Flag(help: "Print the result as one JSON object.") var json = false
            @OptionGroup(title: "Prompts") var prompts: PromptOptions
            @OptionGroup(title: "Runtime") var torch: TorchOptions

            private struct Summary: Encodable {
                var model: String
                var traces: Int
                var tokens: Int
                var meanTokens: Double
                var meanLogProb: Double?
            }

            private struct Line: Encodable {
                var tokens: Int
                var logProb: Double?
            }

            mutating func run() async throws {
                do {
                    let traces = try AttackTrace.read(path: input)
                    let output = try perTrace.map { try LineOutput(argument: $0, force: force, inputs: [input]) }
                    let scores: [TraceLikelihood.Score]
                    do {
                        scores = try TraceLikelihood(model, torch: torch, prompts: prompts).scores(traces)
                        for score in output == nil ? [] : scores {
                            let line = Line(tokens: score.tokens, logProb: score.mean.map(Self.rounded))
                            try output?.write([UInt8](ReportPrinting.text(line).utf8))
                        }
                        try output?.finish()
                    } catch {
                        output?.abandon()
                        throw error
                    }
                    let tokens = scores.reduce(0) { $0 + $1.tokens }
                    let sum = scores.reduce(0) { $0 + $1.logProbability }
                    let summary = Summary(
                        model: model, traces: scores.count, tokens: tokens,
                        meanTokens: scores.isEmpty ? 0 : Double(tokens) / Double(scores.count),
                        meanLogProb: tokens > 0 ? Self.rounded(sum / Double(tokens)) : nil)
                    if json { return try ReportPrinting.json(summary) }
                    let mean = summary.meanLogProb.map { ReportPrinting.decimal($0, 4) } ?? "-"
                    try Console.output(
                        "\(summary.traces) traces, \(ReportPrinting.decimal(summary.meanTokens, 1)) tokens each, "
                            + "log-probability per token \(mean)")
                } catch {
                    throw error is CommandFailure ? error : CommandFailure(description: "\(error)")
                }
            }

            /// Six decimals: what lies beyond depends on how texts were batched.
            private static func rounded(_ value: Double) -> Double { ReportPrinting.rounded(value, 6) }
        }
    }
#endif
