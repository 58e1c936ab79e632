import Denature
import Marks

/// Results of tests of token ids, as JSON or as a table.
enum DetectTokenPrinter {
    private struct Line: Encodable {
        var line: Int
        var results: [TokenDetectionResult]
    }

    static func line(_ line: LineDetection, json: Bool) throws {
        if json {
            try Console.json(Line(line: line.line, results: line.results))
            return
        }
        for result in line.results where result.scored > 0 { try Console.output("\(line.line)\t" + row(result)) }
    }

    static func pooled(_ results: [TokenDetectionResult], json: Bool, level: Double) throws {
        if json {
            try Console.json(["results": results])
            return
        }
        try Console.output(
            ["scheme", "tenant", "epoch", "log10 p", "adjusted", "scored", "score", "verdict"].joined(separator: "\t"))
        for result in results { try Console.output(row(result)) }
        DetectionPrinter.family(of: results.first?.familySize ?? 0, level: level)
        if results.contains(where: { $0.isApproximate == true }) {
            Console.error("p-values are approximate: only contexts of given outputs were scored")
        }
    }

    private static func row(_ result: TokenDetectionResult) -> String {
        [
            result.scheme, result.tenant, result.epoch, DetectionPrinter.fixed(result.log10P),
            DetectionPrinter.fixed(result.log10PAdjusted), String(result.scored), DetectionPrinter.fixed(result.score),
            DetectionPrinter.verdict(result.verdict, needed: result.neededObservations),
        ].joined(separator: "\t")
    }
}
