/// Cuts a template into tokens, with `trim_blocks` and `lstrip_blocks` as transformers sets them: the line end after a block or
/// comment goes, and so does the white space before one that begins a line.
struct Lexer {
    private let source: Text
    private var position = 0
    private var line = 1
    private var tokens: [Token] = []
    /// Whether what was read last ended with a line end.
    private var isAtLineStart = true
    /// The brackets that are open in a tag, by what closes them.
    private var closing: [UInt32] = []

    private init(_ text: String) {
        var text = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        // One line end at the end of the file is not part of the template.
        if text.utf8.last == 0x0A { text.unicodeScalars.removeLast() }
        source = Text(text)
    }

    /// The tokens of a template, the end last.
    static func tokens(_ text: String) throws(ChatTemplateError) -> [Token] {
        var lexer = Lexer(text)
        try lexer.run()
        return lexer.tokens
    }

    // MARK: Outside tags

    private enum Tag {
        case block
        case variable
        case comment
        case raw
    }

    private mutating func run() throws(ChatTemplateError) {
        while position < source.count {
            guard let (tag, start, sign) = nextTag() else {
                let rest = source.slice(position..<source.count)
                add(data: rest, at: line)
                line += Self.lineEnds(rest)
                position = source.count
                break
            }
            addData(until: start, sign: sign, isVariable: tag == .variable)
            let opened = line
            switch tag {
            case .block: try readTag(opened, isVariable: false)
            case .variable: try readTag(opened, isVariable: true)
            case .comment: try skipComment(opened)
            case .raw: try readRaw(opened)
            }
        }
        add(.end)
    }

    /// The next tag, where it begins and the sign in it; the position moves behind its opening, raw blocks included, and the
    /// text before it is still to be taken.
    private mutating func nextTag() -> (Tag, start: Int, sign: UInt32?)? {
        var i = position
        while i + 1 < source.count {
            if source[i] == 0x7B, let tag = [0x25: Tag.block, 0x7B: .variable, 0x23: .comment][source[i + 1]] {
                var sign: UInt32?
                if i + 2 < source.count, source[i + 2] == 0x2D || source[i + 2] == 0x2B { sign = source[i + 2] }
                textEnd = i
                if tag == .block, let end = rawOpening(i + 2 + (sign == nil ? 0 : 1)) {
                    tagEnd = end
                    return (.raw, i, sign)
                }
                tagEnd = i + 2 + (sign == nil ? 0 : 1)
                return (tag, i, sign)
            }
            i += 1
        }
        return nil
    }

    private var textEnd = 0
    private var tagEnd = 0

    /// Where `raw %}` ends that begins at a place; nil if something else stands there.
    private func rawOpening(_ start: Int) -> Int? {
        var i = afterSpace(start)
        guard source.matches(Text("raw"), at: i) else { return nil }
        i = afterSpace(i + 3)
        if source.matches(Text("-%}"), at: i) { return afterSpace(i + 3) }
        return source.matches(Text("%}"), at: i) ? i + 2 : nil
    }

    private func afterSpace(_ start: Int) -> Int {
        var i = start
        while i < source.count, Text.isSpace(source.units[i]) { i += 1 }
        return i
    }

    /// Takes the text before a tag, cut as the tag's sign asks, and moves behind the tag's opening.
    private mutating func addData(until end: Int, sign: UInt32?, isVariable: Bool) {
        var text = source.slice(position..<end)
        let began = line
        line += Self.lineEnds(text)
        if sign == 0x2D {
            text = text.trimmed(leading: false)
        } else if sign != 0x2B, !isVariable {
            let lineStart = text.units.lastIndex { $0 == 0x0A }.map { $0 + 1 } ?? 0
            if lineStart > 0 || isAtLineStart, lineStart < text.count,
                text.units[lineStart...].allSatisfy(Text.isSpace)
            {
                text = text.slice(0..<lineStart)
            }
        }
        add(data: text, at: began)
        moveTo(tagEnd, from: textEnd)
    }

    private static func lineEnds(_ text: Text) -> Int { text.units.count { $0 == 0x0A } }

    /// Moves on over text that is not taken, and counts its lines.
    private mutating func moveTo(_ end: Int, from start: Int) {
        line += Self.lineEnds(source.slice(start..<end))
        isAtLineStart = end > start && source[end - 1] == 0x0A
        position = end
    }

    private mutating func add(data: Text, at line: Int) {
        if !data.isEmpty { tokens.append(Token(kind: .data(data), line: line)) }
    }

    private mutating func add(_ kind: Token.Kind) {
        tokens.append(Token(kind: kind, line: line))
    }

    private func failure(_ message: String, at line: Int? = nil) -> ChatTemplateError {
        ChatTemplateError(.syntax, line: line ?? self.line, message)
    }

    private mutating func skipComment(_ opened: Int) throws(ChatTemplateError) {
        guard let close = source.firstIndex(of: Text("#}"), from: position) else {
            throw failure("the comment has no end", at: opened)
        }
        moveTo(afterClosing(close, 2, sign: close > position ? source[close - 1] : 0), from: position)
    }

    /// Where a tag ends whose closing stands at a place: behind white space after `-`, behind a line end after none.
    private func afterClosing(_ close: Int, _ length: Int, sign: UInt32) -> Int {
        let end = close + length
        switch sign {
        case 0x2D: return afterSpace(end)
        case 0x2B: return end
        default: return end < source.count && source[end] == 0x0A ? end + 1 : end
        }
    }

    private mutating func readRaw(_ opened: Int) throws(ChatTemplateError) {
        var from = position
        while let start = source.firstIndex(of: Text("{%"), from: from) {
            from = start + 2
            var i = from
            var sign: UInt32?
            if i < source.count, source[i] == 0x2D || source[i] == 0x2B {
                sign = source[i]
                i += 1
            }
            i = afterSpace(i)
            guard source.matches(Text("endraw"), at: i) else { continue }
            i = afterSpace(i + 6)
            var closingSign: UInt32 = 0
            if i < source.count, source[i] == 0x2D || source[i] == 0x2B {
                closingSign = source[i]
                i += 1
            }
            guard source.matches(Text("%}"), at: i) else { continue }
            textEnd = start
            tagEnd = afterClosing(i, 2, sign: closingSign)
            addData(until: start, sign: sign, isVariable: false)
            return
        }
        throw failure("the raw block has no end", at: opened)
    }

    // MARK: Inside tags

    private mutating func readTag(_ opened: Int, isVariable: Bool) throws(ChatTemplateError) {
        add(isVariable ? .variableBegin : .blockBegin)
        closing = []
        while true {
            skipSpace()
            guard position < source.count else { throw failure("the tag has no end", at: opened) }
            if closing.isEmpty, let end = tagClosing(isVariable: isVariable) {
                add(isVariable ? .variableEnd : .blockEnd)
                moveTo(end, from: position)
                return
            }
            try readToken()
        }
    }

    private mutating func skipSpace() {
        let end = afterSpace(position)
        if end > position { moveTo(end, from: position) }
    }

    private func tagClosing(isVariable: Bool) -> Int? {
        var close = position
        var sign: UInt32 = 0
        if source[close] == 0x2D || (source[close] == 0x2B && !isVariable) {
            sign = source[close]
            close += 1
        }
        guard source.matches(Text(isVariable ? "}}" : "%}"), at: close) else { return nil }
        // The line end after a printed value stays.
        return afterClosing(close, 2, sign: isVariable && sign == 0 ? 0x2B : sign)
    }

    private mutating func readToken() throws(ChatTemplateError) {
        let unit = source[position]
        if (0x30...0x39).contains(unit) {
            try readNumber()
        } else if unit == 0x27 || unit == 0x22 {
            try readString(unit)
        } else if unit == 0x5F || Text.scalar(unit).properties.isXIDStart {
            var end = position + 1
            while end < source.count, Text.scalar(source.units[end]).properties.isXIDContinue { end += 1 }
            add(.name(source.slice(position..<end).string))
            position = end
        } else {
            try readSymbol(unit)
        }
    }

    private static let symbols = [
        "**", "//", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=",
        ".", ":", "|", ",", ";",
    ].map { (Text($0), $0) }

    private mutating func readSymbol(_ unit: UInt32) throws(ChatTemplateError) {
        guard let symbol = Self.symbols.first(where: { source.matches($0.0, at: position) }) else {
            throw failure("the character U+\(String(unit, radix: 16, uppercase: true)) has no meaning here")
        }
        switch unit {
        case 0x28: closing.append(0x29)
        case 0x5B: closing.append(0x5D)
        case 0x7B: closing.append(0x7D)
        case 0x29, 0x5D, 0x7D:
            guard closing.popLast() == unit else { throw failure("'\(symbol.1)' closes nothing") }
        default: break
        }
        add(.symbol(symbol.1))
        position += symbol.0.count
    }

    /// Digits with single underscores between them.
    private func digitsEnd(_ start: Int, _ isDigit: (UInt32) -> Bool) -> Int {
        var i = start
        while i < source.count, isDigit(source[i]) || (source[i] == 0x5F && i > start) {
            if source[i] == 0x5F, i + 1 >= source.count || !isDigit(source[i + 1]) { break }
            i += 1
        }
        return i
    }

    private mutating func readNumber() throws(ChatTemplateError) {
        func isDecimal(_ unit: UInt32) -> Bool { (0x30...0x39).contains(unit) }
        let start = position
        func text(_ range: Range<Int>) -> String { source.slice(range).string.replacing("_", with: "") }
        var end = digitsEnd(start, isDecimal)
        var isFloat = false
        let wasAfterPoint = start > 0 && source[start - 1] == 0x2E
        if !wasAfterPoint {
            if end + 1 < source.count, source[end] == 0x2E, isDecimal(source[end + 1]) {
                isFloat = true
                end = digitsEnd(end + 1, isDecimal)
            }
            if end + 1 < source.count, source[end] | 0x20 == 0x65 {
                let sign = source[end + 1] == 0x2B || source[end + 1] == 0x2D ? 1 : 0
                if end + 1 + sign < source.count, isDecimal(source[end + 1 + sign]) {
                    isFloat = true
                    end = digitsEnd(end + 1 + sign, isDecimal)
                }
            }
        }
        if isFloat {
            guard let value = Double(text(start..<end)) else { throw failure("a number that cannot be read") }
            add(.float(value))
            position = end
            return
        }
        if source[start] == 0x30, start + 1 < source.count,
            let (radix, range) = [0x62: (2, 0x30...0x31), 0x6F: (8, 0x30...0x37), 0x78: (16, 0x30...0x39)][
                source[start + 1] | 0x20] as (Int, ClosedRange<UInt32>)?
        {
            let last = digitsEnd(start + 2) { range.contains($0) || (radix == 16 && (0x61...0x66).contains($0 | 0x20)) }
            if last > start + 2 {
                try addInteger(text(start + 2..<last), radix: radix)
                position = last
                return
            }
        }
        // A zero in front is a number of its own.
        if source[start] == 0x30 {
            end = digitsEnd(start) { $0 == 0x30 }
        }
        try addInteger(text(start..<end), radix: 10)
        position = end
    }

    private mutating func addInteger(_ digits: String, radix: Int) throws(ChatTemplateError) {
        guard let value = Int(digits, radix: radix) else { throw failure("a number of more than 64 bits") }
        add(.integer(value))
    }

    private mutating func readString(_ quote: UInt32) throws(ChatTemplateError) {
        let began = line
        var i = position + 1
        while i < source.count, source[i] != quote { i += source[i] == 0x5C ? 2 : 1 }
        guard i < source.count else { throw failure("the string has no end") }
        let body = source.slice(position + 1..<i)
        guard let text = StringEscapes.resolved(body) else {
            throw failure("a string with an escape that cannot be read")
        }
        tokens.append(Token(kind: .string(text), line: began))
        moveTo(i + 1, from: position)
    }
}
