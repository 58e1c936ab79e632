import ArgumentParser
import Auditing
import Denature
import Foundation
import KeyedPRF

#if Torch
    import DenatureTorch
#endif

/// `denature audit run`.
struct AuditRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Carry out a plan, and nothing else.",
        discussion: """
            Asks the suspect what the plan says, in its order, and writes everything asked, answered and read into the
            evidence file, each line chained to the one before by HMAC. Then computes the report.

            A run that was interrupted in any way goes on where it stopped when the same command is run again: no question
            is asked twice but those that were in flight. An endpoint is sent the planned questions only: no key, score or
            favoured token leaves this machine, and of trigger pairs the identifiers, never the values.

            Collected outputs (--outputs) are lines of {"prompt": ..., "output": ...} or {"tokens": [...]}.

            EXAMPLES:
              denature audit run --plan plan.json --keyring K.json --evidence e.jsonl --checkpoint DIR --reference DIR
              denature audit run --plan plan.json --keyring K.json --evidence e.jsonl --endpoint URL --model m \\
                --report report.json --report-html report.html

            Exit status: 0 done, whatever the verdict; 1 failed; 2 wrong usage; 130 interrupted, to be resumed.
            """)

    @OptionGroup var options: SettingsOptions<AuditRunSettings>
    @OptionGroup var printing: PrintingOptions

    func run() async throws {
        let settings = options.settings
        let progress = printing.quiet ? nil : CountProgress()
        let report: AuditReport
        do {
            let job = try AuditRunner(settings, models: Self.models(settings)).run()
            report = try await Interruption.cancelling {
                try await job.report(
                    progress: { progress?.update($0.count, of: $0.total, $0.stage.rawValue) },
                    notice: { Console.error("denature: " + $0) })
            }
            progress?.finish()
        } catch {
            progress?.finish()
            throw Self.failure(error, evidence: settings.evidence)
        }
        let files = AuditReportFiles(json: settings.report, html: settings.reportHTML)
        try AuditPrinter.print(report, files: files, json: printing.json, quiet: printing.quiet)
    }

    private static func models(_ settings: AuditRunSettings) -> (any AuditModels)? {
        #if Torch
            CheckpointModels(runtime: settings.runtime, batchSize: settings.batchSize)
        #else
            nil
        #endif
    }

    /// What was answered before the run failed is not lost, which is said where it may not be plain.
    private static func failure(_ error: any Error, evidence: String) -> any Error {
        if error is CancellationError {
            return CommandFailure(
                description: "interrupted; run the same command again to go on from here",
                status: ExitStatus.interrupted)
        }
        let isOfInput =
            error is AuditError || error is AuditInputError || error is SettingsError || error is KeyedPRFError
        guard !isOfInput, FileManager.default.fileExists(atPath: evidence) else { return error }
        return CommandFailure(
            description: "\(error); what was answered is in \(evidence): run the same command again to go on")
    }
}
