import ArgumentParser
import Denature

/// `denature traces`.
struct TracesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traces", abstract: "Look at trace files, convert between their formats, import problem sets.",
        subcommands: [Inspect.self, Convert.self, Import.self])
}

extension TracesCommand {
    /// `denature traces inspect`.
    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how traces are read: shape, regions, kind of text, answer.",
            discussion: """
                One line per turn, then totals on standard error; --json prints one object per turn.

                  denature traces inspect in.jsonl
                  head -1 in.jsonl | denature traces inspect - --json
                """)

        @OptionGroup var options: SettingsOptions<TracesInspectSettings>
        @Flag(help: "Print one JSON object per turn.") var json = false

        func run() async throws {
            let report = try TraceInspection(options.settings).run { turn in
                if json { try Console.json(turn) } else { try Console.output(turn.line) }
            }
            func list(_ counts: [String: Int]) -> String {
                counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            }
            Console.error("\(report.records) records (\(list(report.formats))); turns: \(list(report.kinds))")
        }
    }

    /// `denature traces convert`.
    struct Convert: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Convert traces to another JSONL shape.",
            discussion: """
                Problem, reasoning, answer, id, solution and metadata are carried over; fields that the target shape
                has no place for are not.

                  denature traces convert chat.jsonl --to problem-trace -o traces.jsonl
                """)

        @OptionGroup var options: SettingsOptions<TracesConvertSettings>

        func run() async throws {
            _ = try await TraceConversion(options.settings).run().report()
        }
    }
}

extension InspectedTurn {
    fileprivate var line: String {
        "\(location)\t\(format)\t\(kind)\t\(reasoningBytes) bytes of reasoning\tanswer: \(answer ?? "none")"
    }
}
