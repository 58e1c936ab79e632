/// A strict reader of one JSON text (RFC 8259) that keeps an index of where the values stand.
///
/// It accepts nothing that the grammar does not, refuses an object that names a member twice (at any level), and
/// bounds the nesting. Numbers are checked and left as bytes, whatever their size. It does not recurse.
struct JSONScanner {
    private struct Frame {
        var tokenIndex: Int
        var isObject: Bool
    }

    private let bytes: UnsafeRawBufferPointer
    private let count: Int
    private let limits: JSONLimits
    /// Whether elements of arrays that are no containers are indexed too.
    private let keepsElements: Bool
    private var cursor = 0
    private var frames: [Frame] = []
    private(set) var tape = JSONTape()

    private init(_ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
        count = bytes.count
        keepsElements = limits.indexedDepth == .max
        tape.tokens.reserveCapacity(keepsElements ? 32 + bytes.count / 16 : 32)
        frames.reserveCapacity(8)
    }

    static func scan(_ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits) throws(JSONError) -> JSONTape {
        guard bytes.count <= min(limits.maxBytes, Int(Int32.max) - 1) else {
            throw JSONError(.tooLarge, at: 0, "the text has \(bytes.count) bytes")
        }
        if let offset = UTF8Validation.firstInvalidOffset(in: bytes) {
            throw JSONError(
                .invalidUTF8, at: offset,
                "the bytes are not UTF-8: \(UTF8Validation.name(bytes[offset])) cannot stand here")
        }
        var scanner = JSONScanner(bytes, limits)
        if limits.allowsByteOrderMark, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { scanner.cursor = 3 }
        try scanner.run()
        return scanner.tape
    }

    private mutating func run() throws(JSONError) {
        skipWhitespace()
        if cursor == count { throw JSONError(.empty, at: cursor, "the text is empty") }
        try value(isMember: true)
        while let frame = frames.last {
            skipWhitespace()
            let byte = try peek()
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
                    throw unexpected(byte, frame.isObject ? "',' or '}'" : "',' or ']'")
                }
                cursor += 1
                skipWhitespace()
            }
            if frame.isObject {
                try key()
                try value(isMember: true)
            } else {
                try value(isMember: keepsElements)
            }
        }
        skipWhitespace()
        if cursor < count {
            throw JSONError(
                .trailing, at: cursor, "unexpected \(UTF8Validation.name(bytes[cursor])) after the end of the value")
        }
    }

    /// Closes a container: checks its keys, then drops its inside when it lies too deep to matter.
    private mutating func close(_ frame: Frame) throws(JSONError) {
        let index = frame.tokenIndex
        if frame.isObject, let key = JSONKeys.duplicate(tape: tape, object: index, bytes: bytes) {
            throw duplicate(key)
        }
        if frames.count > limits.indexedDepth { tape.tokens.removeSubrange((index + 1)...) }
        tape.tokens[index].end = UInt32(truncatingIfNeeded: cursor)
        tape.tokens[index].next = UInt32(truncatingIfNeeded: tape.tokens.count)
        frames.removeLast()
        // An element of an array too deep to be indexed need not stay either.
        if let parent = frames.last, !parent.isObject, frames.count > limits.indexedDepth {
            tape.tokens.removeLast()
            tape.tokens[parent.tokenIndex].flags.insert(.hasScalars)
        }
    }

    private mutating func value(isMember: Bool) throws(JSONError) {
        skipWhitespace()
        let start = cursor
        var flags: JSONTape.Flags = []
        let kind: JSONTape.Kind
        switch try peek() {
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
        case let byte: throw unexpected(byte, "a JSON value")
        }
        if isMember {
            push(kind, flags, start)
        } else if let parent = frames.last {
            tape.tokens[parent.tokenIndex].flags.insert(.hasScalars)
        }
    }

    private mutating func open(isObject: Bool) throws(JSONError) {
        guard frames.count < limits.maxDepth else {
            throw JSONError(.tooDeep, at: cursor, "nested more than \(limits.maxDepth) levels deep")
        }
        frames.append(Frame(tokenIndex: tape.tokens.count, isObject: isObject))
        push(isObject ? .object : .array, [], cursor)
        cursor += 1
    }

    private mutating func key() throws(JSONError) {
        let byte = try peek()
        guard byte == 0x22 else { throw unexpected(byte, "a member name in quotes") }
        let start = cursor
        let flags: JSONTape.Flags = try string() ? .escaped : []
        push(.key, flags, start)
        skipWhitespace()
        let colon = try peek()
        guard colon == 0x3A else { throw unexpected(colon, "':' after a member name") }
        cursor += 1
    }

    private mutating func push(_ kind: JSONTape.Kind, _ flags: JSONTape.Flags, _ start: Int) {
        tape.tokens.append(
            JSONTape.Token(
                kind: kind, flags: flags, start: UInt32(truncatingIfNeeded: start),
                end: UInt32(truncatingIfNeeded: cursor), next: UInt32(truncatingIfNeeded: tape.tokens.count + 1)))
    }

    /// Reads a string from its opening quote; true when it holds escapes.
    private mutating func string() throws(JSONError) -> Bool {
        let start = cursor
        var escaped = false
        cursor += 1
        while true {
            cursor = JSONText.endOfPlainRun(bytes, from: cursor)
            guard cursor < count else {
                throw JSONError(.truncated, at: start, "the string that begins here does not end")
            }
            switch bytes[cursor] {
            case 0x22:
                cursor += 1
                return escaped
            case 0x5C:
                escaped = true
                try escape()
            case let byte:
                throw JSONError(
                    .controlCharacter, at: cursor,
                    "control character \(UTF8Validation.name(byte)) inside a string must be escaped")
            }
        }
    }

    private mutating func escape() throws(JSONError) {
        guard cursor + 1 < count else { throw truncated("inside an escape") }
        switch bytes[cursor + 1] {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: cursor += 2
        case 0x75:
            let unit = try hexUnit(at: cursor)
            if unit & 0xFC00 == 0xDC00 {
                throw loneSurrogate("\\u escape is the second half of a surrogate pair without the first")
            }
            if unit & 0xFC00 == 0xD800 {
                let second = cursor + 6
                guard second + 1 < count, bytes[second] == 0x5C, bytes[second + 1] == 0x75,
                    try hexUnit(at: second) & 0xFC00 == 0xDC00
                else {
                    throw loneSurrogate("\\u escape is the first half of a surrogate pair without the second")
                }
                cursor += 6
            }
            cursor += 6
        case let byte:
            throw JSONError(
                .invalidEscape, at: cursor, "unknown escape: backslash followed by \(UTF8Validation.name(byte))")
        }
    }

    private func hexUnit(at offset: Int) throws(JSONError) -> UInt16 {
        guard offset + 6 <= count else {
            throw JSONError(.truncated, at: offset, "the record ends inside an escape")
        }
        guard let unit = JSONText.hexUnit(bytes, at: offset + 2) else {
            throw JSONError(.invalidEscape, at: offset, "\\u must be followed by four hex digits")
        }
        return unit
    }

    private mutating func number() throws(JSONError) {
        if bytes[cursor] == 0x2D { cursor += 1 }
        if cursor < count, bytes[cursor] == 0x30 {
            cursor += 1
            if cursor < count, bytes[cursor].isASCIIDigit {
                throw JSONError(.leadingZero, at: cursor, "a number must not begin with 0")
            }
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

    private mutating func digits() throws(JSONError) {
        let start = cursor
        while cursor < count, bytes[cursor].isASCIIDigit { cursor += 1 }
        guard cursor > start else {
            if cursor >= count { throw truncated("inside a number") }
            throw unexpected(bytes[cursor], "a digit")
        }
    }

    private mutating func literal(_ word: StaticString) throws(JSONError) {
        let length = word.utf8CodeUnitCount
        for offset in 0..<length {
            guard cursor + offset < count else { throw truncated("inside a word") }
            guard bytes[cursor + offset] == word.utf8Start[offset] else {
                var error = JSONError(.unexpected, at: cursor, "expected \(word) but found something else")
                error.expectation = "a JSON value"
                throw error
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

    private func peek() throws(JSONError) -> UInt8 {
        guard cursor < count else {
            throw truncated(frames.isEmpty ? "before a value" : "inside an object or array")
        }
        return bytes[cursor]
    }

    // MARK: Errors

    private func truncated(_ place: String) -> JSONError {
        JSONError(.truncated, at: cursor, "the record ends \(place)")
    }

    private func unexpected(_ byte: UInt8, _ expectation: String) -> JSONError {
        var error = JSONError(.unexpected, at: cursor, "expected \(expectation) but found \(UTF8Validation.name(byte))")
        error.expectation = expectation
        // What Python's json and pandas write where a number is missing.
        if stands("NaN") || stands("Infinity") { error.message += "; NaN and Infinity are no JSON, write null" }
        return error
    }

    private func stands(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        return count - cursor >= length && (0..<length).allSatisfy { bytes[cursor + $0] == word.utf8Start[$0] }
    }

    private func loneSurrogate(_ message: String) -> JSONError {
        var error = JSONError(.loneSurrogate, at: cursor, message)
        error.path = path()
        return error
    }

    private func duplicate(_ key: Int) -> JSONError {
        let token = tape.tokens[key]
        guard limits.quotesNames else {
            return JSONError(.duplicateMember, at: Int(token.start), "this member occurs twice")
        }
        let name = JSONText.decode(bytes, token.range, escaped: token.flags.contains(.escaped))
        var error = JSONError(
            .duplicateMember, at: Int(token.start), "the member \"\(name.prefix(60))\" is named twice in one object")
        error.name = name
        error.path = path() + [name]
        return error
    }

    /// Where the innermost open container stands.
    private func path() -> [String] {
        guard limits.quotesNames, keepsElements else { return [] }
        var path: [String] = []
        for (parent, child) in zip(frames, frames.dropFirst()) {
            if parent.isObject {
                let key = tape.tokens[child.tokenIndex - 1]
                path.append(JSONText.decode(bytes, key.range, escaped: key.flags.contains(.escaped)))
            } else {
                var index = 0
                var cursor = parent.tokenIndex + 1
                while cursor < child.tokenIndex {
                    cursor = Int(tape.tokens[cursor].next)
                    index += 1
                }
                path.append("[\(index)]")
            }
        }
        return path
    }
}
