import ArgumentParser
import Sanitizing
import Traces

/// Where a command reads traces from.
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
