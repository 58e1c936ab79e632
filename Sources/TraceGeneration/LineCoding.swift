import Foundation

/// Lines of JSON that are the same bytes on every run.
enum LineCoding {
    /// The line, its line feed included.
    static func bytes(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(value)) + [0x0A]
    }

    /// Six significant digits: what lies beyond depends on how sequences were batched.
    static func rounded(_ value: Double) -> Double {
        guard value.isFinite, value != 0 else { return value.isFinite ? value : 0 }
        let scale = pow(10, 5 - floor(log10(abs(value))))
        // A scale that is not a number leaves the value as it is: it is absurdly small or large.
        let result = (value * scale).rounded() / scale
        return result.isFinite ? result : value
    }
}
