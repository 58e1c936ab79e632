import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Splits a file or standard input into lines, holding only a bounded part of it in memory. Containers are opened by what
/// their first bytes say: compressed lines are lines, and the records of a JSON array are handed out like lines.
///
/// Blank lines (nothing, or spaces and tabs) are skipped but counted. A UTF-8 byte order mark is skipped and
/// remembered. The bytes are not checked to be UTF-8 here: ``TraceParser`` does that, in parallel.
public struct LineReader {
    /// The default bound on one line, in bytes.
    public static let defaultMaxRecordBytes = 32 << 20

    private static let chunkBytes = 1 << 20

    /// The name of the input in errors.
    public let file: String
    /// Whether the input began with a UTF-8 byte order mark (known after the first batch).
    public private(set) var hasByteOrderMark = false

    /// Whether the bytes are compressed in the file (known after the first batch, of a regular file at once).
    public private(set) var isCompressed = false

    private let containers: ContainerRegistry
    private let maxRecordBytes: Int
    private var input: ByteInput
    /// Of a container of records, what is in it.
    private var records: (any RecordBatches)?
    /// What is thrown when what was complete before has been handed out.
    private var failure: TraceError?
    private var isOpened = false
    /// Bytes read and not yet handed out are `buffer[start..<end]`; no newline lies before `searched`.
    private var buffer: [UInt8] = []
    private var start = 0
    private var end = 0
    private var searched = 0
    /// Lines handed out or skipped so far.
    private var linesSeen = 0
    private var isAtEnd = false
    private var hasBegun = false
    private var hasYielded = false
    /// Blank lines since the last line that was not.
    private var blanks: [UInt8] = []

    /// Opens an input.
    ///
    /// - Parameters:
    ///   - path: A file, or `-` for standard input.
    ///   - maxRecordBytes: The bound on one line.
    ///   - containers: The containers that are opened.
    /// - Throws: ``TraceError`` with code `unreadable`, and where a regular file is a container that cannot be read.
    public init(
        path: String, maxRecordBytes: Int = Self.defaultMaxRecordBytes, containers: ContainerRegistry = .standard
    ) throws(TraceError) {
        file = path
        self.maxRecordBytes = maxRecordBytes
        self.containers = containers
        let reader = try FileReader(path: path)
        input = ByteInput(reader, file: path)
        // Nobody has to wait for the first bytes of a file.
        if reader.isRegular { try openContainers() }
    }

    /// What stands around and between the records of a container; nil where records are lines. Known when the input is
    /// opened, see ``openContainers()``, but for its end.
    public var framing: RecordFraming? { records?.framing }

    /// Looks at the first bytes and opens the containers that they name; what has been done already of a regular file.
    ///
    /// - Throws: ``TraceError``.
    public mutating func openContainers() throws(TraceError) {
        if isOpened { return }
        isOpened = true
        do throws(TraceError) {
            let opened = try containers.open(input, roles: [.bytes, .records], maxRecordBytes: maxRecordBytes)
            input = opened.input
            records = opened.records
            isCompressed = opened.isCompressed
        } catch {
            failure = error
            throw error
        }
    }

    /// The next lines, or nil at the end of the input. Returns early when nothing more can be read at once (a pipe).
    ///
    /// - Parameters:
    ///   - maxBytes: Stop after the line that reaches this many bytes.
    ///   - maxLines: At most this many lines.
    /// - Throws: ``TraceError``: `emptyInput`, `recordTooLarge`, `unsupportedEncoding` or `unreadable`.
    public mutating func nextBatch(maxBytes: Int = 1 << 20, maxLines: Int = .max) throws(TraceError) -> LineBatch? {
        if let failure { throw failure }
        try openContainers()
        if records != nil { return try records?.nextBatch(maxBytes: maxBytes, maxLines: maxLines) }
        var batch = LineBatch()
        do throws(TraceError) {
            return try nextLines(&batch, maxBytes: maxBytes, maxLines: maxLines)
        } catch {
            // What was complete before is not lost by what comes after it.
            guard !batch.lines.isEmpty else { throw error }
            failure = error
            return yield(batch)
        }
    }

    private mutating func nextLines(
        _ batch: inout LineBatch, maxBytes: Int, maxLines: Int
    ) throws(TraceError) -> LineBatch? {
        if !hasBegun { try begin() }
        while true {
            while let newline = nextNewline() {
                try take(upTo: newline, into: &batch)
                if batch.bytes.count >= maxBytes || batch.lines.count >= max(maxLines, 1) {
                    try takeBlanks(into: &batch)
                    return yield(batch)
                }
            }
            if end - start > maxRecordBytes { throw tooLarge() }
            if isAtEnd {
                if start < end { try take(upTo: nil, into: &batch) }
                batch.trailing = blanks
                if !batch.lines.isEmpty { return yield(batch) }
                guard hasYielded else {
                    throw TraceError(.emptyInput, at: SourceLocation(file: file, line: 1), "the input holds no records")
                }
                return nil
            }
            if !batch.lines.isEmpty, !input.isReadable { return yield(batch) }
            try fill()
        }
    }

    private mutating func yield(_ batch: LineBatch) -> LineBatch {
        hasYielded = true
        return batch
    }

    /// Takes what is left of the input if it is only blank lines: they belong to the last line.
    private mutating func takeBlanks(into batch: inout LineBatch) throws(TraceError) {
        while !isAtEnd, buffer[start..<end].allSatisfy(Self.isBlank), input.isReadable, end - start < Self.chunkBytes {
            try fill()
        }
        guard isAtEnd, buffer[start..<end].allSatisfy(Self.isBlank) else { return }
        batch.trailing = Array(buffer[start..<end])
        start = end
        searched = end
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }

    /// Looks at the first bytes for a byte order mark.
    private mutating func begin() throws(TraceError) {
        hasBegun = true
        while end < 4, !isAtEnd { try fill() }
        let head = Array(buffer[..<min(end, 4)])
        if head.starts(with: [0xEF, 0xBB, 0xBF]) {
            hasByteOrderMark = true
            start = 3
            searched = 3
        } else if let name = TextEncodingMark.unsupported(head) {
            throw TraceError(
                .unsupportedEncoding, at: SourceLocation(file: file, line: 1, column: 1),
                "the input is \(name), only UTF-8 is read")
        } else if let kind = FileKind(head: buffer[..<min(end, FileKind.headBytes)]), kind.isBinary {
            throw TraceError(
                .unsupportedEncoding, at: SourceLocation(file: file, line: 1, column: 1),
                "this is \(kind.words), not lines of text\(kind.advice.map { "; " + $0 } ?? "")")
        }
    }

    private mutating func nextNewline() -> Int? {
        let from = searched
        let to = end
        guard from < to else { return nil }
        let found = buffer.withUnsafeBytes { bytes -> Int? in
            guard let base = bytes.baseAddress, let hit = memchr(base + from, 0x0A, to - from) else { return nil }
            return UnsafeRawPointer(hit) - base
        }
        searched = found.map { $0 + 1 } ?? to
        return found
    }

    /// Moves one line into the batch; `newline` is nil for a last line without terminator.
    private mutating func take(upTo newline: Int?, into batch: inout LineBatch) throws(TraceError) {
        var lineEnd = newline ?? end
        var ending = LineBatch.Ending.none
        if newline != nil {
            ending = .lineFeed
            if lineEnd > start, buffer[lineEnd - 1] == 0x0D {
                ending = .carriageReturnLineFeed
                lineEnd -= 1
            }
        }
        if lineEnd - start > maxRecordBytes { throw tooLarge() }
        linesSeen += 1
        let isBlank = buffer[start..<lineEnd].allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        if isBlank {
            blanks += buffer[start..<(newline.map { $0 + 1 } ?? end)]
        } else {
            let offset = batch.bytes.count
            batch.bytes.append(contentsOf: buffer[start..<lineEnd])
            batch.lines.append(offset..<batch.bytes.count)
            batch.lineNumbers.append(linesSeen)
            batch.endings.append(ending)
            batch.blanks.append(blanks)
            blanks = []
        }
        start = newline.map { $0 + 1 } ?? end
    }

    private func tooLarge() -> TraceError {
        TraceError(
            .recordTooLarge, at: SourceLocation(file: file, line: linesSeen + 1),
            "the record is larger than \(maxRecordBytes) bytes")
    }

    private mutating func fill() throws(TraceError) {
        if start > 0 {
            // What is left is less than one line, or the batch would not have asked for more.
            buffer.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                memmove(base, base + start, end - start)
            }
            end -= start
            searched -= start
            start = 0
        }
        if buffer.count < end + Self.chunkBytes {
            buffer.appendZeros(max(2 * buffer.count, end + Self.chunkBytes) - buffer.count)
        }
        let offset = end
        let count: Int
        let input = input
        do throws(TraceError) {
            count = try buffer.withUnsafeMutableBufferPointer { bytes throws(TraceError) in
                let rest = UnsafeMutableRawBufferPointer(bytes)[offset..<offset + Self.chunkBytes]
                return try input.read(into: UnsafeMutableRawBufferPointer(rebasing: rest))
            }
        } catch {
            throw TraceError(error.code, at: SourceLocation(file: file, line: linesSeen + 1), error.message)
        }
        if count == 0 { isAtEnd = true }
        end += count
    }
}
