import Foundation

/// Numbers as Python writes and reads them.
enum PythonNumber {
    /// The shortest digits that read back as the same number, with an exponent below 1e-4 and from 1e16 on.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        let (sign, digits, exponent) = shortest(value)
        let point = exponent + 1
        let body: String
        if exponent < -4 || exponent >= 16 {
            let rest = digits.dropFirst()
            let mantissa = digits.prefix(1) + (rest.isEmpty ? "" : "." + rest)
            let size = String(abs(exponent))
            body = mantissa + "e" + (exponent < 0 ? "-" : "+") + (size.count < 2 ? "0" + size : size)
        } else if point <= 0 {
            body = "0." + String(repeating: "0", count: -point) + digits
        } else if digits.count <= point {
            body = digits + String(repeating: "0", count: point - digits.count) + ".0"
        } else {
            body = digits.prefix(point) + "." + digits.dropFirst(point)
        }
        return sign + body
    }

    /// Sign, digits without zeros at the end, and the power of ten of the first digit.
    private static func shortest(_ value: Double) -> (String, String, Int) {
        var text = value.magnitude.description
        var exponent = 0
        if let e = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
            exponent = Int(text[text.index(after: e)...]) ?? 0
            text = String(text[..<e])
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        var digits = parts.joined()
        exponent += (parts.first?.count ?? 1) - 1
        let zeros = digits.prefix { $0 == "0" }.count
        if zeros == digits.count { return (value.sign == .minus ? "-" : "", "0", 0) }
        digits.removeFirst(zeros)
        exponent -= zeros
        while digits.last == "0" { digits.removeLast() }
        return (value.sign == .minus ? "-" : "", digits, exponent)
    }

    /// With so many digits after the point, halves to the even digit, as C does.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        return String(format: "%.*f", digits, value)
    }

    /// A text as Python's `float` reads it.
    static func double(_ text: Text) -> Double? {
        guard let body = plain(text) else { return nil }
        switch body.lowercased() {
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        case "nan", "+nan", "-nan": return .nan
        default: break
        }
        guard let first = body.utf8.first(where: { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }),
            first == UInt8(ascii: ".") || (0x30...0x39).contains(first),
            body.utf8.allSatisfy({ (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) })
        else { return nil }
        // Swift reads neither a point at the edge of the digits nor a plus sign.
        var digits = body.hasPrefix("+") ? String(body.dropFirst()) : body
        if digits.hasPrefix(".") || digits.hasPrefix("-.") {
            digits = digits.replacing(".", with: "0.", maxReplacements: 1)
        }
        if digits.hasSuffix(".") { digits += "0" }
        return Double(digits.replacing(".e", with: ".0e").replacing(".E", with: ".0E"))
    }

    /// A text as Python's `int` reads it in a base from 2 to 36; nil for what it refuses or what needs more than 64 bits.
    static func integer(_ text: Text, base: Int = 10) -> Int? {
        guard var body = plain(text), (2...36).contains(base) else { return nil }
        var sign = ""
        if let first = body.first, first == "-" || first == "+" {
            sign = first == "-" ? "-" : ""
            body.removeFirst()
        }
        let prefixes = [2: "0b", 8: "0o", 16: "0x"]
        if let prefix = prefixes[base], body.lowercased().hasPrefix(prefix) { body.removeFirst(2) }
        guard let first = body.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "+") else { return nil }
        return Int(sign + body, radix: base)
    }

    /// ASCII without white space around it and without single underscores between digits.
    private static func plain(_ text: Text) -> String? {
        let units = text.trimmed().units.map { $0 & Text.scalarMask }
        guard units.allSatisfy({ $0 < 0x80 }), !units.isEmpty else { return nil }
        var out = ""
        for (i, unit) in units.enumerated() {
            if unit == 0x5F {
                guard i > 0, i + 1 < units.count, units[i - 1] != 0x5F, units[i + 1] != 0x5F,
                    isDigitOrLetter(units[i - 1]), isDigitOrLetter(units[i + 1])
                else { return nil }
                continue
            }
            out.unicodeScalars.append(Text.scalar(unit))
        }
        return out
    }

    private static func isDigitOrLetter(_ unit: UInt32) -> Bool {
        (0x30...0x39).contains(unit) || (0x41...0x5A).contains(unit) || (0x61...0x7A).contains(unit)
    }
}
