#if Torch
    import Sanitizing
    import Traces

    /// The records of a file of traces, or of standard input.
    struct TraceRecords {
        /// A file, or `-`.
        let path: String
        /// Its shape; nil to recognise it.
        let format: TraceFormat?

        /// Hands every record to `body`, in order.
        ///
        /// - Throws: `TraceError` naming file and line, and what `body` throws.
        func forEach(_ body: (TraceRecord) throws -> Void) throws {
            var source = try RecordSource(
                path: path, format: format, unitBytes: 256 << 10, maxRecordBytes: LineReader.defaultMaxRecordBytes)
            let parser = UnitParser(format: format, file: source.name)
            while let unit = try source.next() { try parser.forEachRecord(in: unit, body) }
        }
    }
#endif
