import StrictJSON

/// Cuts text into words and the pieces that no rewriter may touch, in one pass over its UTF-8.
struct TextScanner {
    enum Kind: UInt8 {
        /// Letters and apostrophes.
        case word
        /// One number with its sign, currency, percent or ordinal ending.
        case number
        /// Numbers and variables joined by operators, with `<<…>>` annotations.
        case formula
        /// `$…$`, `\(…\)`, `\command{…}`.
        case latex
        /// Fenced, inline or indented code.
        case code
        /// URLs, addresses, paths.
        case address
        /// Markup tags.
        case tag
        /// `snake_case`, `camelCase`, `f(x)`, quoted identifiers.
        case identifier
        /// What stands in quotation marks, or on a quoted line.
        case quotation
    }

    struct Token {
        var kind: Kind
        var start: Int
        var end: Int
        /// Whether a sentence or line begins with the token.
        var beginsSentence: Bool
    }

    let bytes: UnsafeBufferPointer<UInt8>
    let end: Int
    var cursor: Int
    private var beginsSentence = true
    private var beginsLine: Bool

    init(_ bytes: UnsafeBufferPointer<UInt8>, range: Range<Int>) {
        let range = range.clamped(to: 0..<bytes.count)
        self.bytes = bytes
        self.cursor = range.lowerBound
        self.end = range.upperBound
        beginsLine = range.lowerBound == 0 || bytes[range.lowerBound - 1] == 0x0A
    }

    /// The byte at `index`, or 0 past the end.
    @inline(__always)
    func at(_ index: Int) -> UInt8 { index < end ? bytes[index] : 0 }

    private mutating func token(_ kind: Kind, _ start: Int, _ tokenEnd: Int) -> Token {
        cursor = max(tokenEnd, start + 1)
        let begins = beginsSentence
        beginsSentence = false
        return Token(kind: kind, start: start, end: cursor, beginsSentence: begins)
    }

    mutating func next() -> Token? {
        while cursor < end {
            let start = cursor
            let byte = bytes[start]
            if beginsLine {
                beginsLine = false
                if let codeEnd = CodeLines.end(of: self, from: start) { return token(.code, start, codeEnd) }
                if let quoteEnd = Quotations.blockEnd(self, from: start) { return token(.quotation, start, quoteEnd) }
            }
            if byte >= 0x80, let quoteEnd = Quotations.end(self, start) { return token(.quotation, start, quoteEnd) }
            if ByteClass.isLetter(byte) || byte == 0x5F {
                if MathScanner.isVariable(self, start), let run = MathScanner.run(self, from: start) {
                    return token(run.isFormula ? .formula : .number, start, run.end)
                }
                return word(start)
            }
            if byte.isASCIIDigit {
                let run = MathScanner.run(self, from: start)
                return token(run?.isFormula == true ? .formula : .number, start, run?.end ?? start + 1)
            }
            if let found = special(byte, start) { return found }
            switch byte {
            case 0x0A:
                beginsSentence = true
                beginsLine = true
            case 0x2E, 0x21, 0x3F, 0x3A: beginsSentence = true
            default: break
            }
            cursor += 1
        }
        return nil
    }

    /// A piece that begins with punctuation.
    private mutating func special(_ byte: UInt8, _ start: Int) -> Token? {
        switch byte {
        case 0x20, 0x2C, 0x0A, 0x3B, 0x3A, 0x21, 0x3F, 0x29: return nil
        case 0x3C:
            if let codeEnd = CodeBlocks.elementEnd(self, start) { return token(.code, start, codeEnd) }
            if at(start + 1) != 0x3C, let tagEnd = MarkupScanner.tagEnd(self, start) {
                return token(.tag, start, tagEnd)
            }
        case 0x5B:
            if let codeEnd = CodeBlocks.bracketEnd(self, start) { return token(.code, start, codeEnd) }
        case 0x60:
            if let codeEnd = MarkupScanner.inlineCodeEnd(self, start) { return token(.code, start, codeEnd) }
        case 0x24:
            if let latexEnd = MarkupScanner.dollarEnd(self, start) { return token(.latex, start, latexEnd) }
        case 0x5C:
            if let codeEnd = CodeBlocks.environmentEnd(self, start) { return token(.latex, start, codeEnd) }
            if let latexEnd = MarkupScanner.commandEnd(self, start) { return token(.latex, start, latexEnd) }
        case 0x2F, 0x7E:
            if let pathEnd = MarkupScanner.pathEnd(self, start) { return token(.address, start, pathEnd) }
        case 0x22, 0x27:
            if let quoteEnd = MarkupScanner.quotedIdentifierEnd(self, start) {
                return token(.identifier, start, quoteEnd)
            }
            if let quoteEnd = Quotations.end(self, start) { return token(.quotation, start, quoteEnd) }
        default: break
        }
        if MathScanner.mayBegin(byte), let run = MathScanner.run(self, from: start) {
            return token(run.isFormula ? .formula : .number, start, run.end)
        }
        return nil
    }

    /// A word, or the identifier or address that it begins.
    private mutating func word(_ start: Int) -> Token {
        var index = start
        var isIdentifier = false
        var sawLower = false
        var sawNonASCII = false
        while index < end {
            let byte = bytes[index]
            if byte.isASCIILower {
                sawLower = true
            } else if byte >= 0x80 {
                // Dashes and quotes of the General Punctuation block end a word.
                if byte == 0xE2, at(index + 1) == 0x80 {
                    if at(index + 2) != 0x99 || !ByteClass.isLetter(at(index + 3)) { break }
                    index += 2
                }
                sawNonASCII = true
            } else if byte.isASCIIUpper {
                if sawLower, bytes[start].isASCIILower { isIdentifier = true }
            } else if byte.isASCIIDigit || byte == 0x5F {
                // Scripts without blanks write numbers right behind words.
                if sawNonASCII { break }
                isIdentifier = true
            } else if byte != 0x27 || index == start || !ByteClass.isLetter(at(index + 1)) {
                break
            }
            index += 1
        }
        if index == start {
            // A dash or quote of General Punctuation.
            cursor = min(start + 3, end)
            return Token(kind: .word, start: start, end: start, beginsSentence: false)
        }
        // A line's first word that something is assigned to.
        if start == 0 || bytes[start - 1] == 0x0A, CodeBlocks.isAssigned(self, index) {
            return token(.identifier, start, index)
        }
        if let nameEnd = NameRuns.end(self, start, index) { return token(.identifier, start, nameEnd) }
        if let found = MarkupScanner.continuation(self, start, index) { return token(found.kind, start, found.end) }
        return token(isIdentifier ? .identifier : .word, start, index)
    }
}
