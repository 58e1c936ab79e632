/// A piece of an input that one worker takes: a batch of lines, or one record of a document.
public struct TraceUnit: Sendable {
    /// What is in it.
    public enum Content: Sendable {
        /// Lines of JSONL, parsed by the worker.
        case lines(LineBatch)
        /// A record of an XML, HTML or text document.
        case record(TraceRecord)
    }

    /// Units are numbered from 0 in input order.
    public var number: Int
    /// The number of the unit's first record in the input, from 0.
    public var firstRecord: Int
    /// What is in it.
    public var content: Content
    /// Whether this is the beginning of an input that has a UTF-8 byte order mark, which the output repeats.
    public var beginsWithByteOrderMark = false
    /// What stands around and between the records of a container, but for its end; nil where records are lines.
    public var framing: RecordFraming?

    /// Records in the unit.
    public var count: Int {
        switch content {
        case .lines(let batch): batch.lines.count
        case .record: 1
        }
    }
}

/// Parses the records of units; one for all workers.
public struct TraceUnitParser: Sendable {
    /// The shape every record must have, or nil to recognise each.
    public var format: TraceFormat?
    /// The input's name in errors.
    public var file: String
    /// Where reasoning, answer and problem stand, for records of other shapes.
    public var fields: TraceFieldPaths?

    /// - Parameters:
    ///   - format: The shape every record must have, or nil to recognise each.
    ///   - file: The input's name in errors.
    ///   - fields: Where reasoning, answer and problem stand, for records of other shapes.
    public init(format: TraceFormat?, file: String, fields: TraceFieldPaths? = nil) {
        self.format = format
        self.file = file
        self.fields = fields
    }

    /// Hands every record of `unit` to `body`, in order.
    ///
    /// - Throws: ``TraceError``, or what `body` throws.
    public func forEachRecord(in unit: TraceUnit, _ body: (TraceRecord) throws -> Void) throws {
        switch unit.content {
        case .record(let record): try body(record)
        case .lines(let batch):
            for offset in batch.lines.indices {
                try body(try record(at: offset, of: batch))
            }
        }
    }

    /// One line's record.
    ///
    /// - Throws: ``TraceError`` naming file, line and byte column.
    public func record(at offset: Int, of batch: LineBatch) throws(TraceError) -> TraceRecord {
        let location = batch.location(of: offset, in: file)
        let range = batch.lines[offset]
        return try batch.bytes.withUnsafeBufferPointer { buffer throws(TraceError) in
            try TraceParser.parse(
                line: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[range]), format: format,
                fields: fields, location: location)
        }
    }
}
