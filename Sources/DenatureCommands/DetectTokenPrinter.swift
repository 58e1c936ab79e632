import Foundation
import Marks

/// Results of tests of token ids, as JSON or as a table.
enum DetectTokenPrinter {
    private struct Line: Encodable {
        var line: Int
        var results: [TokenDetectionResult]
    }

    static func line(_ line: Int, _ results: [TokenDetectionResult], json: Bool) throws {
        if json {
            try Console.json(Line(line: line, results: results))
            return
        }
        for result in results where result.scored > 0 { try Console.output("\(line)\t" + row(result)) }
    }

    static func pooled(_ results: [TokenDetectionResult], json: Bool, alpha: Double) throws {
        if json {
            try Console.json(["results": results])
            return
        }
        try Console.output(
            ["scheme", "tenant", "epoch", "log10 p", "adjusted", "scored", "score", "verdict"].joined(separator: "\t"))
        for result in results { try Console.output(row(result)) }
        let size = results.first?.familySize ?? 0
        Console.error("family of \(size) tests at level \(alpha); p-values are exact tails, adjusted by Holm's method")
        if results.contains(where: { $0.isApproximate == true }) {
            Console.error("p-values are approximate: only contexts of given outputs were scored")
        }
    }

    private static func row(_ result: TokenDetectionResult) -> String {
        var verdict = result.verdict.rawValue
        if let needed = result.neededObservations { verdict += " (needs \(needed) scored)" }
        return [
            result.scheme, result.tenant, result.epoch, fixed(result.log10P), fixed(result.log10PAdjusted),
            String(result.scored), fixed(result.score), verdict,
        ].joined(separator: "\t")
    }

    private static func fixed(_ value: Double) -> String {
        String(format: "%.2f", value == 0 ? 0 : value)
    }
}
