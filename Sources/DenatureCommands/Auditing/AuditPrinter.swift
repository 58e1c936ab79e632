import Auditing
import Denature
import Foundation

/// A report on standard output.
enum AuditPrinter {
    /// The forms that were asked for on standard output, then the report for a person or a program.
    static func print(
        _ report: AuditReport, files: AuditReportFiles, json: Bool, quiet: Bool = false
    ) throws {
        if files.json == "-" { try Console.document(report.json()) }
        if files.html == "-" { try Console.document(Data(AuditHTML.page(report).utf8)) }
        if json {
            try Console.document(report.json())
        } else if !quiet {
            try print(report)
        }
    }

    /// In a few lines.
    static func print(_ report: AuditReport) throws {
        try Console.output("verdict: \(report.conclusion.rawValue)")
        if !report.attributedTenants.isEmpty {
            try Console.output("tenants: \(report.attributedTenants.joined(separator: ", "))")
        }
        try Console.output(
            "level \(report.level) (round \(report.round), alpha \(report.alpha)), family of \(report.familySize)")
        for test in report.tests {
            guard let best = test.results.min(by: { $0.log10PAdjusted < $1.log10PAdjusted }) else { continue }
            var line = "\(test.id)\t\(best.tenant)/\(best.epoch)\tlog10 p \(number(best.log10P)), adjusted "
            line +=
                "\(number(best.log10PAdjusted))\t\(best.scored) \(test.unit)\tpower \(Int((100 * test.power).rounded())) %"
            if let needed = test.needed { line += ", needs \(needed)" }
            try Console.output(line)
        }
        for remark in report.remarks { try Console.output("- " + remark) }
    }

    private static func number(_ value: Double) -> String { String(format: "%.2f", value) }
}

extension Console {
    /// A whole document, with the one line end that it has or gets.
    static func document(_ data: Data) throws {
        let text = String(decoding: data, as: UTF8.self)
        try output(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }
}
