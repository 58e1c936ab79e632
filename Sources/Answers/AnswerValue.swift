import StrictJSON

/// The meaning of an answer, as far as it is understood.
indirect enum AnswerValue: Sendable {
    case quantity(AnswerQuantity)
    case infinity(isNegative: Bool)
    /// An interval, a point or a vector: the brackets are part of the value.
    case tuple(open: UInt8, close: UInt8, elements: [AnswerValue], mayBeNumber: Bool)
    case set([AnswerValue])
    /// Values separated by commas, without brackets.
    case list([AnswerValue])
    case choice(UInt8, content: AnswerValue?)
    /// Several choices, in order of the alphabet.
    case choices([UInt8])
    /// yes, no, true, false.
    case word(String)
    /// `x = 5`.
    case assignment(name: [UInt8], AnswerValue)
    /// Not understood: equal to itself only.
    case opaque([UInt8])

    /// Normalised answers longer than this are compared as text only.
    static let maximumLength = 16_384
    private static let maximumElements = 128
    private static let maximumDepth = 8

    static func parse(_ text: ArraySlice<UInt8>, depth: Int = 0) -> AnswerValue {
        guard text.count <= maximumLength, depth <= maximumDepth, !text.isEmpty else { return opaque(text) }
        return choice(text, depth: depth) ?? infinity(text) ?? AnswerQuantity.parse(text).map(AnswerValue.quantity)
            .flatMap { isPlainGroup(text) ? nil : $0 } ?? bracketed(text, depth: depth)
            ?? AnswerQuantity.parse(text).map(AnswerValue.quantity) ?? list(text, depth: depth)
            ?? assignment(text, depth: depth) ?? word(text) ?? opaque(text)
    }

    /// Whether brackets enclose all of `text` with a comma inside, which makes it more than a number in brackets.
    private static func isPlainGroup(_ text: ArraySlice<UInt8>) -> Bool {
        (text.first == UInt8(ascii: "{") || text.contains(UInt8(ascii: ","))) && closes(text)
    }

    // MARK: Parts

    private static func choice(_ text: ArraySlice<UInt8>, depth: Int) -> AnswerValue? {
        if let letters = AnswerChoice.several(text) { return .choices(letters) }
        guard let (letter, content) = AnswerChoice.one(text) else { return nil }
        return .choice(letter, content: content.isEmpty ? nil : parse(content, depth: depth + 1))
    }

    private static func infinity(_ text: ArraySlice<UInt8>) -> AnswerValue? {
        let isNegative = text.first == UInt8(ascii: "-")
        let name = isNegative || text.first == UInt8(ascii: "+") ? text.dropFirst() : text
        guard name.elementsEqual("∞".utf8) || name.elementsEqual("infinity".utf8, by: { $0.asciiLowercased == $1 })
        else {
            return nil
        }
        return .infinity(isNegative: isNegative)
    }

    /// Whether the bracket that opens `text` is closed by its last byte. Half-open intervals close with another kind.
    private static func closes(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count >= 2, let first = text.first, "([{".utf8.contains(first) else { return false }
        var depth = 0
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return index == text.endIndex - 1 }
            default: break
            }
        }
        return false
    }

    private static func bracketed(_ text: ArraySlice<UInt8>, depth: Int) -> AnswerValue? {
        guard closes(text), let open = text.first, let close = text.last else { return nil }
        let inner = text.dropFirst().dropLast()
        let isSet = open == UInt8(ascii: "{")
        guard isSet == (close == UInt8(ascii: "}")) else { return nil }
        if inner.allSatisfy({ $0 == 0x20 }) { return isSet ? .set([]) : nil }
        guard let parts = split(inner) else { return nil }
        let elements = parts.map { parse($0, depth: depth + 1) }
        if isSet { return .set(elements) }
        if elements.count == 1 {
            return open == UInt8(ascii: "(") && close == UInt8(ascii: ")")
                ? elements[0] : .tuple(open: open, close: close, elements: elements, mayBeNumber: true)
        }
        // "(1,200)" is a point, or a number with a thousands separator.
        let mayBeNumber = NumberParser.parse(inner) != nil
        return .tuple(open: open, close: close, elements: elements, mayBeNumber: mayBeNumber)
    }

    private static func list(_ text: ArraySlice<UInt8>, depth: Int) -> AnswerValue? {
        guard let parts = split(joined(text)[...]), parts.count > 1 else { return nil }
        var elements: [AnswerValue] = []
        for part in parts {
            let element = parse(part, depth: depth + 1)
            switch element {
            case .quantity, .infinity, .tuple, .set: elements.append(element)
            case .assignment where !text.contains(UInt8(ascii: "(")): elements.append(element)
            default: return nil
            }
        }
        return .list(elements)
    }

    /// "1, 2, and 3" and "1 and 2" with a comma for the word. Not "1 and 1/2", which is more likely one number.
    private static func joined(_ text: ArraySlice<UInt8>) -> [UInt8] {
        let word = Array(" and ".utf8)
        guard text.count > word.count else { return Array(text) }
        for start in stride(from: text.endIndex - word.count, through: text.startIndex, by: -1)
        where text[start..<start + word.count].elementsEqual(word) {
            let after = text[(start + word.count)...]
            var before = text[..<start]
            if before.last == UInt8(ascii: ",") { before.removeLast() }
            let isFraction = after.contains(UInt8(ascii: "/")) || after.starts(with: "\\frac".utf8)
            // "5 feet and 3 inches" is one length.
            guard let last = before.last, last != 0x20, !last.isASCIILetter, !isFraction else { return Array(text) }
            return Array(before) + [UInt8(ascii: ",")] + Array(after)
        }
        return Array(text)
    }

    /// The parts between the commas and semicolons outside brackets, or nil when one is blank or there are too many.
    private static func split(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        var parts: [ArraySlice<UInt8>] = []
        var depth = 0
        var start = text.startIndex
        func part(_ end: Int) -> ArraySlice<UInt8>? {
            var piece = text[start..<end].drop { $0 == 0x20 }
            while piece.last == 0x20 { piece.removeLast() }
            // "1,08" is no list of two integers.
            let hasLeadingZero =
                piece.count > 1 && piece.first == UInt8(ascii: "0") && piece.dropFirst().first?.isASCIIDigit == true
            return piece.isEmpty || hasLeadingZero ? nil : piece
        }
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ","), UInt8(ascii: ";"):
                guard depth == 0 else { continue }
                guard let piece = part(index), parts.count < maximumElements - 1 else { return nil }
                parts.append(piece)
                start = index + 1
            default: break
            }
        }
        guard let last = part(text.endIndex) else { return nil }
        parts.append(last)
        return parts
    }

    private static func assignment(_ text: ArraySlice<UInt8>, depth: Int) -> AnswerValue? {
        guard let sign = text.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        var name = text[..<sign]
        while name.last == 0x20 { name.removeLast() }
        guard (1...16).contains(name.count), name.first?.isASCIILetter == true,
            name.allSatisfy({ $0.isAlphanumeric || $0 == 0x5F })
        else { return nil }
        let value = parse(text[(sign + 1)...].drop { $0 == 0x20 }, depth: depth + 1)
        switch value {
        case .opaque, .assignment, .choice, .choices, .list: return nil
        default: return .assignment(name: Array(name), value)
        }
    }

    private static func word(_ text: ArraySlice<UInt8>) -> AnswerValue? {
        // NO is a molecule, too.
        guard text.count <= 5, !text.elementsEqual("NO".utf8) else { return nil }
        let word = String(decoding: text, as: UTF8.self).lowercased()
        return ["yes", "no", "true", "false"].contains(word) ? .word(word) : nil
    }

    private static func opaque(_ text: ArraySlice<UInt8>) -> AnswerValue { .opaque(AnswerText.key(text)) }
}
