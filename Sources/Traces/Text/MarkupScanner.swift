import StrictJSON

/// Where code, LaTeX, tags, addresses and identifiers end. Every search is bounded, so that scanning stays linear.
enum MarkupScanner {
    private static let maxSpan = 1024

    /// The end of the tag that begins at `start`, when it is one.
    static func tagEnd(_ scanner: TextScanner, _ start: Int) -> Int? {
        let next = scanner.at(start + 1)
        guard next.isASCIILetter || next == 0x2F || next == 0x21 || next == 0x3F else { return nil }
        if next == 0x2F, !(scanner.at(start + 2)).isASCIILetter { return nil }
        var index = start + 1
        let limit = min(scanner.end, start + maxSpan)
        while index < limit {
            switch scanner.bytes[index] {
            case 0x3E: return index + 1
            case 0x3C: return nil
            default: index += 1
            }
        }
        return nil
    }

    /// The end of a code span (CommonMark: as many backticks as opened it).
    static func inlineCodeEnd(_ scanner: TextScanner, _ start: Int) -> Int? {
        var index = start
        while scanner.at(index) == 0x60 { index += 1 }
        let length = index - start
        let limit = min(scanner.end, index + maxSpan)
        while index < limit {
            guard scanner.bytes[index] == 0x60 else {
                index += 1
                continue
            }
            let close = index
            while scanner.at(index) == 0x60 { index += 1 }
            if index - close == length { return index }
        }
        return nil
    }

    /// The end of `$$…$$` or `$…$`; nil when the dollar is a currency.
    static func dollarEnd(_ scanner: TextScanner, _ start: Int) -> Int? {
        let limit = min(scanner.end, start + maxSpan)
        if scanner.at(start + 1) == 0x24 {
            var index = start + 2
            while index + 1 < limit {
                if scanner.bytes[index] == 0x24, scanner.bytes[index + 1] == 0x24 { return index + 2 }
                index += 1
            }
            return nil
        }
        let first = scanner.at(start + 1)
        guard first > 0x20, first != 0x3C else { return nil }
        var letters = 0
        var wordy = false
        var isCommand = false
        var index = start + 1
        while index < limit {
            let byte = scanner.bytes[index]
            if byte == 0x0A { return nil }
            if byte == 0x24 { break }
            if byte.isASCIILetter {
                letters += 1
                if letters > 2, !isCommand { wordy = true }
            } else {
                letters = 0
                isCommand = byte == 0x5C
            }
            if byte == 0x5C { index += 1 }
            index += 1
        }
        guard index < limit, scanner.at(index) == 0x24, scanner.bytes[index - 1] > 0x20 else { return nil }
        if (scanner.at(index + 1)).isASCIIDigit { return nil }
        // "$5 each, so 3 cost $" is about money.
        if wordy, first.isASCIIDigit { return nil }
        return index + 1
    }

    /// The end of `\(…\)`, `\[…\]`, `\begin{…}…\end{…}` or `\command{…}…`.
    static func commandEnd(_ scanner: TextScanner, _ start: Int) -> Int? {
        let next = scanner.at(start + 1)
        let limit = min(scanner.end, start + maxSpan)
        if next == 0x28 || next == 0x5B {
            let close: UInt8 = next == 0x28 ? 0x29 : 0x5D
            var index = start + 2
            while index + 1 < limit {
                if scanner.bytes[index] == 0x5C, scanner.bytes[index + 1] == close { return index + 2 }
                index += 1
            }
            return nil
        }
        guard next.isASCIILetter else {
            return start + 2 <= scanner.end && next > 0x20 && next < 0x80 ? start + 2 : nil
        }
        var index = start + 1
        while (scanner.at(index)).isASCIILetter { index += 1 }
        while scanner.at(index) == 0x7B || scanner.at(index) == 0x5B {
            guard let close = bracketEnd(scanner, index) else { break }
            index = close
        }
        return index
    }

    private static func bracketEnd(_ scanner: TextScanner, _ start: Int) -> Int? {
        let open = scanner.bytes[start]
        let close: UInt8 = open == 0x7B ? 0x7D : 0x5D
        var depth = 0
        var index = start
        let limit = min(scanner.end, start + maxSpan)
        while index < limit {
            let byte = scanner.bytes[index]
            if byte == open { depth += 1 }
            if byte == close {
                depth -= 1
                if depth == 0 { return index + 1 }
            }
            index += 1
        }
        return nil
    }

    /// The end of `/usr/bin` or `~/x` where a path can begin.
    static func pathEnd(_ scanner: TextScanner, _ start: Int) -> Int? {
        let isAfterSpace = start == 0 || scanner.bytes[start - 1] <= 0x20 || scanner.bytes[start - 1] == 0x28
        guard isAfterSpace else { return nil }
        let next = scanner.bytes[start] == 0x7E ? start + 2 : start + 1
        if scanner.bytes[start] == 0x7E, scanner.at(start + 1) != 0x2F { return nil }
        guard (scanner.at(next)).isASCIILetter else { return nil }
        return chunkEnd(scanner, next)
    }

    /// The end of the run without blanks, trailing punctuation left out.
    private static func chunkEnd(_ scanner: TextScanner, _ start: Int) -> Int {
        var index = start
        while index < scanner.end {
            let byte = scanner.bytes[index]
            if byte <= 0x20 || byte == 0x22 || byte == 0x3C || byte == 0x3E || byte == 0x60 { break }
            index += 1
        }
        while index > start {
            switch scanner.bytes[index - 1] {
            case 0x2E, 0x2C, 0x3B, 0x3A, 0x21, 0x3F, 0x29, 0x27, 0x5D: index -= 1
            default: return index
            }
        }
        return index
    }

    /// The end of a quoted word without blanks that is not English prose: it has a digit, an underscore or a symbol.
    static func quotedIdentifierEnd(_ scanner: TextScanner, _ start: Int) -> Int? {
        let quote = scanner.bytes[start]
        if start > 0, ByteClass.isWord(scanner.bytes[start - 1]) { return nil }
        var index = start + 1
        let limit = min(scanner.end, start + 66)
        while index < limit {
            let byte = scanner.bytes[index]
            if byte <= 0x20 { return nil }
            if byte == quote {
                return index > start + 1 && !ByteClass.isWord(scanner.at(index + 1)) ? index + 1 : nil
            }
            index += 1
        }
        return nil
    }

    /// What a word turns out to begin: `http://…`, `a@b.c`, `file.py`, `and/or`, `f(x)`.
    static func continuation(
        _ scanner: TextScanner, _ start: Int, _ wordEnd: Int
    ) -> (kind: TextScanner.Kind, end: Int)? {
        switch scanner.at(wordEnd) {
        case 0x3A:
            guard scanner.at(wordEnd + 1) == 0x2F, scanner.at(wordEnd + 2) == 0x2F else { return nil }
            return (.address, chunkEnd(scanner, start))
        case 0x40, 0x2F, 0x5C:
            guard (scanner.at(wordEnd + 1)).isASCIILetter || (scanner.at(wordEnd + 1)).isASCIIDigit else {
                return nil
            }
            return (.address, max(wordEnd, chunkEnd(scanner, wordEnd + 1)))
        case 0x2E:
            guard (scanner.at(wordEnd + 1)).isASCIILetter, wordEnd - start < 64 else { return nil }
            return (.address, max(wordEnd, chunkEnd(scanner, start)))
        case 0x28:
            var index = wordEnd + 1
            let limit = min(scanner.end, index + 64)
            while index < limit, scanner.bytes[index] > 0x20, scanner.bytes[index] != 0x29 { index += 1 }
            guard index < limit, scanner.bytes[index] == 0x29 else { return nil }
            return (.identifier, index + 1)
        default: return nil
        }
    }
}
