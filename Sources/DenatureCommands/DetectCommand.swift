import ArgumentParser
import Foundation
import KeyedPRF
import Sanitizing
import Traces
import WatermarkDetection

/// `denature detect`.
struct DetectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect", abstract: "Test texts for the marks of one or all tenants, with exact p-values.",
        discussion: """
            Reads the same formats as sanitize-traces. All records are pooled: an expression in a context that was seen
            before adds no evidence, so repeated text does not change a p-value. Every tenant, epoch and scheme tested
            is one family, and the adjusted p-values and verdicts account for its size.

            Verdicts: 'marked' (adjusted p at most alpha), 'no evidence' (enough text to see the planned effect, and it
            is not there), 'inconclusive' (too little text). A positive shows exposure to marked text, direct or
            through someone else; not intent.

            EXAMPLES:
              denature detect suspect.jsonl --keyring K.json --json
              denature detect suspect.jsonl --keyring K.json --tenant acme --per-trace
              cat answer.txt | denature detect - --format text --keyring K.json --tenant acme

            Exit status: 0 tested (whatever the verdict); 1 failed; 2 wrong usage.
            """)

    @Argument(help: "The texts, or - for standard input.") var file = "-"
    @OptionGroup var options: KeyringOptions
    @Option(help: "Test this customer's keys only (default: every tenant's).") var tenant: String?
    @Option(help: "Test this epoch only (default: every epoch).") var epoch: String?
    @Option(help: ArgumentHelp("Marks to test for (default: lexical,trigger,selection).", valueName: "list"))
    var scheme: String?
    @Option(help: ArgumentHelp("Shape of the input: \(TraceFormat.list).", valueName: "format"))
    var format: TraceFormat?
    @Option(help: "Family-wise level of the verdicts.") var alpha = 0.01
    @Flag(help: "Also test every trace by itself, one line each.") var perTrace = false
    @Option(
        help: ArgumentHelp("Memory for the set of distinct contexts; beyond it the disk is used.", valueName: "MiB"))
    var memory = 96
    @Option(help: ArgumentHelp("Largest record accepted.", valueName: "bytes"))
    var maxRecordBytes = LineReader.defaultMaxRecordBytes
    @Flag(help: "Print JSON: one object, or with --per-trace one per line.") var json = false

    func validate() throws {
        if !(alpha > 0 && alpha < 1) { throw ValidationError("--alpha must lie between 0 and 1") }
        if !(1...1 << 20).contains(memory) { throw ValidationError("--memory must be from 1 to 1048576 MiB") }
        if maxRecordBytes < 1 { throw ValidationError("--max-record-bytes must be positive") }
    }

    mutating func run() async throws {
        let detector = try makeDetector()
        let corpus = DetectionRun(
            detector: detector, path: file, format: format, maxRecordBytes: maxRecordBytes)
        do {
            if perTrace {
                let asJSON = json
                try await corpus.eachTrace { try DetectionPrinter.printTrace($0, json: asJSON) }
                if !corpus.canBeReadAgain { return }
            }
            let results = try await corpus.pooled()
            try DetectionPrinter.printPooled(results, json: json, alpha: alpha)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(description: "\(error)")
        }
    }

    private func makeDetector() throws -> TextMarkDetector {
        let keyring = try options.load()
        let order = try scheme.map { try SanitizePlan.order($0) } ?? [.lexical, .trigger, .selection]
        guard !order.isEmpty else { throw CommandFailure.usage("--scheme needs at least one scheme") }
        let keys = try DetectionKeys.select(
            from: keyring, purposes: order.purposes, tenant: tenant, epoch: epoch)
        var settings = DetectionSettings()
        settings.alpha = alpha
        return TextMarkDetector(
            schemes: try DetectionKeys.schemes(order), keys: keys, settings: settings,
            deduplication: DeduplicationOptions(memoryLimit: memory << 20))
    }
}
