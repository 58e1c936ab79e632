import Denature
import Foundation
import Marks

/// Results of `detect` as JSON or as a table.
enum DetectionPrinter {
    private struct TraceLine: Encodable {
        var line: Int
        var id: String?
        var results: [DetectionResult]
    }

    static func trace(_ trace: TraceDetection, json: Bool) throws {
        if json {
            try Console.json(TraceLine(line: trace.location.line, id: trace.id, results: trace.results))
            return
        }
        for result in trace.results where result.scored > 0 {
            try Console.output("\(trace.location)\t" + row(result))
        }
    }

    private struct Pooled: Encodable {
        var results: [DetectionResult]
        var coverage: TextCoverage?
    }

    static func pooled(
        _ results: [DetectionResult], json: Bool, level: Double, coverage: TextCoverage? = nil
    ) throws {
        defer { if let coverage { warn(coverage) } }
        if json {
            try Console.json(Pooled(results: results, coverage: coverage))
            return
        }
        try Console.output(
            ["scheme", "tenant", "epoch", "log10 p", "adjusted", "scored", "hits (expected)", "verdict"].joined(
                separator: "\t"))
        for result in results { try Console.output(row(result)) }
        family(of: results.first?.familySize ?? 0, level: level)
    }

    /// What of the input was not tested, where that is most of it or a record.
    private static func warn(_ coverage: TextCoverage) {
        let skipped = coverage.replies + coverage.otherMembers
        guard coverage.isMostlySkipped || coverage.recordsWithoutText > 0 else { return }
        Console.error(
            (coverage.isMostlySkipped ? "warning: most of the text was not tested: " : "not tested: ")
                + "\(skipped) of \(skipped + coverage.tested) bytes (replies \(coverage.replies), other members "
                + "\(coverage.otherMembers)); \(coverage.recordsWithoutText) of \(coverage.records) records had no "
                + "reasoning (--field reasoning=PATH names a member, --format text reads the file as one text)")
    }

    private static func row(_ result: DetectionResult) -> String {
        [
            result.scheme, result.tenant, result.epoch, fixed(result.log10P), fixed(result.log10PAdjusted),
            String(result.scored), "\(result.hits) (\(fixed(result.expectedHits)))",
            verdict(result.verdict, needed: result.neededObservations),
        ].joined(separator: "\t")
    }

    /// What holds for all results together.
    static func family(of size: Int, level: Double) {
        Console.error("family of \(size) tests at level \(level); p-values are exact tails, adjusted by Holm's method")
    }

    static func verdict(_ verdict: DetectionVerdict, needed: Int?) -> String {
        verdict.rawValue + (needed.map { " (needs \($0) scored)" } ?? "")
    }

    static func fixed(_ value: Double) -> String {
        String(format: "%.2f", value == 0 ? 0 : value)
    }
}
