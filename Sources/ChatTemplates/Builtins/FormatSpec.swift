import Foundation

/// How one value is written in a format: sign, width, digits.
struct FormatSpec {
    enum Flag: Hashable {
        case left
        case plus
        case space
        case zero
        case alternate
        case thousands
    }

    enum Alignment {
        case left
        case right
        case center
        /// Between sign and digits.
        case afterSign
    }

    var flags: Set<Flag> = []
    var alignment: Alignment?
    var fill: UInt32 = 0x20
    var width: Int?
    var precision: Int?

    /// The flags of `%`.
    static func flag(_ unit: UInt32) -> Flag? {
        switch unit {
        case 0x2D: .left
        case 0x2B: .plus
        case 0x20: .space
        case 0x30: .zero
        case 0x23: .alternate
        default: nil
        }
    }

    func padded(_ text: Text, _ interpreter: Interpreter) throws(ChatTemplateError) -> Text {
        let missing = max(0, (width ?? 0) - text.count)
        try interpreter.charge(text: missing)
        func filling(_ count: Int) -> [UInt32] { [UInt32](repeating: fill, count: count) }
        switch alignment ?? .left {
        case .left: return Text(units: text.units + filling(missing))
        case .center: return Text(units: filling(missing / 2) + text.units + filling(missing - missing / 2))
        case .right, .afterSign: return Text(units: filling(missing) + text.units)
        }
    }

    /// Sign and digits, filled up to the width.
    private func number(
        _ isNegative: Bool, _ digits: String, _ interpreter: Interpreter
    ) throws(ChatTemplateError) -> Text {
        let sign = isNegative ? "-" : flags.contains(.plus) ? "+" : flags.contains(.space) ? " " : ""
        let fillsWithZeros = flags.contains(.zero) && (alignment == nil || (alignment == .right && fill == 0x20))
        guard fillsWithZeros || alignment == .afterSign else {
            var spec = self
            spec.alignment = alignment ?? .right
            return try spec.padded(Text(sign + digits), interpreter)
        }
        guard !flags.contains(.thousands) else {
            throw interpreter.failure(.unsupported, "zeros before thousands are not run")
        }
        var spec = self
        spec.fill = fillsWithZeros ? 0x30 : fill
        spec.alignment = .right
        spec.width = (width ?? 0) - sign.count
        return Text(units: Text(sign).units + (try spec.padded(Text(digits), interpreter)).units)
    }

    func whole(_ value: Int, _ kind: UInt32, _ interpreter: Interpreter) throws(ChatTemplateError) -> Text {
        guard precision == nil, !flags.contains(.alternate) else {
            throw interpreter.failure(.unsupported, "digits or a prefix of a whole number are not run")
        }
        var digits: String
        switch kind {
        case 0x78: digits = String(value.magnitude, radix: 16)
        case 0x58: digits = String(value.magnitude, radix: 16, uppercase: true)
        case 0x6F: digits = String(value.magnitude, radix: 8)
        case 0x62: digits = String(value.magnitude, radix: 2)
        default: digits = String(value.magnitude)
        }
        if flags.contains(.thousands) { digits = Self.grouped(digits) }
        return try number(value < 0, digits, interpreter)
    }

    func float(_ value: Double, _ kind: UInt32, _ interpreter: Interpreter) throws(ChatTemplateError) -> Text {
        let precision = precision ?? 6
        guard precision <= 300, value.isFinite else {
            throw interpreter.failure(.unsupported, "so many digits, or a number that is not finite, are not run")
        }
        let letter = String(Text.scalar(kind))
        var digits = String(format: "%.*\(letter)", precision, value.magnitude)
        if flags.contains(.thousands) {
            let parts = digits.split(separator: ".", maxSplits: 1)
            digits = Self.grouped(String(parts[0])) + (parts.count > 1 ? "." + parts[1] : "")
        }
        return try number(value.sign == .minus, digits, interpreter)
    }

    private static func grouped(_ digits: String) -> String {
        var out = ""
        for (i, digit) in digits.enumerated() {
            if i > 0, (digits.count - i) % 3 == 0 { out.append(",") }
            out.append(digit)
        }
        return out
    }
}
