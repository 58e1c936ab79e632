/// Reads values out of a scanned text. Valid as long as its bytes.
package struct JSONView {
    /// The text.
    package let bytes: UnsafeRawBufferPointer
    /// Its values.
    package let tape: JSONTape

    /// Looks at a text with its index.
    package init(bytes: UnsafeRawBufferPointer, tape: JSONTape) {
        self.bytes = bytes
        self.tape = tape
    }

    /// Checks a text and looks at it.
    ///
    /// - Throws: ``JSONError`` at the first fault.
    package init(scanning bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        self.init(bytes: bytes, tape: try JSONTape.scan(bytes, limits: limits))
    }

    package func kind(_ index: Int) -> JSONTape.Kind { tape.tokens[index].kind }

    /// Where a value stands, quotes and brackets included.
    package func range(_ index: Int) -> Range<Int> { tape.tokens[index].range }

    package func offset(_ index: Int) -> Int { Int(tape.tokens[index].start) }

    /// The bytes of a value as they stand there.
    package func text(_ index: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[range(index)])
    }

    /// The text of a string or of a member's name.
    package func string(_ index: Int) -> String {
        let token = tape.tokens[index]
        return JSONText.decode(bytes, token.range, escaped: token.flags.contains(.escaped))
    }

    /// The UTF-8 of a string or of a member's name.
    package func utf8(_ index: Int) -> [UInt8] {
        let token = tape.tokens[index]
        if token.flags.contains(.escaped) { return JSONText.decodedBytes(bytes, token.range) }
        return [UInt8](JSONText.inner(bytes, token.range))
    }

    package func isNull(_ index: Int) -> Bool { isLiteral(index, 0x6E) }

    /// `true` or `false`; nil for anything else.
    package func bool(_ index: Int) -> Bool? {
        isLiteral(index, 0x74) ? true : isLiteral(index, 0x66) ? false : nil
    }

    private func isLiteral(_ index: Int, _ first: UInt8) -> Bool {
        let token = tape.tokens[index]
        return token.kind == .literal && bytes[Int(token.start)] == first
    }

    /// The value of the member called `name`, or nil when it is absent or null.
    package func member(_ object: Int, _ name: StaticString) -> Int? {
        guard kind(object) == .object else { return nil }
        var cursor = object + 1
        let end = Int(tape.tokens[object].next)
        while cursor + 1 < end {
            if isKey(cursor, name) { return isNull(cursor + 1) ? nil : cursor + 1 }
            cursor = Int(tape.tokens[cursor + 1].next)
        }
        return nil
    }

    /// Whether the key token at `index` spells `name`.
    package func isKey(_ index: Int, _ name: StaticString) -> Bool {
        let token = tape.tokens[index]
        if token.flags.contains(.escaped) {
            return JSONText.decodedBytes(bytes, token.range).elementsEqual(
                UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        }
        let length = name.utf8CodeUnitCount
        guard Int(token.end) - Int(token.start) == length + 2 else { return false }
        let start = Int(token.start) + 1
        for offset in 0..<length where bytes[start + offset] != name.utf8Start[offset] { return false }
        return true
    }

    /// What a kind of value is called in errors.
    package static func words(_ kind: JSONTape.Kind) -> String {
        switch kind {
        case .object: "an object"
        case .array: "an array"
        case .key, .string: "a string"
        case .number: "a number"
        case .literal: "true, false or null"
        }
    }
}
