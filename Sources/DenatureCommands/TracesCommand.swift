import Answers
import ArgumentParser
import Foundation
import Sanitizing
import TraceRewriting
import Traces

/// `denature traces`.
struct TracesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traces", abstract: "Look at trace files, convert between their formats, import problem sets.",
        subcommands: [Inspect.self, Convert.self, Import.self])
}

/// The input of the `traces` commands.
struct TraceInput: ParsableArguments {
    @Argument(help: "The traces, or - for standard input.") var file = "-"
    @Option(help: ArgumentHelp("Shape of the input: \(TraceFormat.list).", valueName: "format"))
    var format: TraceFormat?

    init() {}

    init(file: String, format: TraceFormat?) {
        self.file = file
        self.format = format
    }

    /// Hands every record to `body`, in order.
    func forEachRecord(_ body: (TraceRecord) throws -> Void) throws {
        do {
            var source = try RecordSource(
                path: file, format: format, unitBytes: 256 << 10, maxRecordBytes: LineReader.defaultMaxRecordBytes)
            let parser = UnitParser(format: format, file: source.name)
            while let unit = try source.next() { try parser.forEachRecord(in: unit, body) }
        } catch let error as TraceError {
            throw CommandFailure(description: error.description)
        }
    }
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

        @OptionGroup var input: TraceInput
        @Flag(help: "Print one JSON object per turn.") var json = false

        mutating func run() async throws {
            var records = 0
            var kinds: [String: Int] = [:]
            var formats: [String: Int] = [:]
            let asJSON = json
            try input.forEachRecord { record in
                records += 1
                formats[record.format.rawValue, default: 0] += 1
                for (number, turn) in record.turns.enumerated() {
                    let entry = TurnEntry(record, number, AnalysedTurn(turn))
                    kinds[entry.kind, default: 0] += 1
                    if asJSON { try Console.json(entry) } else { try Console.output(entry.line) }
                }
            }
            func list(_ counts: [String: Int]) -> String {
                counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            }
            Console.error("\(records) records (\(list(formats))); turns: \(list(kinds))")
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

        @OptionGroup var input: TraceInput
        @Option(help: ArgumentHelp("Shape to write: \(TraceFormat.list).", valueName: "format")) var to: TraceFormat
        @Option(name: .shortAndLong, help: "Where to write, or - for standard output.") var output = "-"
        @Flag(help: "Replace an existing output.") var force = false

        mutating func run() async throws {
            let writer: LineOutput
            do {
                writer = try LineOutput(argument: output, force: force, inputs: input.file == "-" ? [] : [input.file])
            } catch {
                throw CommandFailure(description: error.description)
            }
            do {
                try convert(into: writer)
                try writer.finish()
            } catch {
                writer.abandon()
                throw error is CommandFailure ? error : CommandFailure(description: "\(error)")
            }
        }

        /// Lines are converted as they come; an XML or HTML document needs all its records at once.
        private func convert(into writer: LineOutput) throws {
            switch to {
            case .xml, .html:
                var records: [TraceRecord] = []
                try input.forEachRecord { records.append($0) }
                try writer.write(TraceConverter.document(records, as: to), terminated: true)
            default:
                try input.forEachRecord { try writer.write(try TraceConverter.convert($0, to: to)) }
            }
        }
    }
}

private struct TurnEntry: Encodable {
    var line: String {
        "\(location)\t\(format)\t\(kind)\t\(reasoningBytes) bytes of reasoning\tanswer: \(answer ?? "none")"
    }
    var location: String
    var id: String?
    var format: String
    var turn: Int
    var kind: String
    var reasoningBytes: Int
    var protectedBytes: Int
    var answer: String?
    var answerMarker: String?

    init(_ record: TraceRecord, _ number: Int, _ turn: AnalysedTurn) {
        location = record.location.description
        id = record.id
        format = record.format.rawValue
        self.turn = number + 1
        kind = turn.textClass.rawValue
        reasoningBytes = turn.fields.reduce(0) { $0 + $1.reasoning.reduce(0) { $0 + $1.count } }
        protectedBytes = turn.fields.reduce(0) { $0 + $1.protected.reduce(0) { $0 + $1.count } }
        let found = AnswerExtractor.extract(from: turn.text)
        answer = found?.text
        answerMarker = found?.marker.rawValue
    }

    private enum CodingKeys: CodingKey {
        case location, id, format, turn, kind, reasoningBytes, protectedBytes, answer, answerMarker
    }
}
