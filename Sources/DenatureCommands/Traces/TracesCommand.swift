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
                One line per turn, then totals on standard error: shapes, members with reasoning, copies of it, members
                that spell it by tokens; --json prints one object per turn. --record prints one record with its regions in
                colours, or in brackets where the output is no terminal: reasoning, what in it is never changed, answer.

                  denature traces inspect in.jsonl
                  denature traces inspect in.jsonl --record 3
                  head -1 in.jsonl | denature traces inspect - --json
                """)

        @OptionGroup var options: SettingsOptions<TracesInspectSettings>
        @Flag(help: "Print one JSON object per turn.") var json = false
        @Option(help: ArgumentHelp("Show this record with its regions.", valueName: "n")) var record: Int?

        func validate() throws {
            if let record, record < 1 { throw ValidationError("--record must be positive") }
        }

        func run() async throws {
            if let record {
                guard let shown = try TraceInspection(options.settings).record(record) else {
                    throw CommandFailure(description: "the input has no record \(record)")
                }
                if json { try Console.json(shown) } else { try Console.output(RegionColours.text(of: shown)) }
                return
            }
            let report = try TraceInspection(options.settings).run { turn in
                if json { try Console.json(turn) } else { try Console.output(turn.line) }
            }
            func list(_ counts: [String: Int]) -> String {
                counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            }
            Console.error("\(report.records) records (\(list(report.formats))); turns: \(list(report.kinds))")
            for (words, counts) in [
                ("reasoning", report.reasoning), ("replies", report.replies), ("copies of reasoning", report.copies),
                ("token data", report.companions), ("signatures", report.signatures),
            ] where !counts.isEmpty {
                Console.error("\(words): \(list(counts))")
            }
            if report.withoutReasoning > 0 { Console.error("without reasoning: \(report.withoutReasoning) records") }
        }
    }

    /// `denature traces convert`.
    struct Convert: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Convert traces to another JSONL shape.",
            discussion: """
                Problem, reasoning, answer, id, solution and metadata are carried over, and in shapes of messages all
                turns, those of systems and tools included. A record that the target shape has no place for is an error.

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
