import StrictJSON

/// Program text that no fence encloses: blocks of SQL and YAML, shell commands, assignments, elements of code.
enum CodeBlocks {
    private static let maxElementBytes = 32 << 10

    /// The end of the block or line that begins at `index`, which is the first byte of a line that is not blank.
    static func end(_ scanner: TextScanner, line start: Int, at index: Int) -> Int? {
        let first = scanner.at(index)
        if first &- 0x41 < 26 || first &- 0x61 < 26 || first == 0x5F {
            if let end = sqlEnd(scanner, index) { return end }
            if first &- 0x61 < 26, let end = shellEnd(scanner, index) ?? yamlEnd(scanner, start, index) { return end }
            return assignmentEnd(scanner, index)
        }
        switch first {
        case 0x24 where scanner.at(index + 1) == 0x20 && scanner.at(index + 2) &- 0x61 < 26:
            return lineEnd(scanner, index)
        // Comments: `// …`, `/* … */`, `-- …`, `% …`.
        case 0x2F where scanner.at(index + 1) == 0x2F && scanner.at(index + 2) != 0x2F: return lineEnd(scanner, index)
        case 0x2F where scanner.at(index + 1) == 0x2A: return commentEnd(scanner, index)
        case 0x25 where scanner.at(index + 1) == 0x20 || scanner.at(index + 1) == 0x25: return lineEnd(scanner, index)
        case 0x2D where scanner.at(index + 1) == 0x2D && scanner.at(index + 2) == 0x20: return lineEnd(scanner, index)
        case 0x2D, 0x22: return yamlEnd(scanner, start, index)
        default: return nil
        }
    }

    static func lineEnd(_ scanner: TextScanner, _ start: Int) -> Int {
        var index = start
        while index < scanner.end, scanner.bytes[index] != 0x0A { index += 1 }
        return index
    }

    private static func starts(_ scanner: TextScanner, _ index: Int, _ pattern: StaticString) -> Bool {
        for offset in 0..<pattern.utf8CodeUnitCount where scanner.at(index + offset) != pattern.utf8Start[offset] {
            return false
        }
        return true
    }

    /// The first byte of a line that is not a blank.
    private static func text(_ scanner: TextScanner, _ line: Int) -> Int {
        var index = line
        while scanner.at(index) == 0x20 || scanner.at(index) == 0x09 { index += 1 }
        return index
    }

    /// The last byte of a line that is not a blank; 0 for an empty line.
    private static func lastByte(_ scanner: TextScanner, _ start: Int, _ end: Int) -> UInt8 {
        var index = end
        while index > start, scanner.bytes[index - 1] <= 0x20 { index -= 1 }
        return index > start ? scanner.bytes[index - 1] : 0
    }

    // MARK: Elements

    /// The end of `<pre>…</pre>`, `<code>…</code>` and others that hold code; nil where the element is not closed.
    static func elementEnd(_ scanner: TextScanner, _ start: Int) -> Int? {
        for name in ["pre", "code", "script", "style", "kbd", "samp", "tt", "svg", "math", "blockquote", "q"]
            as [StaticString]
        where starts(scanner, start + 1, name) {
            let after = scanner.at(start + 1 + name.utf8CodeUnitCount)
            guard after == 0x3E || after == 0x20 else { continue }
            let limit = min(scanner.end, start + maxElementBytes)
            var index = start + 1
            while index + 2 < limit {
                if scanner.bytes[index] == 0x3C, scanner.bytes[index + 1] == 0x2F, starts(scanner, index + 2, name),
                    scanner.at(index + 2 + name.utf8CodeUnitCount) == 0x3E
                {
                    return index + 3 + name.utf8CodeUnitCount
                }
                index += 1
            }
        }
        return nil
    }

    /// The end of `[asy]…[/asy]` and others.
    static func bracketEnd(_ scanner: TextScanner, _ start: Int) -> Int? {
        for name in ["asy", "code", "tikz", "quote", "latex", "math"] as [StaticString]
        where starts(scanner, start + 1, name) {
            let length = name.utf8CodeUnitCount
            guard scanner.at(start + 1 + length) == 0x5D || scanner.at(start + 1 + length) == 0x3D else { continue }
            let limit = min(scanner.end, start + maxElementBytes)
            var index = start + 1
            while index + 2 < limit {
                if scanner.bytes[index] == 0x5B, scanner.bytes[index + 1] == 0x2F, starts(scanner, index + 2, name),
                    scanner.at(index + 2 + length) == 0x5D
                {
                    return index + 3 + length
                }
                index += 1
            }
        }
        return nil
    }

    private static func commentEnd(_ scanner: TextScanner, _ start: Int) -> Int? {
        let limit = min(scanner.end, start + maxElementBytes)
        var index = start + 2
        while index + 1 < limit {
            if scanner.bytes[index] == 0x2A, scanner.bytes[index + 1] == 0x2F { return index + 2 }
            index += 1
        }
        return nil
    }

    /// The end of `\begin{verbatim}…\end{verbatim}` and other environments that hold code, pictures or quotations.
    static func environmentEnd(_ scanner: TextScanner, _ start: Int) -> Int? {
        guard starts(scanner, start, "\\begin{") else { return nil }
        let name = start + 7
        var nameEnd = name
        while nameEnd < scanner.end, nameEnd - name < 24, scanner.bytes[nameEnd] != 0x7D { nameEnd += 1 }
        guard scanner.at(nameEnd) == 0x7D else { return nil }
        let closing = Array("\\end{".utf8) + scanner.bytes[name...nameEnd]
        let limit = min(scanner.end, start + maxElementBytes)
        var index = nameEnd + 1
        while index + closing.count <= limit {
            if scanner.bytes[index] == 0x5C, closing.indices.allSatisfy({ scanner.at(index + $0) == closing[$0] }) {
                return index + closing.count
            }
            index += 1
        }
        return nil
    }

    // MARK: SQL

    private static let statements: [StaticString] = [
        "SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE TABLE ", "CREATE VIEW ", "CREATE INDEX ",
        "ALTER TABLE ", "DROP TABLE ", "WITH RECURSIVE ", "MERGE INTO ", "select ", "insert into ", "delete from ",
        "create table ",
    ]
    private static let clauses: [StaticString] = [
        "FROM", "WHERE", "GROUP BY", "ORDER BY", "HAVING", "LIMIT", "OFFSET", "UNION", "JOIN", "LEFT", "RIGHT", "INNER",
        "OUTER", "CROSS", "FULL", "ON ", "AND ", "OR ", "SET ", "VALUES", "RETURNING", "CASE", "WHEN", "ELSE", "END",
        "SELECT", "INTO", "WINDOW", "EXCEPT", "INTERSECT", "--", ")", "from", "where", "group by", "order by", "having",
        "limit", "union", "join", "left join", "inner join", "on ", "and ", "or ", "set ", "values", "when ", "else ",
        "end",
    ]

    private static func sqlEnd(_ scanner: TextScanner, _ start: Int) -> Int? {
        guard let statement = statements.first(where: { starts(scanner, start, $0) }) else { return nil }
        var end = lineEnd(scanner, start)
        // In lower case, and for words that sentences begin with, the statement must show itself.
        let isCertain = statement.utf8Start[0] &- 0x41 < 26 && statement.utf8CodeUnitCount > 7
        var clausesSeen = 0
        while end < scanner.end {
            let last = lastByte(scanner, start, end)
            if last == 0x3B { break }
            let next = text(scanner, end + 1)
            guard next < scanner.end, scanner.at(next) != 0x0A else { break }
            let isClause = clauses.contains { starts(scanner, next, $0) }
            // A name list and a nested query go on over lines of any kind.
            guard isClause || last == 0x2C || last == 0x28 || scanner.at(next) == 0x27 else { break }
            clausesSeen += isClause ? 1 : 0
            end = lineEnd(scanner, next)
        }
        let line = scanner.bytes[start..<lineEnd(scanner, start)]
        let hasFrom =
            contains(line, " FROM ") || contains(line, " from ") || contains(line, " SET ") || contains(line, "(")
        return isCertain || clausesSeen > 0 || hasFrom || lastByte(scanner, start, end) == 0x3B ? end : nil
    }

    private static func contains(_ line: Slice<UnsafeBufferPointer<UInt8>>, _ pattern: StaticString) -> Bool {
        let length = pattern.utf8CodeUnitCount
        var index = line.startIndex
        while index + length <= line.endIndex {
            if (0..<length).allSatisfy({ line[index + $0] == pattern.utf8Start[$0] }) { return true }
            index += 1
        }
        return false
    }

    // MARK: Shell

    private static let commands: [StaticString] = [
        "echo ", "sudo ", "git ", "cd ", "ls ", "cat ", "grep ", "sed ", "awk ", "curl ", "wget ", "pip ", "pip3 ",
        "npm ",
        "npx ", "yarn ", "docker ", "kubectl ", "apt ", "apt-get ", "brew ", "make ", "python ", "python3 ", "node ",
        "bash ", "sh ", "chmod ", "mkdir ", "rm ", "cp ", "mv ", "ssh ", "tar ", "export ", "printf ", "cargo ",
        "swift ",
        "find ", "gcc ", "conda ", "source ", "touch ", "kill ", "systemctl ",
    ]

    /// A line that begins with a command's name and reads like one: options, paths, pipes, quoted arguments.
    private static func shellEnd(_ scanner: TextScanner, _ start: Int) -> Int? {
        guard let command = commands.first(where: { starts(scanner, start, $0) }) else { return nil }
        let end = lineEnd(scanner, start)
        let last = lastByte(scanner, start, end)
        var index = start + command.utf8CodeUnitCount
        let first = scanner.at(index)
        if first == 0x22 || first == 0x27 || first == 0x24 { return end }
        guard last != 0x2E || scanner.at(index) == 0x2E else { return nil }
        while index < end {
            let byte = scanner.bytes[index]
            let next = scanner.at(index + 1)
            if byte == 0x20,
                next == 0x2D && scanner.at(index + 2) != 0x20 || next == 0x7C || next == 0x3E || next == 0x24
            {
                return end
            }
            if byte == 0x20, next == 0x2F || next == 0x2E && scanner.at(index + 2) == 0x2F || next == 0x22 {
                return end
            }
            index += 1
        }
        return nil
    }

    // MARK: Assignments

    /// `name = 'text'`: a name, a sign of assignment, and a string, a call or a literal up to the line's end.
    private static func assignmentEnd(_ scanner: TextScanner, _ start: Int) -> Int? {
        var index = start
        while ByteClass.isWord(scanner.at(index)) || scanner.at(index) == 0x2E || scanner.at(index).isASCIIDigit {
            index += 1
        }
        guard index > start else { return nil }
        if scanner.at(index) == 0x5B {
            while index < scanner.end, scanner.at(index) != 0x5D, scanner.at(index) != 0x0A { index += 1 }
            guard scanner.at(index) == 0x5D else { return nil }
            index += 1
        }
        while scanner.at(index) == 0x20 { index += 1 }
        if scanner.at(index) == 0x2B || scanner.at(index) == 0x3A || scanner.at(index) == 0x7C { index += 1 }
        guard scanner.at(index) == 0x3D, scanner.at(index + 1) != 0x3D else { return nil }
        index += 1
        while scanner.at(index) == 0x20 { index += 1 }
        let first = scanner.at(index)
        let end = lineEnd(scanner, index)
        let last = lastByte(scanner, index, end)
        switch first {
        case 0x22, 0x27, 0x60:
            return last == first || last == 0x3B || last == 0x2C || last == 0x29 || last == 0x5C ? end : nil
        case 0x5B, 0x7B:
            return last == 0x5D || last == 0x7D || last == 0x3B || last == first || last == 0x2C ? end : nil
        default:
            // f"…", r'…'
            let isPrefixed = scanner.at(index + 1) == 0x22 || scanner.at(index + 1) == 0x27
            if first.isASCIILetter, isPrefixed, last == scanner.at(index + 1) || last == 0x3B { return end }
            return last == 0x3B ? end : nil
        }
    }

    /// Whether a sign of assignment follows a word.
    static func isAssigned(_ scanner: TextScanner, _ wordEnd: Int) -> Bool {
        var index = wordEnd
        while scanner.at(index) == 0x20 { index += 1 }
        if scanner.at(index) == 0x3A || scanner.at(index) == 0x2B || scanner.at(index) == 0x2D { index += 1 }
        return scanner.at(index) == 0x3D && scanner.at(index + 1) != 0x3D
    }

    // MARK: YAML

    /// At least two lines `key: value` with keys of one word in lower case, and what is indented below them.
    private static func yamlEnd(_ scanner: TextScanner, _ line: Int, _ start: Int) -> Int? {
        guard isKey(scanner, start) else { return nil }
        var keys = 1
        var end = lineEnd(scanner, start)
        let indent = start - line
        while end < scanner.end {
            let next = text(scanner, end + 1)
            guard next < scanner.end, scanner.at(next) != 0x0A else { break }
            let isDeeper = next - end - 1 > indent || scanner.at(next) == 0x2D && scanner.at(next + 1) == 0x20
            if isKey(scanner, next) {
                keys += 1
            } else if !isDeeper || scanner.at(next) == 0x2D && keys == 0 {
                break
            }
            end = lineEnd(scanner, next)
        }
        return keys > 1 ? end : nil
    }

    private static func isKey(_ scanner: TextScanner, _ start: Int) -> Bool {
        var index = start
        if scanner.at(index) == 0x2D, scanner.at(index + 1) == 0x20 { index += 2 }
        let isQuoted = scanner.at(index) == 0x22
        if isQuoted { index += 1 }
        let name = index
        guard scanner.at(index) &- 0x61 < 26 || scanner.at(index) == 0x5F || isQuoted && scanner.at(index).isASCIILetter
        else {
            return false
        }
        while ByteClass.isWord(scanner.at(index)) && scanner.at(index) < 0x80 || scanner.at(index) == 0x2D
            || scanner.at(index).isASCIIDigit
        {
            index += 1
        }
        if isQuoted {
            guard scanner.at(index) == 0x22 else { return false }
            index += 1
        }
        guard index > name, index - name <= 40, scanner.at(index) == 0x3A else { return false }
        let after = scanner.at(index + 1)
        return after == 0x20 || after == 0x0A || index + 1 >= scanner.end
    }
}
