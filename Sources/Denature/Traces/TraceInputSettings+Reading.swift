import Traces

extension TraceInputSettings {
    /// Hands every record to `body`, in order.
    ///
    /// - Throws: `TraceError` naming file and line; what `body` throws.
    func forEachRecord(_ body: (TraceRecord) throws -> Void) throws {
        var reader = try TraceReader(path: file, format: format, unitBytes: 256 << 10)
        let parser = reader.parser
        while let unit = try reader.next() { try parser.forEachRecord(in: unit, body) }
    }
}
