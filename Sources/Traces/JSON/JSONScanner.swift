/// A strict reader of one JSON text (RFC 8259) that keeps an index of where the values stand.
///
/// It accepts nothing that the grammar does not, refuses an object that names a member twice (at any level), and
/// bounds the nesting. Numbers are checked and left as bytes, whatever their size. It does not recurse.
struct JSONScanner {
    /// Levels of nesting accepted.
    static let maxDepth = 512
    /// Levels of which an index is kept: deep enough for the parts of a message's content.
    static let indexedDepth = 6

    private struct Frame {
        var tokenIndex: Int
        var isObject: Bool
    }

    private let bytes: UnsafeRawBufferPointer
    private let count: Int
    private var cursor = 0
    private var frames: [Frame] = []
    private(set) var tape = JSONTape()

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        self.count = bytes.count
        tape.tokens.reserveCapacity(32)
        frames.reserveCapacity(8)
    }

    /// Validates one JSON text and returns its index. The bytes must be UTF-8 and fewer than 2³².
    static func scan(_ bytes: UnsafeRawBufferPointer) throws(JSONFailure) -> JSONTape {
        var scanner = JSONScanner(bytes)
        try scanner.run()
        return scanner.tape
    }

    private mutating func run() throws(JSONFailure) {
        try value(isMember: true)
        while let frame = frames.last {
            skipWhitespace()
            let byte = try peek(inside: true)
            let isEmpty = tape.tokens.count == frame.tokenIndex + 1
            let flags = tape.tokens[frame.tokenIndex].flags
            let isFirst = isEmpty && !flags.contains(.hasScalars)
            if byte == (frame.isObject ? 0x7D : 0x5D) {
                cursor += 1
                try close(frame)
                continue
            }
            if !isFirst {
                guard byte == 0x2C else {
                    throw failure("expected ',' or '\(frame.isObject ? "}" : "]")' but found \(Self.name(byte))")
                }
                cursor += 1
                skipWhitespace()
            }
            if frame.isObject {
                try key()
                try value(isMember: true)
            } else {
                try value(isMember: false)
            }
        }
        skipWhitespace()
        if cursor < count { throw failure("unexpected \(Self.name(bytes[cursor])) after the end of the value") }
    }

    /// Closes a container: checks its keys, then drops its inside when it lies too deep to matter.
    private mutating func close(_ frame: Frame) throws(JSONFailure) {
        let index = frame.tokenIndex
        if frame.isObject { try JSONKeys.checkDistinct(tape: tape, object: index, bytes: bytes) }
        if frames.count > Self.indexedDepth { tape.tokens.removeSubrange((index + 1)...) }
        tape.tokens[index].end = UInt32(truncatingIfNeeded: cursor)
        tape.tokens[index].next = UInt32(truncatingIfNeeded: tape.tokens.count)
        frames.removeLast()
        // An element of an array too deep to be indexed need not stay either.
        if let parent = frames.last, !parent.isObject, frames.count > Self.indexedDepth {
            tape.tokens.removeLast()
            tape.tokens[parent.tokenIndex].flags.insert(.hasScalars)
        }
    }

    private mutating func value(isMember: Bool) throws(JSONFailure) {
        skipWhitespace()
        let start = cursor
        var flags: JSONTape.Flags = []
        let kind: JSONTape.Kind
        switch try peek(inside: !frames.isEmpty) {
        case 0x22:
            flags = try string() ? .escaped : []
            kind = .string
        case 0x7B: return try open(isObject: true)
        case 0x5B: return try open(isObject: false)
        case 0x2D, 0x30...0x39:
            try number()
            kind = .number
        case 0x74:
            try literal("true")
            kind = .literal
        case 0x66:
            try literal("false")
            kind = .literal
        case 0x6E:
            try literal("null")
            kind = .literal
        case let byte: throw failure("expected a value but found \(Self.name(byte))")
        }
        if isMember {
            push(kind, flags, start)
        } else if let parent = frames.last {
            tape.tokens[parent.tokenIndex].flags.insert(.hasScalars)
        }
    }

    private mutating func open(isObject: Bool) throws(JSONFailure) {
        guard frames.count < Self.maxDepth else {
            throw failure("nested more than \(Self.maxDepth) levels deep", code: .nestingTooDeep)
        }
        frames.append(Frame(tokenIndex: tape.tokens.count, isObject: isObject))
        push(isObject ? .object : .array, [], cursor)
        cursor += 1
    }

    private mutating func key() throws(JSONFailure) {
        let byte = try peek(inside: true)
        guard byte == 0x22 else { throw failure("expected a member name in quotes but found \(Self.name(byte))") }
        let start = cursor
        let flags: JSONTape.Flags = try string() ? .escaped : []
        push(.key, flags, start)
        skipWhitespace()
        let colon = try peek(inside: true)
        guard colon == 0x3A else { throw failure("expected ':' after a member name but found \(Self.name(colon))") }
        cursor += 1
    }

    private mutating func push(_ kind: JSONTape.Kind, _ flags: JSONTape.Flags, _ start: Int) {
        tape.tokens.append(
            JSONTape.Token(
                kind: kind, flags: flags, start: UInt32(truncatingIfNeeded: start),
                end: UInt32(truncatingIfNeeded: cursor), next: UInt32(truncatingIfNeeded: tape.tokens.count + 1)))
    }

    /// Reads a string from its opening quote; true when it holds escapes.
    private mutating func string() throws(JSONFailure) -> Bool {
        let start = cursor
        var escaped = false
        cursor += 1
        while true {
            cursor = JSONText.endOfPlainRun(bytes, from: cursor)
            guard cursor < count else {
                throw JSONFailure(code: .truncated, offset: start, message: "the string that begins here does not end")
            }
            switch bytes[cursor] {
            case 0x22:
                cursor += 1
                return escaped
            case 0x5C:
                escaped = true
                try escape()
            case let byte: throw failure("control character \(Self.name(byte)) inside a string must be escaped")
            }
        }
    }

    private mutating func escape() throws(JSONFailure) {
        guard cursor + 1 < count else { throw failure("the record ends inside an escape", code: .truncated) }
        switch bytes[cursor + 1] {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: cursor += 2
        case 0x75:
            let unit = try hexUnit(at: cursor)
            if unit & 0xFC00 == 0xDC00 {
                throw failure("\\u escape is the second half of a surrogate pair without the first", code: .invalidUTF8)
            }
            if unit & 0xFC00 == 0xD800 {
                let second = cursor + 6
                guard second + 1 < count, bytes[second] == 0x5C, bytes[second + 1] == 0x75,
                    try hexUnit(at: second) & 0xFC00 == 0xDC00
                else {
                    throw failure(
                        "\\u escape is the first half of a surrogate pair without the second", code: .invalidUTF8)
                }
                cursor += 6
            }
            cursor += 6
        case let byte: throw failure("unknown escape: backslash followed by \(Self.name(byte))")
        }
    }

    private func hexUnit(at offset: Int) throws(JSONFailure) -> UInt16 {
        guard offset + 6 <= count else {
            throw JSONFailure(code: .truncated, offset: offset, message: "the record ends inside an escape")
        }
        guard let unit = JSONText.hexUnit(bytes, at: offset + 2) else {
            throw JSONFailure(code: .malformedJSON, offset: offset, message: "\\u must be followed by four hex digits")
        }
        return unit
    }

    private mutating func number() throws(JSONFailure) {
        if bytes[cursor] == 0x2D { cursor += 1 }
        if cursor < count, bytes[cursor] == 0x30 {
            cursor += 1
            if cursor < count, JSONText.isDigit(bytes[cursor]) { throw failure("a number must not begin with 0") }
        } else {
            try digits()
        }
        if cursor < count, bytes[cursor] == 0x2E {
            cursor += 1
            try digits()
        }
        if cursor < count, bytes[cursor] | 0x20 == 0x65 {
            cursor += 1
            if cursor < count, bytes[cursor] == 0x2B || bytes[cursor] == 0x2D { cursor += 1 }
            try digits()
        }
    }

    private mutating func digits() throws(JSONFailure) {
        let start = cursor
        while cursor < count, JSONText.isDigit(bytes[cursor]) { cursor += 1 }
        guard cursor > start else {
            if cursor >= count { throw failure("the record ends inside a number", code: .truncated) }
            throw failure("expected a digit but found \(Self.name(bytes[cursor]))")
        }
    }

    private mutating func literal(_ word: StaticString) throws(JSONFailure) {
        let length = word.utf8CodeUnitCount
        for offset in 0..<length {
            guard cursor + offset < count else { throw failure("the record ends inside a word", code: .truncated) }
            guard bytes[cursor + offset] == word.utf8Start[offset] else {
                throw failure("expected \(word) but found something else")
            }
        }
        cursor += length
    }

    private mutating func skipWhitespace() {
        while cursor < count {
            switch bytes[cursor] {
            case 0x20, 0x09, 0x0A, 0x0D: cursor += 1
            default: return
            }
        }
    }

    private func peek(inside: Bool) throws(JSONFailure) -> UInt8 {
        guard cursor < count else {
            let message = inside ? "the record ends inside an object or array" : "the record ends before a value"
            throw JSONFailure(code: .truncated, offset: cursor, message: message)
        }
        return bytes[cursor]
    }

    private func failure(_ message: String, code: TraceError.Code = .malformedJSON) -> JSONFailure {
        JSONFailure(code: code, offset: cursor, message: message)
    }

    /// A byte for an error message.
    static func name(_ byte: UInt8) -> String {
        if byte > 0x20, byte < 0x7F { return "'\(UnicodeScalar(byte))'" }
        let hex = String(byte, radix: 16, uppercase: true)
        return "byte 0x" + (hex.count == 1 ? "0" + hex : hex)
    }
}
