import StrictJSON

/// Recognises program text by its lines.
enum CodeLines {
    private static let starts: [[UInt8]] = [
        "def ", "class ", "import ", "from __", "#include", "public ", "private ", "static ", "const ", "var ", "let ",
        "func ", "function ", "fn ", "return ", "print(", "console.", "using namespace", "int main", "elif ", "else:",
        "try:", "except ", ">>> ", "#!/", "SELECT ", "System.",
    ].map { Array($0.utf8) }

    /// The end of the fenced block or code line that begins at `start`, which is a line's first byte.
    static func end(of scanner: TextScanner, from start: Int) -> Int? {
        var index = start
        while ByteClass.isBlank(scanner.at(index)) { index += 1 }
        let first = scanner.at(index)
        if first == 0x60 || first == 0x7E, scanner.at(index + 1) == first, scanner.at(index + 2) == first {
            return fenceEnd(scanner, index)
        }
        if let end = CodeBlocks.end(scanner, line: start, at: index) { return end }
        let isIndented = index - start >= 4 || scanner.at(start) == 0x09
        guard isIndented || mayBeginCode(first), looksLikeCode(scanner, index, isIndented: isIndented) else {
            return nil
        }
        return lineEnd(scanner, index)
    }

    private static func lineEnd(_ scanner: TextScanner, _ start: Int) -> Int {
        var index = start
        while index < scanner.end, scanner.bytes[index] != 0x0A { index += 1 }
        return index
    }

    /// The end of a fence: its closing line, or the end of the text.
    private static func fenceEnd(_ scanner: TextScanner, _ start: Int) -> Int {
        let mark = scanner.at(start)
        var index = lineEnd(scanner, start)
        while index < scanner.end {
            var first = index + 1
            while ByteClass.isBlank(scanner.at(first)) { first += 1 }
            index = lineEnd(scanner, index + 1)
            guard scanner.at(first) == mark, scanner.at(first + 1) == mark, scanner.at(first + 2) == mark else {
                continue
            }
            // What follows a closing fence on its line is text again.
            var close = first
            while scanner.at(close) == mark { close += 1 }
            let rest = scanner.bytes[close..<index]
            return rest.drop(while: { $0 <= 0x20 }).contains(0x20) ? close : index
        }
        return scanner.end
    }

    private static func mayBeginCode(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte == 0x23 || byte == 0x3E || byte == 0x7D
    }

    private static func looksLikeCode(_ scanner: TextScanner, _ start: Int, isIndented: Bool) -> Bool {
        let first = scanner.at(start)
        if first == 0x7D { return true }
        var begins = false
        for pattern in starts where pattern[0] == first {
            if pattern.indices.allSatisfy({ scanner.at(start + $0) == pattern[$0] }) { begins = true }
        }
        guard begins || isIndented else { return false }
        // A sentence may begin with such a word ("let us", "return to"): code also ends or reads like code.
        let end = lineEnd(scanner, start)
        var last = end
        while last > start, scanner.bytes[last - 1] <= 0x20 { last -= 1 }
        guard last > start else { return false }
        let final = scanner.bytes[last - 1]
        if final == 0x3B || final == 0x7B || final == 0x7D
            || (final == 0x3A && (begins || isIndented && hasCall(scanner, start, last)))
        {
            return true
        }
        if final == 0x2E || final == 0x21 || final == 0x3F { return false }
        return hasCall(scanner, start, last)
    }

    /// A call, an index or an assignment to a name.
    private static func hasCall(_ scanner: TextScanner, _ start: Int, _ end: Int) -> Bool {
        var index = start + 1
        while index < end {
            let byte = scanner.bytes[index]
            if byte == 0x28 || byte == 0x5B, ByteClass.isWord(scanner.bytes[index - 1]) { return true }
            if byte == 0x5F, ByteClass.isWord(scanner.bytes[index - 1]) { return true }
            index += 1
        }
        return false
    }
}
