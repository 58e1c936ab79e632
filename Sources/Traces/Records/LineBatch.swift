/// Some consecutive lines of an input, or records of a container.
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
    public var bytes: [UInt8] = []
    /// The lines that are not blank, without terminators, as ranges of ``bytes``.
    public var lines: [Range<Int>] = []
    /// The number of each line in the input, from 1, blank lines counted.
    public var lineNumbers: [Int] = []
    /// How each line ended.
    public var endings: [Ending] = []
    /// The blank lines before each line, terminators included; empty where records are no lines.
    public var blanks: [[UInt8]] = []
    /// Blank lines after the last line, where no line of the input follows.
    var trailing: [UInt8] = []
    /// Each record with what is kept around it, as ranges of ``bytes``; empty where records are lines.
    public var items: [Range<Int>] = []
    /// The byte in its line where each record begins, from 1; empty where records are lines.
    public var columns: [Int] = []

    /// A batch without lines.
    public init() {}

    /// The number of the first line of the batch, from 1 (0 in an empty batch).
    public var firstLine: Int { lineNumbers.first ?? 0 }

    /// Where a record begins.
    ///
    /// - Parameters:
    ///   - index: Its place in the batch.
    ///   - file: The input's name in errors.
    public func location(of index: Int, in file: String) -> SourceLocation {
        SourceLocation(
            file: file, line: lineNumbers[index], column: columns.indices.contains(index) ? columns[index] : nil)
    }

    /// The bytes that are kept before a record: blank lines, where it is a line.
    public func before(_ index: Int) -> ArraySlice<UInt8> {
        if items.indices.contains(index) { return bytes[items[index].lowerBound..<lines[index].lowerBound] }
        return blanks.indices.contains(index) ? blanks[index][...] : []
    }

    /// The bytes that are kept behind a record: its terminator, where it is a line, and blank lines that no line follows.
    public func behind(_ index: Int) -> ArraySlice<UInt8> {
        if items.indices.contains(index) { return bytes[lines[index].upperBound..<items[index].upperBound] }
        return (endings[index].bytes + (index == lines.count - 1 ? trailing : []))[...]
    }

    /// A record as one line: what breaks lines in JSON stands between its tokens.
    public static func asLine(_ record: [UInt8]) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(record.count + 1)
        var isIndent = false
        for byte in record {
            switch byte {
            case 0x0A, 0x0D: isIndent = true
            case 0x20, 0x09: if !isIndent { line.append(byte) }
            default:
                isIndent = false
                line.append(byte)
            }
        }
        line.append(0x0A)
        return line
    }
}
