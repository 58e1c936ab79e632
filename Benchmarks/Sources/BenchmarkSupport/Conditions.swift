import Foundation

/// What the machine was like when a figure was taken.
public struct Conditions: Codable, Sendable {
    /// Processors that programs may use.
    public var cores = ProcessInfo.processInfo.activeProcessorCount
    /// The model of the first processor, as far as the system says.
    public var processor = Conditions.processorName()
    /// Runnable processes, averaged over one and five minutes, before the first measurement.
    public var load = Conditions.loadAverage()
    /// The kernel.
    public var system = ProcessInfo.processInfo.operatingSystemVersionString
    /// When, in UTC.
    public var date = ISO8601DateFormatter().string(from: Date())

    /// The conditions now.
    public init() {}

    /// One line for people.
    public var summary: String {
        let loads = load.map { String(format: "%.2f", $0) }.joined(separator: ", ")
        return "\(cores) cores, \(processor), \(system), load \(loads) (1 and 5 min), \(date)"
    }

    private static func loadAverage() -> [Double] {
        var values = [0.0, 0.0]
        return getloadavg(&values, 2) == 2 ? values : []
    }

    private static func processorName() -> String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
    }
}

/// Prints a value as one JSON object with sorted keys.
public func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// A number in a column.
public func column(_ value: Double, digits: Int = 1, width: Int = 9) -> String {
    let text = String(format: "%.\(digits)f", value)
    return String(repeating: " ", count: max(0, width - text.count)) + text
}
