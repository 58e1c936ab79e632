import StrictJSON
import Traces

/// Reads comma-separated values (RFC 4180): cells in quotation marks may hold commas, line ends and doubled quotation
/// marks. A byte order mark is dropped; lines end with CR LF, LF or CR; lines without a character are skipped.
struct CSVReader {
    /// One row with the line it begins in, from 1.
    struct Row: Hashable, Sendable {
        var cells: [String]
        var line: Int
    }

    private let bytes: [UInt8]
    private let file: String
    private var position = 0
    private var line = 1

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    private init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// All rows of a file's bytes.
    ///
    /// - Throws: ``ProblemSetError`` naming file and line: bytes that are not UTF-8, a quotation mark that is not closed,
    ///   or one where none may stand.
    static func rows(of bytes: [UInt8], file: String) throws(ProblemSetError) -> [Row] {
        if let offset = bytes.withUnsafeBytes({ UTF8Validation.firstInvalidOffset(in: $0) }) {
            let line = 1 + lineEnds(in: bytes[..<offset])
            throw ProblemSetError(
                .malformedCSV, at: SourceLocation(file: file, line: line), "the bytes are not UTF-8")
        }
        var reader = CSVReader(bytes, file: file)
        var rows: [Row] = []
        while let row = try reader.next() { rows.append(row) }
        return rows
    }

    /// CR LF, LF and CR each end one line.
    private static func lineEnds(in bytes: ArraySlice<UInt8>) -> Int {
        var count = 0
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == carriageReturn || byte == lineFeed && previous != carriageReturn { count += 1 }
            previous = byte
        }
        return count
    }

    private mutating func next() throws(ProblemSetError) -> Row? {
        while position < bytes.count, skipLineEnd() {}
        guard position < bytes.count else { return nil }
        var row = Row(cells: [], line: line)
        while true {
            row.cells.append(try cell())
            if position < bytes.count, bytes[position] == Self.comma {
                position += 1
                continue
            }
            _ = skipLineEnd()
            return row
        }
    }

    /// Whether a line ended here.
    private mutating func skipLineEnd() -> Bool {
        guard position < bytes.count else { return false }
        switch bytes[position] {
        case Self.carriageReturn:
            position += 1
            if position < bytes.count, bytes[position] == Self.lineFeed { position += 1 }
        case Self.lineFeed: position += 1
        default: return false
        }
        line += 1
        return true
    }

    private mutating func cell() throws(ProblemSetError) -> String {
        guard position < bytes.count, bytes[position] == Self.quote else { return try plainCell() }
        position += 1
        let opened = line
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case Self.quote:
                guard position < bytes.count, bytes[position] == Self.quote else {
                    try requireEnd()
                    return String(decoding: content, as: UTF8.self)
                }
                position += 1
            case Self.carriageReturn:
                if position == bytes.count || bytes[position] != Self.lineFeed { line += 1 }
            case Self.lineFeed: line += 1
            default: break
            }
            content.append(byte)
        }
        throw failure(line: opened, "a quotation mark opens a cell here and is never closed")
    }

    private mutating func plainCell() throws(ProblemSetError) -> String {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case Self.comma, Self.lineFeed, Self.carriageReturn:
                return String(decoding: bytes[start..<position], as: UTF8.self)
            case Self.quote:
                throw failure(
                    line: line,
                    "a quotation mark within a cell that does not begin with one; such cells are written "
                        + "in quotation marks, with those inside doubled")
            default: position += 1
            }
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private func requireEnd() throws(ProblemSetError) {
        guard position < bytes.count else { return }
        switch bytes[position] {
        case Self.comma, Self.lineFeed, Self.carriageReturn: return
        default: throw failure(line: line, "text after the quotation mark that closes a cell")
        }
    }

    private func failure(line: Int, _ message: String) -> ProblemSetError {
        ProblemSetError(.malformedCSV, at: SourceLocation(file: file, line: line), message)
    }
}
