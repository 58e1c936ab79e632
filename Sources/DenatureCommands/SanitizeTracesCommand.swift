import ArgumentParser
import Foundation
import KeyedPRF
import Marks
import OpenAIClient
import Sanitizing
import TraceRewriting
import Traces

extension TraceFormat: ExpressibleByArgument {}
extension FailurePolicy: ExpressibleByArgument {}

/// `denature sanitize-traces`.
struct SanitizeTracesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sanitize-traces",
        abstract: "Rewrite and mark reasoning traces; every final answer survives.",
        discussion: """
            Reads JSONL in any of the known shapes (or an XML or HTML transcript, or a plain text), rewrites only the
            reasoning, adds the ordered marks, checks every candidate, and writes the records in input order, all
            other bytes as they were.

            Rewriters, tried in order: lexical (offline, keyed), gradient (a proxy model; needs a build with libtorch),
            instruction[:TEMPLATE] (an endpoint), none.
            Watermarks: lexical, trigger, selection, none. Without --rewriter, a lexical mark is placed by the lexical
            rewriter, and a job with only triggers leaves all other words alone.

            EXAMPLES:
              denature sanitize-traces in.jsonl -o out.jsonl --keyring K.json --tenant acme
              cat in.jsonl | denature sanitize-traces - -o - --keyring env:KEYRING --tenant acme > out.jsonl
              denature sanitize-traces in.jsonl -o out.jsonl --keyring K.json --tenant acme \\
                --watermark lexical,trigger --ledger job.sqlite
              denature sanitize-traces in.jsonl -o out.jsonl --keyring K.json --tenant acme \\
                --rewriter instruction:semantic,lexical --endpoint http://127.0.0.1:8000/v1 --model m \\
                --concurrency 64 --ledger job.sqlite

              denature sanitize-traces in.jsonl -o out.jsonl --watermark none --rewriter gradient,lexical \\
                --proxy PROXY --gradient g.safetensors --gain ds --token-budget 0.1 --threads 1

            With --ledger a run that was interrupted in any way goes on where it stopped when the same command is run
            again. --config FILE reads any of these options from YAML.

            Exit status: 0 done; 1 failed; 2 wrong usage; 3 finished, with traces withheld or failed; 130 interrupted.
            """)

    @Argument(help: "The traces, or - for standard input.") var input = "-"
    @Option(name: .shortAndLong, help: "Where to write, or - for standard output.") var output = "-"
    @Option(help: ArgumentHelp("Keyring: a file, env:NAME, or command:COMMAND.", valueName: "keyring"))
    var keyring: String?
    @Option(help: "The customer whose keys mark the traces.") var tenant: String?
    @Option(help: "The keys' epoch (default: the tenant's active one).") var epoch: String?
    @Option(help: ArgumentHelp("Rewriters in order of preference.", valueName: "list")) var rewriter: String?
    @Option(help: ArgumentHelp("Marks to place.", valueName: "list")) var watermark: String?
    @Option(help: ArgumentHelp("Share of traces that carry a trigger.", valueName: "0-1")) var triggerShare = 0.1
    @Option(
        help: ArgumentHelp(
            "Pairs of the key that these traces tell; audits ask for as many. Fewer are told oftener.", valueName: "n"))
    var triggerPairs = 8
    @Option(help: ArgumentHelp("Ledger (SQLite) that makes the job resumable.", valueName: "path")) var ledger: String?
    @Option(help: "Decides every draw that no key decides.") var seed: UInt64 = 0
    @Option(help: ArgumentHelp("Shape of the input: \(TraceFormat.list).", valueName: "format"))
    var format: TraceFormat?
    @Option(help: "Traces for which nothing passes the gate: pass-original, withhold or fail.")
    var policy = FailurePolicy.passOriginal
    @Option(help: ArgumentHelp("Passing candidates to choose among (default 1; 4 with selection).", valueName: "k"))
    var candidates: Int?
    @Option(help: ArgumentHelp("Attempts per rewriter and candidate.", valueName: "n")) var attempts = 3
    @Option(help: ArgumentHelp("Template of the rewriter 'instruction': a name or a .md file.", valueName: "template"))
    var prompt = "semantic"
    @Option(help: ArgumentHelp("Folder of further templates.", valueName: "dir")) var prompts: String?
    @Flag(help: "Let the endpoint answer from each new reasoning and compare.") var answerForcing = false
    @Option(help: ArgumentHelp("Allowed length of new over old reasoning.", valueName: "low:high"))
    var lengthRatio = "0.5:3"
    @OptionGroup(title: "Endpoint") var endpoint: EndpointOptions
    @OptionGroup(title: "Gradient") var swapModels: SwapModelOptions
    @OptionGroup(title: "Gradient") var swaps: SwapOptions
    #if Torch
        @OptionGroup(title: "Runtime") var torch: TorchOptions
    #endif
    @Flag(help: "Store passing candidates' texts in the ledger.") var keepCandidates = false
    @Flag(help: "Take up the withheld and failed records of a finished job.") var retryFailed = false
    @Flag(help: "Replace an existing output.") var force = false
    @Option(help: ArgumentHelp("Largest record accepted.", valueName: "bytes"))
    var maxRecordBytes = LineReader.defaultMaxRecordBytes
    @Flag(help: "Print the summary as one JSON object.") var json = false
    @Flag(name: .shortAndLong, help: "No progress and no summary.") var quiet = false

    func validate() throws {
        if !(0...1).contains(triggerShare) { throw ValidationError("--trigger-share must be from 0 to 1") }
        if !(1...1000).contains(triggerPairs) { throw ValidationError("--trigger-pairs must be from 1 to 1000") }
        if !(1...1000).contains(candidates ?? 1) { throw ValidationError("--candidates must be from 1 to 1000") }
        if !(1...1000).contains(attempts) { throw ValidationError("--attempts must be from 1 to 1000") }
        for (name, value) in [("input", input), ("--output", output), ("--ledger", ledger ?? "-")] where value.isEmpty {
            throw ValidationError("\(name) must not be empty")
        }
        if maxRecordBytes < 1 { throw ValidationError("--max-record-bytes must be positive") }
        if keyring != nil, tenant == nil, watermark != "none" { throw ValidationError("--keyring needs a --tenant") }
    }

    mutating func run() async throws {
        let plan = try SanitizePlan(self)
        let progress = quiet ? nil : ProgressLine()
        let job = plan.job
        let summary: SanitizeSummary
        do {
            summary = try await Interruption.cancelling {
                try await job.run { progress?.update($0) }
            }
            progress?.finish()
            await plan.client?.shutdown()
        } catch {
            progress?.finish()
            await plan.client?.shutdown()
            let status: Int32 =
                if case SanitizeError.interrupted = error { ExitStatus.interrupted } else { ExitStatus.failed }
            throw CommandFailure(description: "\(error)", status: status)
        }
        try SanitizeReport(summary, output: output).print(json: json, quiet: quiet, outputIsStandard: output == "-")
        if summary.isIncomplete { throw CommandFailure(description: "", status: ExitStatus.incomplete) }
    }
}

extension TraceFormat {
    /// All names, for help texts.
    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
