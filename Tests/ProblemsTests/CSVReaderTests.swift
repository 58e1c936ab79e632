import TestSupport
import Testing

@testable import Problems

@Suite struct CSVReaderTests {
    private func rows(_ text: String) throws -> [[String]] {
        try CSVReader.rows(of: Array(text.utf8), file: "t.csv").map(\.cells)
    }

    @Test(arguments: [
        ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]), ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
        ("a,b\rc,d\r", [["a", "b"], ["c", "d"]]), ("\u{FEFF}a,b\n", [["a", "b"]]),
        ("\u{FEFF}\"a\",b\n", [["a", "b"]]), ("a,\n,\n", [["a", ""], ["", ""]]),
        ("\n\r\na\n\n\nb\n", [["a"], ["b"]]), ("\"a,b\",\"c\"\"d\"\n", [["a,b", "c\"d"]]),
        ("\"two\nlines\",\"and\r\nthree\"\r\nx,y\n", [["two\nlines", "and\r\nthree"], ["x", "y"]]),
        ("\"\",\"\"\"\"\n", [["", "\""]]), ("", []), ("\n\n", []), ("ä,\"π\"\n", [["ä", "π"]]),
    ])
    func readsWhatTheRulesAllow(text: String, expected: [[String]]) throws {
        #expect(try rows(text) == expected)
    }

    @Test(arguments: [
        ("a,b\n\"c,d\n\n", 2, "never closed"), ("a\nb\"c,d\n", 2, "within a cell"),
        ("\"a\nb\" c,d\n", 2, "after the quotation mark"), ("\"x\"\"", 1, "never closed"),
        ("\"a\r\nb\",\"c\r\n\"\nz,\"y\n", 4, "never closed"),
    ])
    func namesTheLine(text: String, line: Int, message: String) throws {
        let error = #expect(throws: ProblemSetError.self) { try rows(text) }
        #expect(error?.code == .malformedCSV && error?.location.line == line, "\(error?.description ?? "")")
        #expect(error?.message.contains(message) == true)
    }

    @Test func bytesThatAreNotTextAreNamed() throws {
        let error = #expect(throws: ProblemSetError.self) {
            try CSVReader.rows(of: Array("a\r\nb\n".utf8) + [0xFF, 0x0A], file: "t.csv")
        }
        #expect(error?.description == "t.csv:3: the bytes are not UTF-8")
    }

    @Test func rowsKnowTheirFirstLine() throws {
        let rows = try CSVReader.rows(of: Array("a\n\"b\n\nb\"\n\nc\n".utf8), file: "t.csv")
        #expect(rows.map(\.line) == [1, 2, 6])
    }

    private static func bytes(_ table: [[String]]) -> [[[UInt8]]] {
        table.map { row in row.map { Array($0.utf8) } }
    }

    /// Whatever cells are written by the rules is read back, with every way to end a line.
    @Test(arguments: [UInt64(11), 12, 13])
    func everyTableComesBack(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let pieces = ["a", ",", "\"", "\n", "\r\n", "\r", " ", "é", "word", "\"\"", ""]
        for _ in 0..<200 {
            let width = Int.random(in: 1...4, using: &generator)
            let table = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                (0..<width).map { _ in
                    (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                        pieces[Int.random(in: 0..<pieces.count, using: &generator)]
                    }.joined()
                }
            }
            var text = Bool.random(using: &generator) ? "\u{FEFF}" : ""
            for row in table {
                // An unquoted empty cell alone would be a blank line.
                let cells = row.map { cell in
                    // By bytes: a carriage return and a line feed are one character.
                    let isPlain = !cell.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) } && row != [""]
                    return isPlain && Bool.random(using: &generator)
                        ? cell : "\"" + cell.replacing("\"", with: "\"\"") + "\""
                }
                text += cells.joined(separator: ",") + ["\n", "\r\n", "\r"][Int.random(in: 0..<3, using: &generator)]
            }
            let read = try rows(text)
            // By bytes: equal strings may be spelt in different ways.
            #expect(Self.bytes(read) == Self.bytes(table), "seed \(seed)")
        }
    }

    /// No bytes at all make it trap.
    @Test(arguments: [UInt64(5), 6])
    func anyBytesGiveRowsOrAnError(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let alphabet: [UInt8] = [0x22, 0x2C, 0x0A, 0x0D, 0x61, 0xC3, 0xA4, 0xEF, 0xBB, 0xBF, 0xFF]
        var read = 0
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            do {
                let rows = try CSVReader.rows(of: bytes, file: "t.csv")
                #expect(rows.allSatisfy { !$0.cells.isEmpty && $0.line >= 1 }, "seed \(seed): \(bytes)")
                read += 1
            } catch {
                #expect(error.location.line >= 1 && error.location.line <= bytes.count + 1, "seed \(seed): \(bytes)")
            }
        }
        #expect(read > 100 && read < 1_900, "seed \(seed): both must occur")
    }
}
