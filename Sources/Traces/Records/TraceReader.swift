import Files

/// Reads traces from a file or standard input, for every command and every program: record by record, line by line, or in
/// units that several workers parse.
///
///     var reader = try TraceReader(path: "traces.jsonl")
///     while let record = try reader.nextRecord() { print(record.turns.count) }
public struct TraceReader {
    /// One line of an input that is read line by line.
    public struct Line: Sendable {
        /// The line without its terminator.
        public var bytes: [UInt8]
        /// Where it begins.
        public var location: SourceLocation
    }

    /// The input's name in errors.
    public let name: String
    /// The shape every record must have, or nil to recognise each by its keys.
    public let format: TraceFormat?
    /// Where reasoning, answer and problem stand, for records of other shapes.
    public let fields: TraceFieldPaths?
    /// Set when the input is a document that is written back whole.
    public let document: TraceDocument?
    /// Bytes of the input, where they are known beforehand.
    public var byteCount: Int64? { reader?.isCompressed == true ? nil : size }
    /// Records handed out so far.
    public private(set) var recordCount = 0

    private let size: Int64?
    private var reader: LineReader?
    private var unitCount = 0
    private let unitBytes: Int
    private let unitLines: Int
    /// The unit that is handed out piece by piece, and how much of it has been.
    private var current: LineBatch?
    private var position = 0

    /// Opens an input. The format of a file is taken from its name where it is not given; anything that is not XML, HTML or
    /// text is read as JSONL.
    ///
    /// - Parameters:
    ///   - path: A file, or `-` for standard input.
    ///   - format: The shape of the records, or nil.
    ///   - fields: Where reasoning, answer and problem stand, for records of other shapes.
    ///   - unitBytes: Bytes of a unit, about.
    ///   - unitLines: Records of a unit, at most.
    ///   - maxRecordBytes: The bound on one record, or on a whole document.
    ///   - containers: The containers that are opened.
    /// - Throws: ``TraceError``.
    public init(
        path: String, format: TraceFormat? = nil, fields: TraceFieldPaths? = nil, unitBytes: Int = 1 << 20,
        unitLines: Int = .max, maxRecordBytes: Int = LineReader.defaultMaxRecordBytes,
        containers: ContainerRegistry = .standard
    ) throws(TraceError) {
        self.fields = fields
        name = path == "-" ? "<stdin>" : path
        self.unitBytes = unitBytes
        self.unitLines = unitLines
        size = path == "-" ? nil : FilePath.size(of: path)
        let found = format ?? TraceFormat.document(path: containers.nameInside(path))
        self.format = found
        if let found, !found.isLineBased {
            document = try TraceDocument(
                path: path, format: found, maxBytes: min(maxRecordBytes, TraceDocument.defaultMaxBytes),
                containers: containers)
        } else {
            document = nil
            reader = try LineReader(path: path, maxRecordBytes: maxRecordBytes, containers: containers)
        }
    }

    /// Opens an input whose lines may be of any shape, whatever its name.
    ///
    /// - Parameters:
    ///   - path: A file, or `-` for standard input.
    ///   - maxRecordBytes: The bound on one line.
    ///   - containers: The containers that are opened.
    /// - Throws: ``TraceError``.
    public init(
        linesOf path: String, maxRecordBytes: Int = LineReader.defaultMaxRecordBytes,
        containers: ContainerRegistry = .standard
    ) throws(TraceError) {
        name = path == "-" ? "<stdin>" : path
        unitBytes = 1 << 20
        unitLines = .max
        size = path == "-" ? nil : FilePath.size(of: path)
        format = nil
        fields = nil
        document = nil
        reader = try LineReader(path: path, maxRecordBytes: maxRecordBytes, containers: containers)
    }

    /// What parses the units.
    public var parser: TraceUnitParser { TraceUnitParser(format: format, file: name, fields: fields) }

    /// What stands around and between the records of a container; nil where records are lines or the input is a document.
    /// Known after ``openContainers()``, but for its end, which is known at the end.
    public var framing: RecordFraming? { reader?.framing }

    /// Looks at the first bytes and opens the containers that they name. Reading does so itself.
    ///
    /// - Throws: ``TraceError``.
    public mutating func openContainers() throws(TraceError) { try reader?.openContainers() }

    /// The next unit, or nil at the end.
    ///
    /// - Throws: ``TraceError``.
    public mutating func next() throws(TraceError) -> TraceUnit? {
        var unit: TraceUnit?
        let (maxBytes, maxLines) = (unitBytes, unitLines)
        if let document {
            if recordCount < document.records.count {
                unit = TraceUnit(
                    number: unitCount, firstRecord: recordCount, content: .record(document.records[recordCount]))
            }
        } else if let batch = try reader?.nextBatch(maxBytes: maxBytes, maxLines: maxLines) {
            unit = TraceUnit(number: unitCount, firstRecord: recordCount, content: .lines(batch))
        }
        unit?.framing = framing
        unit?.beginsWithByteOrderMark = unitCount == 0 && reader?.hasByteOrderMark == true
        if let unit {
            unitCount += 1
            recordCount += unit.count
        }
        return unit
    }

    /// The next record, or nil at the end. Not to be mixed with ``next()``.
    ///
    /// - Throws: ``TraceError`` naming file, line and byte column.
    public mutating func nextRecord() throws(TraceError) -> TraceRecord? {
        if document != nil {
            guard case .record(let record)? = try next()?.content else { return nil }
            return record
        }
        guard let batch = try batchInHand() else { return nil }
        defer { position += 1 }
        return try parser.record(at: position, of: batch)
    }

    /// The next line that is not blank, or nil at the end and for documents. Not to be mixed with ``next()``.
    ///
    /// - Throws: ``TraceError``.
    public mutating func nextLine() throws(TraceError) -> Line? {
        guard document == nil, let batch = try batchInHand() else { return nil }
        defer { position += 1 }
        return Line(
            bytes: Array(batch.bytes[batch.lines[position]]),
            location: batch.location(of: position, in: name))
    }

    /// A batch that is not used up; nil at the end.
    private mutating func batchInHand() throws(TraceError) -> LineBatch? {
        if let current, position < current.lines.count { return current }
        current = nil
        position = 0
        guard case .lines(let batch)? = try next()?.content else { return nil }
        current = batch
        return batch
    }
}
