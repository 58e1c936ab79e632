import Sanitizing
import Traces

/// Brings traces into another shape.
///
///     var settings = TracesConvertSettings()
///     settings.input.file = "chat.jsonl"
///     settings.output = "traces.jsonl"
///     let records = try await TraceConversion(settings).run().report()
public struct TraceConversion: Sendable {
    /// What is converted, and into what.
    public let settings: TracesConvertSettings

    /// - Throws: ``SettingsError``.
    public init(_ settings: TracesConvertSettings) throws(SettingsError) {
        try settings.validate()
        self.settings = settings
    }

    /// Converts all records and reports how many there were. Errors of the run: `TraceError` naming file and line,
    /// `SanitizeError` for the output.
    public func run() -> JobRun<Never, Int> { JobRun { _ in try convert() } }

    private func convert() throws -> Int {
        let input = settings.input
        let writer = try LineOutput(
            argument: settings.output, force: settings.force, inputs: input.file == "-" ? [] : [input.file])
        do {
            var count = 0
            if settings.to.isLineBased || settings.to == .text {
                try input.forEachJoinedRecord { record in
                    try writer.write(try TraceConverter.convert(record, to: settings.to))
                    count += 1
                }
            } else {
                // A document needs all its records at once.
                var records: [TraceRecord] = []
                try input.forEachJoinedRecord { records.append($0) }
                try writer.write(TraceConverter.document(records, as: settings.to), terminated: true)
                count = records.count
            }
            try writer.finish()
            return count
        } catch {
            writer.abandon()
            throw error
        }
    }
}
