import ArgumentParser
import Auditing
import Denature
import Foundation
import KeyedPRF

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
    @Option(help: ArgumentHelp("Write the report as JSON.", valueName: "path")) var report: String?
    @Option(help: ArgumentHelp("Write the report as one HTML page.", valueName: "path")) var reportHtml: String?
    @Flag(help: "Replace existing files.") var force = false
    @Flag(help: "Print the report as one JSON object.") var json = false

    func validate() throws {
        let given = [plan, keyring, evidence].compactMap(\.self).count
        if file == nil, given != 3 {
            throw ValidationError("a report's JSON, or --plan, --keyring and --evidence, are needed")
        }
        if file != nil, given > 0 { throw ValidationError("a report's JSON needs no --plan, --keyring or --evidence") }
    }

    func run() async throws {
        let files = AuditReportFiles(json: report, html: reportHtml, force: force)
        try files.check()
        let result = try result()
        try files.write(result)
        try AuditPrinter.print(result, files: files, json: json)
    }

    private func result() throws -> AuditReport {
        if let plan, let keyring, let evidence {
            var settings = AuditVerifySettings()
            settings.plan = plan
            settings.keyring = keyring
            settings.evidence = evidence
            return try AuditVerifier.verify(settings).report
        }
        guard let file, let data = FileManager.default.contents(atPath: file) else {
            throw CommandFailure(description: "\(file ?? ""): cannot be read")
        }
        return try AuditReport(json: data)
    }
}
