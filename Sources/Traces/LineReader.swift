/// Some consecutive lines of an input.
public struct LineBatch: Sendable {
    /// How a line ended.
    public enum Ending: UInt8, Sendable {
        /// A line feed.
        case lineFeed
        /// A carriage return and a line feed.
        case carriageReturnLineFeed
        /// The end of the input.
        case none

        /// The bytes of the terminator.
        public var bytes: [UInt8] {
            switch self {
            case .lineFeed: [0x0A]
            case .carriageReturnLineFeed: [0x0D, 0x0A]
            case .none: []
            }
        }
    }

    /// The bytes that ``lines`` index.
    public var bytes: [UInt8]
    /// The lines that are not blank, without terminators, as ranges of ``bytes``.
    public var lines: [Range<Int>]
    /// The number of each line in the input, from 1, blank lines counted.
    public var lineNumbers: [Int]
    /// How each line ended.
    public var endings: [Ending]

    /// The number of the first line of the batch, from 1 (0 in an empty batch).
    public var firstLine: Int { lineNumbers.first ?? 0 }
}

/// Splits a file or standard input into lines, holding only a bounded part of it in memory.
///
/// Blank lines (nothing, or spaces and tabs) are skipped but counted. A UTF-8 byte order mark is skipped and
/// remembered. The bytes are not checked to be UTF-8 here: ``TraceParser`` does that, in parallel.
public struct LineReader: Sendable {
    /// The default bound on one line, in bytes.
    public static let defaultMaxRecordBytes = 32 << 20

    /// The name of the input in errors.
    public let file: String
    /// Whether the input began with a UTF-8 byte order mark (known after the first batch).
    public private(set) var hasByteOrderMark = false

    /// Opens an input.
    ///
    /// - Parameters:
    ///   - path: A file, or `-` for standard input.
    ///   - maxRecordBytes: The bound on one line.
    /// - Throws: ``TraceError`` with code `unreadable`.
    public init(path: String, maxRecordBytes: Int = Self.defaultMaxRecordBytes) throws(TraceError) {
        self.file = path
    }

    /// The next lines, or nil at the end of the input. Returns early when nothing more can be read at once (a pipe).
    ///
    /// - Parameters:
    ///   - maxBytes: Stop after the line that reaches this many bytes.
    ///   - maxLines: At most this many lines.
    /// - Throws: ``TraceError``: `emptyInput`, `recordTooLarge`, `unsupportedEncoding` or `unreadable`.
    public mutating func nextBatch(maxBytes: Int = 1 << 20, maxLines: Int = .max) throws(TraceError) -> LineBatch? {
        nil
    }
}
