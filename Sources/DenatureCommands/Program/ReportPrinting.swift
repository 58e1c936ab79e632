import Foundation

/// Reports as JSON, and numbers as people read them.
enum ReportPrinting {
    /// One JSON object: members in snake_case, in alphabetical order.
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .custom { path in
            // Counts are keyed by names that are what they are; only property names are converted.
            let key = path[path.count - 1]
            return path.dropLast().contains { ["finish_reasons", "finishReasons"].contains($0.stringValue) }
                ? key : SnakeCaseKey(key.stringValue)
        }
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// The same as a line of result.
    static func json(_ value: some Encodable) throws {
        try Console.output(text(value))
    }

    /// A number with so many digits behind the point.
    static func rounded(_ value: Double, _ digits: Int) -> Double {
        let scale = pow(10, Double(digits))
        return (value * scale).rounded() / scale
    }

    /// The same as text.
    static func decimal(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
    /// A share in per cent.
    static func percent(_ value: Double) -> String { decimal(value * 100, 1) + " %" }
}
