#if Torch
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
            var source = try TraceReader(path: path, format: format, unitBytes: 256 << 10)
            let parser = source.parser
            while let unit = try source.next() { try parser.forEachRecord(in: unit, body) }
        }
    }
#endif
