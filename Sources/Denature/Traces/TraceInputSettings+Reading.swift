import Traces

extension TraceInputSettings {
    /// Hands every record to `body`, in order.
    ///
    /// - Throws: `TraceError` naming file and line; what `body` throws.
    func forEachRecord(_ body: (TraceRecord) throws -> Void) throws {
        var reader = try TraceReader(
            path: file, format: format, fields: try? TraceFieldPaths(fields), unitBytes: 256 << 10)
        let parser = reader.parser
        while let unit = try reader.next() { try parser.forEachRecord(in: unit, body) }
    }

    /// The same, with the chunks of streamed completions joined: those come last, in the order of their first chunks.
    ///
    /// - Throws: `TraceError` naming file and line; what `body` throws.
    func forEachJoinedRecord(_ body: (TraceRecord) throws -> Void) throws {
        let fields = try? TraceFieldPaths(fields)
        var reader = try TraceReader(path: file, format: format, fields: fields)
        guard reader.document == nil else {
            while let record = try reader.nextRecord() { try body(record) }
            return
        }
        var chunks = StreamChunks()
        while let line = try reader.nextLine() {
            if chunks.take(line.bytes) { continue }
            try body(try TraceParser.parse(line: line.bytes, format: format, fields: fields, location: line.location))
        }
        for line in chunks.lines() {
            try body(
                try TraceParser.parse(
                    line: line, format: nil, location: SourceLocation(file: reader.name, line: 1)))
        }
    }
}
