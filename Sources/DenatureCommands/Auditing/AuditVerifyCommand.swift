import ArgumentParser
import Auditing
import Denature
import Foundation

/// `denature audit verify`.
struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compute every number of an audit again, offline, from its evidence.",
        discussion: """
            Needs no model and no network. Checks the plan's seal, the code of every line of the evidence, that every question
            is the planned one, and the keys' commitments; computes the report again and, with --report, compares it with the
            given one byte by byte. Files that are named are compared with the plan's digests; with --tokenizer the ids of
            every answer are made again from its text.

            Exit status: 0 everything holds; 1 something does not; 2 wrong usage.
            """)

    @OptionGroup var options: SettingsOptions<AuditVerifySettings>
    @Flag(help: "Print the report as one JSON object.") var json = false

    func run() async throws {
        let settings = options.settings
        let verified = try AuditVerifier.verify(settings)
        if json { return try Console.document(verified.report.json()) }
        try Console.output(
            "\(settings.evidence): holds: \(verified.lines) lines, \(verified.answers) answers"
                + (verified.remadeTokens.map { ", ids of \($0) of them made again" } ?? ""))
        try Console.output(
            "\(verified.report.familySize) p-values computed again" + (settings.report.map { ", as in \($0)" } ?? ""))
        try AuditPrinter.print(verified.report)
    }
}
