import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Splits a file or standard input into lines, holding only a bounded part of it in memory.
///
/// Blank lines (nothing, or spaces and tabs) are skipped but counted. A UTF-8 byte order mark is skipped and
/// remembered. The bytes are not checked to be UTF-8 here: ``TraceParser`` does that, in parallel.
public struct LineReader: Sendable {
    /// The default bound on one line, in bytes.
    public static let defaultMaxRecordBytes = 32 << 20

    private static let chunkBytes = 1 << 20

    /// The name of the input in errors.
    public let file: String
    /// Whether the input began with a UTF-8 byte order mark (known after the first batch).
    public private(set) var hasByteOrderMark = false

    private let descriptor: Descriptor
    private let maxRecordBytes: Int
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
    /// - Throws: ``TraceError`` with code `unreadable`.
    public init(path: String, maxRecordBytes: Int = Self.defaultMaxRecordBytes) throws(TraceError) {
        file = path
        self.maxRecordBytes = maxRecordBytes
        if path == "-" {
            descriptor = Descriptor(borrowing: 0, name: path)
            return
        }
        let location = SourceLocation(file: path, line: 1)
        do throws(FileError) {
            descriptor = try Descriptor(opening: path, O_RDONLY)
        } catch {
            throw TraceError(.unreadable, at: location, "cannot be opened: \(error.reason)")
        }
        if FilePath.isFolder(path) { throw TraceError(.unreadable, at: location, "is a folder, not a file") }
    }

    /// The next lines, or nil at the end of the input. Returns early when nothing more can be read at once (a pipe).
    ///
    /// - Parameters:
    ///   - maxBytes: Stop after the line that reaches this many bytes.
    ///   - maxLines: At most this many lines.
    /// - Throws: ``TraceError``: `emptyInput`, `recordTooLarge`, `unsupportedEncoding` or `unreadable`.
    public mutating func nextBatch(maxBytes: Int = 1 << 20, maxLines: Int = .max) throws(TraceError) -> LineBatch? {
        if !hasBegun { try begin() }
        var batch = LineBatch(bytes: [], lines: [], lineNumbers: [], endings: [])
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
            if !batch.lines.isEmpty, !isReadable() { return yield(batch) }
            try fill()
        }
    }

    private mutating func yield(_ batch: LineBatch) -> LineBatch {
        hasYielded = true
        return batch
    }

    /// Takes what is left of the input if it is only blank lines: they belong to the last line.
    private mutating func takeBlanks(into batch: inout LineBatch) throws(TraceError) {
        while !isAtEnd, buffer[start..<end].allSatisfy(Self.isBlank), isReadable(), end - start < Self.chunkBytes {
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
                "this is \(kind.words), not lines of text")
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

    /// Whether a read would return at once.
    private func isReadable() -> Bool {
        var request = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 0) != 0
    }

    /// As one block of memory: one byte after the other takes seconds for long lines where nothing is optimised.
    private mutating func grow(to count: Int) {
        buffer = [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
            guard let base = bytes.baseAddress else { return }
            memset(base, 0, count)
            buffer.withUnsafeBytes { old in
                if let source = old.baseAddress { memcpy(base, source, min(end, count)) }
            }
            initialized = count
        }
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
        if buffer.count < end + Self.chunkBytes { grow(to: max(2 * buffer.count, end + Self.chunkBytes)) }
        let offset = end
        let count: Int
        let descriptor = descriptor
        do throws(FileError) {
            count = try buffer.withUnsafeMutableBufferPointer { bytes throws(FileError) in
                let rest = UnsafeMutableRawBufferPointer(bytes)[offset..<offset + Self.chunkBytes]
                return try descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: rest))
            }
        } catch {
            throw TraceError(
                .unreadable, at: SourceLocation(file: file, line: linesSeen + 1), "cannot be read: \(error.reason)")
        }
        if count == 0 { isAtEnd = true }
        end += count
    }
}
