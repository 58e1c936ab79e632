import ArgumentParser
import Auditing
import Foundation

/// `denature audit report`.
struct AuditReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Show a report, or write it as one HTML page.",
        discussion: """
            From a report's JSON, which needs no keyring:
              denature audit report report.json --report-html report.html
            or again from plan and evidence:
              denature audit report --plan plan.json --keyring K.json --evidence e.jsonl --report report.json
            """)

    @Argument(help: "A report's JSON.") var file: String?
    @Option(help: ArgumentHelp("The plan.", valueName: "path")) var plan: String?
    @Option(help: ArgumentHelp("The keyring, with --plan.", valueName: "keyring")) var keyring: String?
    @Option(help: ArgumentHelp("The evidence, with --plan.", valueName: "path")) var evidence: String?
    @OptionGroup(title: "Report") var report: AuditReportOptions
    @Flag(help: "Replace existing files.") var force = false

    func validate() throws {
        let given = [plan, keyring, evidence].compactMap(\.self).count
        if file == nil, given != 3 {
            throw ValidationError("a report's JSON, or --plan, --keyring and --evidence, are needed")
        }
        if file != nil, given > 0 { throw ValidationError("a report's JSON needs no --plan, --keyring or --evidence") }
    }

    mutating func run() async throws {
        try report.checkOutputs(force: force)
        try report.write(try result(), force: force, quiet: false)
    }

    private func result() throws -> AuditReport {
        if let plan, let keyring, let evidence {
            return try AuditInput(plan: plan, keyring: keyring, evidence: evidence).report()
        }
        guard let file, let data = FileManager.default.contents(atPath: file) else {
            throw CommandFailure(description: "\(file ?? ""): cannot be read")
        }
        return try AuditSupport.failing { try AuditReport(json: data) }
    }
}

/// A report in a few lines.
enum AuditPrinter {
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
