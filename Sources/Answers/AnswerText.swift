import StrictJSON

/// Keys of answers that are compared as text: equal keys are the same words, or the same formula.
enum AnswerText {
    /// The key of normalised text.
    static func key(_ text: ArraySlice<UInt8>) -> [UInt8] {
        text.contains { $0.isASCIIDigit || "\\^=+*/<>_|{}[]()!".utf8.contains($0) } ? formula(text) : words(text)
    }

    // MARK: Words

    /// Words with their case, but for a capital that only begins a sentence or a name: "Paris" is "paris" and "No solution"
    /// is "no solution", while "Co" is not "CO", and "Delta" not "delta".
    private static func words(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var words = text.split(separator: 0x20).map(Array.init)
        for index in words.indices {
            let word = words[index]
            guard let first = word.first, first.isASCIILetter, word.dropFirst().allSatisfy(isSmall) else { continue }
            let isLong = word.count >= 4 && !greek.contains(String(decoding: word, as: UTF8.self).lowercased())
            if isLong || (index == 0 && words.count > 1 && word.count > 1) { words[index][0] = first.asciiLowercased }
        }
        return Array(words.joined(separator: [0x20]))
    }

    private static func isSmall(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "a") < 26 || byte >= 0x80 || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ",")
    }

    /// Names of letters whose capitals are other letters.
    private static let greek: Set<String> = [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "theta", "iota", "kappa", "lambda", "sigma", "upsilon",
        "omega",
    ]

    // MARK: Formulas

    /// A formula without the spaces and braces that mean nothing: `2 \pi` is `2\pi`, `x^{2}` is `x^2`, `\frac12` is
    /// `\frac{1}{2}`. Case stays, and so do spaces between two names or two numbers.
    private static func formula(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(text.count + 8)
        let bytes = Array(text)
        var index = 0
        // Arguments that a \frac still waits for, where it is written without braces.
        var arguments = 0
        var isFirstArgument: [Bool] = []
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\\"):
                var end = index + 1
                while end < bytes.count, bytes[end].isASCIILetter { end += 1 }
                if end == index + 1 { end = min(end + 1, bytes.count) }
                let name = bytes[index..<end]
                // "\frac\pi4": a name is an argument without braces.
                let isArgument = arguments > 0 && !bytes[end...].starts(with: "{".utf8)
                if isArgument { key.append(UInt8(ascii: "{")) }
                key += name
                // What follows a name is not part of it.
                key.append(0x01)
                if isArgument { key.append(UInt8(ascii: "}")) }
                arguments = name.elementsEqual("\\frac".utf8) ? 2 : isArgument ? arguments - 1 : 0
                index = end
                continue
            case 0x20:
                let next = index + 1 < bytes.count ? bytes[index + 1] : 0
                if let last = key.last, isWord(last), isWord(next), !(last.isASCIIDigit && !next.isASCIIDigit) {
                    key.append(0x20)
                }
            case UInt8(ascii: "^"), UInt8(ascii: "_"):
                arguments = 0
                key.append(byte)
                // One character in braces is as good as without them.
                var next = index + 1
                while next < bytes.count, bytes[next] == 0x20 { next += 1 }
                if next + 2 < bytes.count, bytes[next] == UInt8(ascii: "{"), bytes[next + 1].isAlphanumeric,
                    bytes[next + 2] == UInt8(ascii: "}")
                {
                    key.append(bytes[next + 1])
                    index = next + 3
                    // "x^{2}3" is not "x^{23}", and "x^23" may be either.
                    if index < bytes.count, bytes[index].isASCIIDigit == bytes[next + 1].isASCIIDigit,
                        bytes[index].isAlphanumeric
                    {
                        key.append(0x01)
                    }
                    continue
                }
            case UInt8(ascii: "{"):
                // The second argument is waited for behind the brace that closes the first.
                isFirstArgument.append(arguments == 2)
                arguments = 0
                key.append(byte)
            case UInt8(ascii: "}"):
                arguments = isFirstArgument.popLast() ?? false ? 1 : 0
                key.append(byte)
            case _ where arguments > 0 && byte.isAlphanumeric:
                arguments -= 1
                key += [UInt8(ascii: "{"), byte, UInt8(ascii: "}")]
            default:
                arguments = 0
                if byte == UInt8(ascii: "p"), isPi(bytes, at: index) {
                    key += Array("\\pi".utf8)
                    key.append(0x01)
                    index += 2
                    continue
                }
                key.append(byte)
            }
            index += 1
        }
        return key
    }

    private static func isWord(_ byte: UInt8) -> Bool { byte.isAlphanumeric || byte >= 0x80 }

    /// "pi" as a word of its own: "2pi", "pi/2".
    private static func isPi(_ bytes: [UInt8], at index: Int) -> Bool {
        guard index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "i") else { return false }
        if index > 0, bytes[index - 1].isASCIILetter || bytes[index - 1] == UInt8(ascii: "\\") { return false }
        return index + 2 >= bytes.count || !bytes[index + 2].isASCIILetter
    }
}
