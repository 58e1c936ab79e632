/// Reads values out of a scanned JSON text.
struct JSONView {
    let bytes: UnsafeRawBufferPointer
    let tape: JSONTape
    let location: SourceLocation

    func kind(_ index: Int) -> JSONTape.Kind { tape.tokens[index].kind }

    /// The value of the member called `name`, or nil when it is absent or null.
    func member(_ object: Int, _ name: StaticString) -> Int? {
        guard kind(object) == .object else { return nil }
        var cursor = object + 1
        let end = Int(tape.tokens[object].next)
        while cursor + 1 < end {
            if isKey(cursor, name) { return isNull(cursor + 1) ? nil : cursor + 1 }
            cursor = Int(tape.tokens[cursor + 1].next)
        }
        return nil
    }

    private func isNull(_ index: Int) -> Bool {
        let token = tape.tokens[index]
        return token.kind == .literal && bytes[Int(token.start)] == 0x6E
    }

    /// Whether the key token at `index` spells `name`.
    func isKey(_ index: Int, _ name: StaticString) -> Bool {
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

    /// The text of a string token.
    func string(_ index: Int) -> String {
        let token = tape.tokens[index]
        return JSONText.decode(bytes, token.range, escaped: token.flags.contains(.escaped))
    }

    func range(_ index: Int) -> Range<Int> { tape.tokens[index].range }

    /// The text of the string member called `name`; nil when absent or null.
    func optionalString(_ object: Int, _ name: StaticString) throws(TraceError) -> String? {
        guard let value = member(object, name) else { return nil }
        try require(.string, value, name)
        return string(value)
    }

    func require(_ kind: JSONTape.Kind, _ index: Int, _ name: StaticString) throws(TraceError) {
        if self.kind(index) == kind { return }
        throw error(
            .wrongType, at: index, "\"\(name)\" must be \(Self.words(kind)) but is \(Self.words(self.kind(index)))")
    }

    func error(_ code: TraceError.Code, at index: Int, _ message: String) -> TraceError {
        var place = location
        place.column = (location.column ?? 1) + Int(tape.tokens[index].start)
        return TraceError(code, at: place, message)
    }

    private static func words(_ kind: JSONTape.Kind) -> String {
        switch kind {
        case .object: "an object"
        case .array: "an array"
        case .key, .string: "a string"
        case .number: "a number"
        case .literal: "true, false or null"
        }
    }
}
