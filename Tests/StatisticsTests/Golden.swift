import Foundation
import TestSupport

/// Golden files of fixtures/golden/statistics, found from this source file so that the current folder does not matter.
enum Golden {
    struct File<Case: Decodable>: Decodable {
        let command: String
        let cases: [Case]
    }

    /// A number, or the string "-inf" or "inf" where JSON has none.
    struct Number: Decodable, Sendable {
        let value: Double

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Double.self) {
                value = number
            } else {
                value = try container.decode(String.self) == "-inf" ? -.infinity : .infinity
            }
        }
    }

    static func load<Case: Decodable>(_ name: String, of type: Case.Type = Case.self) throws -> [Case] {
        let file = URL(fileURLWithPath: Repository.path("fixtures/golden/statistics/\(name).json"))
        return try JSONDecoder().decode(File<Case>.self, from: Data(contentsOf: file)).cases
    }
}

/// The largest relative error of a set of comparisons, with the case it came from.
struct ErrorMeter {
    private(set) var largest = 0.0
    private(set) var worst = ""

    /// Compares logarithms of probabilities relative to their size; infinities and zeros must agree exactly. Below the
    /// smallest normal number the step of a `Double` is allowed.
    mutating func compare(_ actual: Double, _ expected: Double, _ label: @autoclosure () -> String) {
        guard actual != expected else { return }
        let error = abs(actual - expected) / max(abs(expected), 2.3e-308)
        if !(error <= largest) {
            largest = error.isNaN ? .infinity : error
            worst = "\(label()): \(actual), expected \(expected)"
        }
    }
}
