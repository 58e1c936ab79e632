/// Splits text into the pieces that a model's pre-tokeniser makes, one hand-written scanner for each known rule.
///
/// The rules are regular expressions in tokenizer.json. A general engine is 50 to 400 times slower on them, so those in
/// use are recognised by their exact text and scanned over a table of code-point classes. Matching is leftmost with
/// ordered alternatives, so each scanner tests the alternatives in the expression's order.
enum PieceScanner: Hashable, Sendable {
    /// The whole text is one piece.
    case whole
    /// The expression built into the ByteLevel pre-tokenizer (GPT-2).
    case gpt2
    /// The Qwen2 and Llama-3 expressions: numbers in groups of at most `digits` (1 and 3).
    case cased(digits: Int)
    /// Every number scalar on its own, the text between them whole (Digits with individual_digits).
    case digits
    /// Runs of number scalars, the text between them whole (Digits without individual_digits).
    case digitRuns
    /// `\w+|[^\w\s]+` with white space removed (Whitespace).
    case words
    /// Runs of anything but white space (WhitespaceSplit).
    case nonSpaces

    /// The GPT-2 expression.
    static let gpt2Pattern = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
    /// The Qwen2 expression.
    static let qwen2Pattern = casedPattern(number: #"\p{N}"#)
    /// The Llama-3 expression.
    static let llama3Pattern = casedPattern(number: #"\p{N}{1,3}"#)

    private static func casedPattern(number: String) -> String {
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + number
            + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }

    /// The scanner for the expression of a Split pre-tokenizer, or nil if it is not one of those known.
    init?(pattern: String) {
        // Compared as bytes: `String` equality would let canonically equivalent patterns pass for equal.
        if pattern.utf8.elementsEqual(Self.gpt2Pattern.utf8) {
            self = .gpt2
        } else if pattern.utf8.elementsEqual(Self.qwen2Pattern.utf8) {
            self = .cased(digits: 1)
        } else if pattern.utf8.elementsEqual(Self.llama3Pattern.utf8) {
            self = .cased(digits: 3)
        } else {
            return nil
        }
    }

    /// Calls `body` with the byte range of every piece of `text` (well-formed UTF-8), in order.
    @inline(__always)
    func forEachPiece(in text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
        guard !text.isEmpty else { return }
        CodePointClass.table.withUnsafeBufferPointer { classes in
            let reader = UTF8Reader(text: text, classes: classes)
            var i = 0
            switch self {
            case .whole:
                body(0..<text.count)
            case .gpt2:
                while i < text.count {
                    let end = reader.endOfGPT2Piece(from: i)
                    body(i..<end)
                    i = end
                }
            case .cased(let digits):
                while i < text.count {
                    let end = reader.endOfCasedPiece(from: i, digits: digits)
                    body(i..<end)
                    i = end
                }
            case .digits:
                while i < text.count {
                    let (kind, length) = reader.classify(at: i)
                    let isNumber = !kind.isDisjoint(with: [.number, .newerNumber])
                    let end = isNumber ? i + length : reader.run(from: i, outside: [.number, .newerNumber])
                    body(i..<end)
                    i = end
                }
            case .digitRuns:
                while i < text.count {
                    let isNumber = !reader.classify(at: i).class.isDisjoint(with: [.number, .newerNumber])
                    let end =
                        isNumber
                        ? reader.run(from: i, in: [.number, .newerNumber])
                        : reader.run(from: i, outside: [.number, .newerNumber])
                    body(i..<end)
                    i = end
                }
            case .words:
                while i < text.count {
                    let kind = reader.classify(at: i).class
                    let end: Int
                    if kind.contains(.space) {
                        i = reader.run(from: i, in: .space)
                        continue
                    } else if kind.contains(.word) {
                        end = reader.run(from: i, in: .word)
                    } else {
                        end = reader.run(from: i, outside: [.word, .space])
                    }
                    body(i..<end)
                    i = end
                }
            case .nonSpaces:
                while i < text.count {
                    i = reader.run(from: i, in: .space)
                    let end = reader.run(from: i, outside: .space)
                    if end > i { body(i..<end) }
                    i = end
                }
            }
        }
    }
}

extension UTF8Reader {
    private static let letterNumberSpace: CodePointClass = [.letter, .number, .space]

    /// The end of the piece that starts at `i` under the GPT-2 expression.
    @inline(__always)
    func endOfGPT2Piece(from i: Int) -> Int {
        if text[i] == UInt8(ascii: "'"), let end = contraction(at: i, ignoringCase: false) { return end }
        // ` ?` of the three alternatives for letters, numbers and the rest.
        var start = i
        var (kind, length) = classify(at: i)
        if text[i] == 0x20, i + 1 < count {
            let next = classify(at: i + 1)
            if !next.class.contains(.space) {
                start = i + 1
                (kind, length) = next
            }
        }
        if kind.contains(.letter) { return run(from: start + length, in: .letter) }
        if kind.contains(.number) { return run(from: start + length, in: .number) }
        if !kind.contains(.space) { return run(from: start + length, outside: Self.letterNumberSpace) }
        return endOfSpace(from: i, run: run(from: i + length, in: .space))
    }

    /// The end of the piece that starts at `i` under the Qwen2 (`digits` 1) or Llama-3 (`digits` 3) expression.
    @inline(__always)
    func endOfCasedPiece(from i: Int, digits: Int) -> Int {
        let first = text[i]
        if first == UInt8(ascii: "'"), let end = contraction(at: i, ignoringCase: true) { return end }
        let (kind, length) = classify(at: i)
        // [^\r\n\p{L}\p{N}]?\p{L}+
        if kind.contains(.letter) { return run(from: i + length, in: .letter) }
        if !kind.contains(.number), first != 0x0D, first != 0x0A, i + length < count {
            let next = classify(at: i + length)
            if next.class.contains(.letter) { return run(from: i + length + next.length, in: .letter) }
        }
        // \p{N} or \p{N}{1,3}
        if kind.contains(.number) {
            var end = i + length
            for _ in 1..<max(digits, 1) where end < count {
                let next = classify(at: end)
                guard next.class.contains(.number) else { break }
                end += next.length
            }
            return end
        }
        // ` ?[^\s\p{L}\p{N}]+[\r\n]*`
        var start = i
        if first == 0x20, i + 1 < count, classify(at: i + 1).class.isDisjoint(with: Self.letterNumberSpace) {
            start = i + 1
        }
        if start > i || !kind.contains(.space) {
            var end = run(from: start, outside: Self.letterNumberSpace)
            while end < count, text[end] == 0x0D || text[end] == 0x0A { end += 1 }
            return end
        }
        // \s*[\r\n]+ takes the run of white space up to its last line end.
        let end = run(from: i + length, in: .space)
        var lastLineEnd = end
        while lastLineEnd > i, text[lastLineEnd - 1] != 0x0D, text[lastLineEnd - 1] != 0x0A { lastLineEnd -= 1 }
        return lastLineEnd > i ? lastLineEnd : endOfSpace(from: i, run: end)
    }

    /// `\s+(?!\S)|\s+`: the whole run at the end of the text, else all but its last scalar, else that scalar.
    @inline(__always)
    private func endOfSpace(from i: Int, run end: Int) -> Int {
        if end == count { return end }
        let last = start(before: end)
        return last > i ? last : end
    }

    /// `'s|'t|'re|'ve|'m|'ll|'d` at an apostrophe.
    @inline(__always)
    private func contraction(at i: Int, ignoringCase: Bool) -> Int? {
        guard i + 1 < count else { return nil }
        let fold: UInt8 = ignoringCase ? 0x20 : 0
        let first = text[i + 1]
        if first >= 0x80 {
            // The long s (U+017F) folds to "s".
            let isLongS = ignoringCase && first == 0xC5 && i + 2 < count && text[i + 2] == 0xBF
            return isLongS ? i + 3 : nil
        }
        switch first | fold {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return i + 2
        case UInt8(ascii: "l"): return i + 2 < count && text[i + 2] | fold == UInt8(ascii: "l") ? i + 3 : nil
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return i + 2 < count && text[i + 2] | fold == UInt8(ascii: "e") ? i + 3 : nil
        default: return nil
        }
    }
}
