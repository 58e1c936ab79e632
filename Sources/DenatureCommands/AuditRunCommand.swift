import ArgumentParser
import Auditing
import Foundation
import KeyedPRF

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

    @Option(help: ArgumentHelp("The plan.", valueName: "path")) var plan: String
    @OptionGroup var keys: KeyringOptions
    @Option(help: ArgumentHelp("The evidence: written, or gone on with.", valueName: "path")) var evidence: String
    @Option(help: ArgumentHelp("The suspect: a checkpoint's folder.", valueName: "dir")) var checkpoint: String?
    @Option(help: ArgumentHelp("The suspect: a file of outputs.", valueName: "path")) var outputs: String?
    @OptionGroup(title: "The suspect: an endpoint") var endpoint: EndpointOptions
    @OptionGroup(title: "Where the plan's files are now") var places: AuditPlaceOptions
    @OptionGroup(title: "Report") var report: AuditReportOptions
    @Option(help: ArgumentHelp("Sequences decoded together; changes no token.", valueName: "n")) var batchSize = 32
    #if Torch
        @OptionGroup(title: "Runtime") var torch: TorchOptions
    #endif
    @Flag(help: "Begin anew, whatever the evidence file holds, and replace existing reports.") var force = false
    @Flag(name: .shortAndLong, help: "No progress and no summary.") var quiet = false

    func validate() throws {
        let suspects = [checkpoint, outputs, endpoint.endpoint].compactMap(\.self)
        if suspects.count != 1 { throw ValidationError("one of --checkpoint, --endpoint, --outputs names the suspect") }
        if evidence == plan { throw ValidationError("--evidence and --plan are the same file") }
        if !(1...4096).contains(batchSize) { throw ValidationError("--batch-size must be from 1 to 4096") }
    }

    mutating func run() async throws {
        let command = self
        let progress = quiet ? nil : CountProgress()
        do {
            try report.checkOutputs(force: force)
            let result = try await Interruption.cancelling {
                try await AuditRun(command: command, progress: progress).run()
            }
            progress?.finish()
            try report.write(result, force: force, quiet: quiet)
        } catch {
            progress?.finish()
            throw Self.failure(error, evidence: evidence)
        }
    }

    private static func failure(_ error: any Error, evidence: String) -> any Error {
        if error is CommandFailure { return error }
        if error is CancellationError {
            return CommandFailure(
                description: "interrupted; run the same command again to go on from here",
                status: ExitStatus.interrupted)
        }
        var text = "\(error)"
        if FileManager.default.fileExists(atPath: evidence), !(error is AuditError) {
            text += "; what was answered is in \(evidence): run the same command again to go on"
        }
        return CommandFailure(description: text)
    }
}

/// Where files are, if not where they were when the plan was made.
struct AuditPlaceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The plan's prompts.", valueName: "path")) var prompts: String?
    @Option(help: ArgumentHelp("The plan's tokenizer.", valueName: "path")) var tokenizer: String?
    @Option(help: ArgumentHelp("The plan's reference.", valueName: "dir")) var reference: String?
    @Option(help: ArgumentHelp("The plan's documents.", valueName: "path")) var documents: String?
    @Option(help: ArgumentHelp("The plan's candidates.", valueName: "path")) var candidates: String?

    var places: AuditPlaces {
        AuditPlaces(
            prompts: prompts, tokenizer: tokenizer, reference: reference, documents: documents, candidates: candidates)
    }
}

/// Where a report goes.
struct AuditReportOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write the report as JSON.", valueName: "path")) var report: String?
    @Option(help: ArgumentHelp("Write the report as one HTML page.", valueName: "path")) var reportHtml: String?
    @Flag(help: "Print the report as one JSON object.") var json = false

    func checkOutputs(force: Bool) throws {
        for path in [report, reportHtml].compactMap(\.self) where path != "-" {
            try AuditSupport.check(output: path, force: force)
        }
    }

    func write(_ result: AuditReport, force: Bool, quiet: Bool) throws {
        let bytes = try result.json()
        if let report { try AuditSupport.write(bytes, to: report, force: force) }
        if let reportHtml {
            try AuditSupport.write(Data(AuditHTML.page(result).utf8), to: reportHtml, force: force)
        }
        if json {
            try Console.output(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines))
        } else if !quiet {
            try AuditPrinter.print(result)
        }
    }
}
