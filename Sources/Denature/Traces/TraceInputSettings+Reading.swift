import Sanitizing
import Traces

extension TraceInputSettings {
    /// Hands every record to `body`, in order.
    ///
    /// - Throws: `TraceError` naming file and line; what `body` throws.
    func forEachRecord(_ body: (TraceRecord) throws -> Void) throws {
        var source = try RecordSource(
            path: file, format: format, unitBytes: 256 << 10, maxRecordBytes: LineReader.defaultMaxRecordBytes)
        let parser = UnitParser(format: format, file: source.name)
        while let unit = try source.next() { try parser.forEachRecord(in: unit, body) }
    }
}
