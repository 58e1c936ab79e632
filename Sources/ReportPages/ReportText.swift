import Foundation

/// Numbers and names as a report shows them, the same on every machine and in every locale.
package enum ReportText {
    /// Text for HTML and SVG, attributes included. Control characters and characters that reorder what follows them become
    /// U+FFFD, so that a name cannot make a page say something else.
    package static func escape(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count + 16)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped += " "
            case "\u{61C}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
                escaped += "\u{FFFD}"
            default:
                if scalar.properties.generalCategory == .control {
                    escaped += "\u{FFFD}"
                } else {
                    escaped.unicodeScalars.append(scalar)
                }
            }
        }
        return escaped
    }

    /// A name cut to what a plot has room for; not escaped.
    package static func short(_ name: String, _ length: Int = 20) -> String {
        name.count <= length ? name : String(name.prefix(length - 1)) + "…"
    }

    /// 12345 → 12,345.
    package static func count(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var grouped = ""
        for (offset, digit) in digits.enumerated() {
            if offset > 0, (digits.count - offset) % 3 == 0 { grouped += "," }
            grouped.append(digit)
        }
        return (value < 0 ? "−" : "") + grouped
    }

    /// `1 pair`, `12,345 pairs`: the unit is given in the plural.
    package static func count(_ value: Int, _ unit: String) -> String {
        count(value) + " " + (value == 1 && unit.hasSuffix("s") ? String(unit.dropLast()) : unit)
    }

    /// A number with a few significant digits; `–` for what is not a number.
    package static func number(_ value: Double, digits: Int = 3) -> String {
        guard value.isFinite else { return value.isNaN ? "–" : value > 0 ? "∞" : "−∞" }
        // Past the digits that are shown whole numbers are easier to read than powers of ten.
        if abs(value) >= pow(10, Double(digits)), let whole = Int(exactly: value.rounded()), whole.magnitude < 1 << 53 {
            return count(whole)
        }
        return String(format: "%.\(digits)g", value == 0 ? 0 : value).replacing("-", with: "−")
    }

    /// A share as a percentage that never rounds to certainty.
    package static func percent(_ share: Double) -> String {
        guard share.isFinite else { return "–" }
        let percent = 100 * min(1, max(0, share))
        if percent > 99, percent < 100 { return "more than 99\u{A0}%" }
        if percent > 0, percent < 1 { return "less than 1\u{A0}%" }
        return String(format: "%.0f\u{A0}%%", percent)
    }

    /// A probability from its base-10 logarithm: `0.034`, `3.1 × 10⁻¹⁴`.
    package static func probability(log10 value: Double) -> String {
        guard !value.isNaN else { return "–" }
        guard value > -.infinity else { return "0" }
        guard value < 0 else { return "1" }
        if value > -3.3 { return number(pow(10, value), digits: 2) }
        var exponent = value.rounded(.down)
        var mantissa = (pow(10, value - exponent) * 10).rounded() / 10
        if mantissa >= 10 {
            mantissa = 1
            exponent += 1
        }
        return String(format: "%.1f\u{A0}×\u{A0}10", mantissa) + superscript(exponent)
    }

    /// The same as odds that are not overstated: `less than 1 in 10¹³`, `about 1 in 29`.
    package static func odds(log10 value: Double) -> String {
        guard value < 0 else { return "no less than 1 in 1" }
        guard value > -.infinity else { return "less than any number that can be shown" }
        if value > -6 {
            // Rounded down to two digits: the odds may be longer than stated, never shorter.
            let odds = pow(10, -value)
            let scale = pow(10, max(0, Foundation.log10(odds).rounded(.down) - 1))
            return "no more than 1 in " + count(Int((odds / scale).rounded(.down) * scale))
        }
        return "less than 1 in 10" + superscript((-value).rounded(.down))
    }

    /// 10 to a whole power; 1 for power 0.
    package static func power(_ exponent: Double) -> String {
        exponent == 0 ? "1" : "10" + superscript(exponent)
    }

    /// A whole number with separators, or in scientific form if it is too large for them.
    package static func whole(_ value: Double) -> String {
        Int(exactly: value.rounded()).map { count($0) } ?? number(value)
    }

    /// An exponent in superscript digits.
    package static func superscript(_ exponent: Double) -> String {
        let digits: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
        guard let whole = Int(exactly: exponent.rounded()) else { return "?" }
        return (whole < 0 ? "⁻" : "")
            + String(String(whole.magnitude).compactMap(\.wholeNumberValue).map { digits[$0] })
    }

    /// `“a”`, `“a” and “b”`, `“a”, “b”, “c” and 4 others`; not escaped.
    package static func list(_ names: [String], limit: Int = 5) -> String {
        let shown = names.prefix(names.count > limit ? limit : names.count).map { "“\($0)”" }
        if names.count > limit {
            return shown.joined(separator: ", ") + " and \(count(names.count - limit)) others"
        }
        guard let last = shown.last, shown.count > 1 else { return shown.first ?? "" }
        return shown.dropLast().joined(separator: ", ") + " and " + last
    }
}
