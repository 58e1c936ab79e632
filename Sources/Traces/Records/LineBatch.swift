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
    /// The blank lines before each line, terminators included; after the last line of an input, those that end it.
    public var blanks: [[UInt8]] = []

    /// What follows a line: its terminator, and blank lines that no line follows.
    public func tail(of offset: Int) -> [UInt8] {
        endings[offset].bytes + (offset == lines.count - 1 ? trailing : [])
    }

    /// Blank lines after the last line, where no line of the input follows.
    var trailing: [UInt8] = []

    /// The number of the first line of the batch, from 1 (0 in an empty batch).
    public var firstLine: Int { lineNumbers.first ?? 0 }
}
