import Foundation
import Marks

/// Results of `detect` as JSON or as a table.
enum DetectionPrinter {
    private struct TraceLine: Encodable {
        var line: Int
        var id: String?
        var results: [DetectionResult]
    }

    static func printTrace(_ trace: TraceDetection, json: Bool) throws {
        if json {
            try Console.json(TraceLine(line: trace.location.line, id: trace.id, results: trace.results))
            return
        }
        for result in trace.results where result.scored > 0 {
            try Console.output("\(trace.location)\t" + row(result))
        }
    }

    static func printPooled(_ results: [DetectionResult], json: Bool, alpha: Double) throws {
        if json {
            try Console.json(["results": results])
            return
        }
        try Console.output(
            ["scheme", "tenant", "epoch", "log10 p", "adjusted", "scored", "hits (expected)", "verdict"].joined(
                separator: "\t"))
        for result in results { try Console.output(row(result)) }
        let size = results.first?.familySize ?? 0
        Console.error("family of \(size) tests at level \(alpha); p-values are exact tails, adjusted by Holm's method")
    }

    private static func row(_ result: DetectionResult) -> String {
        var verdict = result.verdict.rawValue
        if let needed = result.neededObservations { verdict += " (needs \(needed) scored)" }
        return [
            result.scheme, result.tenant, result.epoch, fixed(result.log10P), fixed(result.log10PAdjusted),
            String(result.scored), "\(result.hits) (\(fixed(result.expectedHits)))", verdict,
        ].joined(separator: "\t")
    }

    private static func fixed(_ value: Double) -> String {
        String(format: "%.2f", value == 0 ? 0 : value)
    }
}
