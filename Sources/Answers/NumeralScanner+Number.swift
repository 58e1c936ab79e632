import StrictJSON

// One number, as it is written.

extension NumeralScanner {
    /// The number that begins at `index`, with its sign; nil where none does, or where it belongs to a word.
    func number(at index: Int) -> Range<Int>? {
        guard startsNumber(at: index) else { return nil }
        let before = at(index - 1)
        if before.isAlphanumeric || before == UInt8(ascii: "_") { return nil }
        if before == UInt8(ascii: "."), at(index - 2).isASCIIDigit { return nil }
        var end = index
        let first = digits(from: &end)
        if at(end) == UInt8(ascii: "."), first == 0 {
            end += 1
            _ = digits(from: &end)
        }
        continueNumber(from: index, leading: first, &end)
        factors(&end)
        powerOfTen(&end)
        if isSign("%", at: end) { end += 1 } else if isSign("\\%", at: end) { end += 2 }
        if isSign("％", at: end) { end += 3 }
        multiplier(&end)
        variable(&end)
        return signedStart(index)..<end
    }

    private func at(_ index: Int) -> UInt8 { index >= 0 && index < window.upperBound ? bytes[index] : 0 }

    private func isSign(_ sign: StaticString, at index: Int) -> Bool {
        index + sign.utf8CodeUnitCount <= window.upperBound && bytes.matches(sign, at: index)
    }

    private func digitLength(at index: Int) -> Int {
        guard index < window.upperBound else { return 0 }
        if bytes[index].isASCIIDigit { return 1 }
        return bytes[index] < 0x80 ? 0 : NumeralScript.digit(in: bytes, at: index)?.length ?? 0
    }

    private func fractionLength(at index: Int) -> Int {
        guard index < window.upperBound, bytes[index] >= 0x80 else { return 0 }
        return NumeralScript.vulgarFraction(in: bytes, at: index)?.length ?? 0
    }

    /// Whether a command such as `\frac` or a root sign begins here, and its length.
    private func commandLength(at index: Int) -> Int {
        for (name, length) in [("\\frac" as StaticString, 5), ("\\dfrac", 6), ("\\tfrac", 6), ("\\sqrt", 5), ("√", 3)]
        where isSign(name, at: index) { return length }
        return 0
    }

    private func startsNumber(at index: Int) -> Bool {
        digitLength(at: index) > 0 || fractionLength(at: index) > 0 || commandLength(at: index) > 0
            || at(index) == UInt8(ascii: ".") && at(index + 1).isASCIIDigit && !at(index - 1).isASCIIDigit
                && (index == window.lowerBound || at(index - 1).isASCIISpace || "$-".utf8.contains(at(index - 1)))
    }

    /// Takes digits of one script; returns how many.
    private func digits(from end: inout Int) -> Int {
        var count = 0
        while case let length = digitLength(at: end), length > 0 {
            end += length
            count += 1
        }
        return count
    }

    /// Separators between two digits, fractions, mixed numbers, times of day, exponents.
    private func continueNumber(from start: Int, leading: Int, _ end: inout Int) {
        var isPlain = leading > 0
        var isSpaced = false
        while true {
            let byte = at(end)
            let next = at(end + 1)
            if ",.:/".utf8.contains(byte), digitLength(at: end + 1) > 0 {
                end += 1
                _ = digits(from: &end)
                isPlain = false
            } else if leading <= 3, isPlain || isSpaced, let length = spaceLength(at: end), isGroup(at: end + length) {
                // "1 000 000".
                end += length + 3
                isPlain = false
                isSpaced = true
            } else if isPlain, byte == 0x20, let fraction = fraction(at: end + 1) {
                end = fraction
                isPlain = false
            } else if fractionLength(at: end) > 0 {
                end += fractionLength(at: end)
                isPlain = false
            } else if byte | 0x20 == UInt8(ascii: "e"), leading > 0,
                next.isASCIIDigit || "+-".utf8.contains(next) && at(end + 2).isASCIIDigit
            {
                var after = end + (next.isASCIIDigit ? 1 : 2)
                _ = digits(from: &after)
                guard !at(after).isASCIILetter else { return }
                end = after
            } else {
                return
            }
        }
    }

    private func spaceLength(at index: Int) -> Int? {
        if at(index) == 0x20 { return 1 }
        if isSign("\u{A0}", at: index) { return 2 }
        return isSign("\u{202F}", at: index) || isSign("\u{2009}", at: index) ? 3 : nil
    }

    /// Exactly three digits, which no fraction follows.
    private func isGroup(at index: Int) -> Bool {
        at(index).isASCIIDigit && at(index + 1).isASCIIDigit && at(index + 2).isASCIIDigit
            && !at(index + 3).isASCIIDigit && at(index + 3) != UInt8(ascii: "/")
    }

    /// Where "1/2" ends that begins here.
    private func fraction(at index: Int) -> Int? {
        var end = index
        guard digits(from: &end) > 0, at(end) == UInt8(ascii: "/") else { return nil }
        end += 1
        return digits(from: &end) > 0 ? end : nil
    }

    /// `\frac{3}{4}`, `2\sqrt{3}`, "2√3", `5\pi`, "2^10".
    private func factors(_ end: inout Int) {
        for _ in 0..<8 {
            let length = commandLength(at: end)
            if length > 0 {
                let count = length > 4 && at(end + 1) != UInt8(ascii: "s") && at(end) == UInt8(ascii: "\\") ? 2 : 1
                end += length
                for _ in 0..<count { argument(&end) }
            } else if isSign("\\pi", at: end), !at(end + 3).isASCIILetter {
                end += 3
            } else if isSign("π", at: end) {
                end += 2
            } else if at(end) == UInt8(ascii: "^"), at(end + 1).isASCIIDigit || "{-(".utf8.contains(at(end + 1)) {
                end += 1
                if at(end) == UInt8(ascii: "-") { end += 1 }
                argument(&end)
            } else if end < window.upperBound, let (_, length) = NumeralScript.superscript(in: bytes, at: end) {
                end += length
            } else {
                return
            }
        }
    }

    /// A group in braces or brackets, or the digits that stand there.
    private func argument(_ end: inout Int) {
        guard at(end) == UInt8(ascii: "{") || at(end) == UInt8(ascii: "(") else {
            if digits(from: &end) == 0, at(end).isASCIILetter { end += 1 }
            return
        }
        let open = at(end)
        let close = open == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: ")")
        var depth = 0
        var index = end
        let limit = min(window.upperBound, end + Self.longestGroup)
        while index < limit {
            if bytes[index] == open { depth += 1 } else if bytes[index] == close { depth -= 1 }
            index += 1
            if depth == 0 {
                end = index
                return
            }
        }
    }

    /// " × 10^6".
    private func powerOfTen(_ end: inout Int) {
        var index = end
        while at(index) == 0x20 { index += 1 }
        if isSign("×", at: index) || isSign("·", at: index) {
            index += 2
        } else if isSign("\\times", at: index) {
            index += 6
        } else if isSign("\\cdot", at: index) {
            index += 5
        } else if at(index) == UInt8(ascii: "*") || at(index) == UInt8(ascii: "x") {
            index += 1
        } else {
            return
        }
        while at(index) == 0x20 { index += 1 }
        guard isSign("10", at: index) else { return }
        index += 2
        let base = index
        factors(&index)
        if index > base { end = index }
    }

    /// " million" and its like, which are part of the number.
    private func multiplier(_ end: inout Int) {
        guard let space = spaceLength(at: end) else { return }
        var index = end + space
        while at(index).isASCIILetter, index - end < 16 { index += 1 }
        guard index > end + space else { return }
        let word = String(decoding: Bytes(rebasing: bytes[(end + space)..<index]), as: UTF8.self)
        if AnswerWords.multipliers[word.lowercased()] != nil { end = index }
    }

    /// "2x": a letter right behind a number is a factor, unless it is a unit.
    private func variable(_ end: inout Int) {
        guard "abcijknpqtuvxyz".utf8.contains(at(end)), !at(end + 1).isASCIILetter else { return }
        end += 1
    }

    /// Includes a minus sign that is not a subtraction: "-3", "-$3", "−3".
    private func signedStart(_ start: Int) -> Int {
        var index = start
        if at(index - 1) == UInt8(ascii: "$"), at(index - 2) == UInt8(ascii: "-") { index -= 1 }
        let sign: Int
        if at(index - 1) == UInt8(ascii: "-"), index > window.lowerBound {
            sign = index - 1
        } else if index >= window.lowerBound + 3, isSign("−", at: index - 3) {
            sign = index - 3
        } else {
            return start
        }
        guard sign > window.lowerBound else { return sign }
        let before = bytes[sign - 1]
        let isSubtraction = before.isAlphanumeric || ")}".utf8.contains(before) || before >= 0x80
        return isSubtraction ? start : sign
    }
}
