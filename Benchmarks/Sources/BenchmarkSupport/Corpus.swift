import Foundation

/// Makes a large JSONL file from a small one by writing it again and again with other names, numbers and things, so
/// that most contexts of the text are new each time while its language, shapes and sentence lengths stay.
///
/// In every repetition a name (a capitalised word after a lower-case one), a thing (a plural after a number) and a
/// number each become another one, the same for all its occurrences in the record. The first repetition is the input.
public struct Corpus {
    private let lines: [[UInt8]]
    private let seed: UInt64

    /// Reads the lines to repeat.
    public init(path: String, seed: UInt64) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        lines = data.split(separator: 0x0A).map(Array.init)
        self.seed = seed
    }

    /// How much was written.
    public struct Size: Codable, Sendable {
        /// Bytes of the file.
        public var bytes = 0
        /// Its lines.
        public var records = 0
    }

    /// Writes a file of at least `bytes` bytes or exactly `records` records, whichever is reached first.
    public func write(
        to path: String, bytes limit: Int = .max, records recordLimit: Int = .max,
        where isWanted: (ArraySlice<UInt8>) -> Bool = { _ in true }
    ) throws -> Size {
        guard !lines.isEmpty, FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw ChildRun.Failure(description: "cannot write \(path), or nothing to write") }
        defer { try? file.close() }
        var size = Size()
        var buffer: [UInt8] = []
        var repetition: UInt64 = 0
        while size.bytes < limit, size.records < recordLimit {
            let before = size.records
            for line in lines where size.bytes < limit && size.records < recordLimit && isWanted(line[...]) {
                let start = buffer.count
                if repetition == 0 { buffer += line } else { append(line, repetition, to: &buffer) }
                buffer.append(0x0A)
                size.bytes += buffer.count - start
                size.records += 1
                if buffer.count > 1 << 20 { try flush(&buffer, to: file) }
            }
            guard size.records > before else {
                throw ChildRun.Failure(description: "no line of the input is of use here")
            }
            repetition += 1
        }
        try flush(&buffer, to: file)
        return size
    }

    private func flush(_ buffer: inout [UInt8], to file: FileHandle) throws {
        try file.write(contentsOf: Data(buffer))
        buffer.removeAll(keepingCapacity: true)
    }

    private func append(_ line: [UInt8], _ repetition: UInt64, to output: inout [UInt8]) {
        let key = Self.mix(seed ^ Self.mix(repetition))
        var index = 0
        // What stands before the current token: byte, and whether the last token was a number.
        var followsNumber = false
        while index < line.count {
            let byte = line[index]
            let before = index > 0 ? line[index - 1] : 0x20
            guard Self.isLetter(byte) || Self.isDigit(byte) else {
                if byte != 0x20 { followsNumber = false }
                output.append(byte)
                index += 1
                continue
            }
            var end = index
            while end < line.count, Self.isLetter(line[end]) || Self.isDigit(line[end]) { end += 1 }
            let token = line[index..<end]
            let isNumber = token.allSatisfy(Self.isDigit)
            if isNumber, byte != 0x30, before != UInt8(ascii: "\\") {
                appendNumber(token, key, to: &output)
            } else if isName(token, in: line) || (followsNumber && isThing(token)) {
                appendWord(token, key, to: &output)
            } else {
                output += token
            }
            followsNumber = isNumber
            index = end
        }
    }

    private func isName(_ token: ArraySlice<UInt8>, in line: [UInt8]) -> Bool {
        let start = token.startIndex
        return token.count >= 3 && start >= 2 && token[start] < 0x61 && token.dropFirst().allSatisfy { $0 >= 0x61 }
            && line[start - 1] == 0x20 && line[start - 2] >= 0x61 && Self.isLetter(line[start - 2])
    }

    private func isThing(_ token: ArraySlice<UInt8>) -> Bool {
        token.count >= 6 && token.allSatisfy { $0 >= 0x61 } && token.last == UInt8(ascii: "s")
    }

    /// As many digits, no leading zero.
    private func appendNumber(_ token: ArraySlice<UInt8>, _ key: UInt64, to output: inout [UInt8]) {
        var state = hash(token, key)
        for place in 0..<token.count {
            output.append(0x30 + UInt8(place == 0 ? 1 + state % 9 : state % 10))
            state = Self.mix(state)
        }
    }

    /// Syllables, with the capital and the plural of the old word.
    private func appendWord(_ token: ArraySlice<UInt8>, _ key: UInt64, to output: inout [UInt8]) {
        let consonants = Array("bdfgklmnprstvz".utf8)
        let vowels = Array("aeiou".utf8)
        let start = output.count
        var state = hash(token, key)
        for _ in 0..<(2 + Int(state % 2)) {
            state = Self.mix(state)
            output.append(consonants[Int(state % UInt64(consonants.count))])
            output.append(vowels[Int((state >> 20) % UInt64(vowels.count))])
        }
        if let first = token.first, first < 0x61 { output[start] -= 0x20 }
        output.append(token.last == UInt8(ascii: "s") ? UInt8(ascii: "s") : UInt8(ascii: "n"))
    }

    private func hash(_ token: ArraySlice<UInt8>, _ key: UInt64) -> UInt64 {
        Self.mix(token.reduce(key) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// SplitMix64's output function.
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
