import ArgumentParser
import Foundation
import KeyedPRF
import Marks
import Sanitizing
import Traces

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
              denature detect --tokens ids.jsonl --scheme gumbel,tournament --keyring K.json --json
              denature detect --tokens ids.jsonl --scheme vllm-gumbel --prf philox --key env:KEY --json

            With --tokens or --tokenizer, marks of sampled tokens are tested: green, fingerprint, gumbel, tournament with
            the keyring's keys, vllm-gumbel, vllm-dual-key-gumbel and synthid with a serving engine's key.

            Exit status: 0 tested (whatever the verdict); 1 failed; 2 wrong usage.
            """)

    @Argument(help: "The texts, or - for standard input.") var file = "-"
    @Option(
        help: ArgumentHelp(
            "The keyring: a file (mode 0600), env:NAME, or command:COMMAND whose output is the keyring.",
            valueName: "keyring"))
    var keyring: String?
    @OptionGroup(title: "Token ids") var tokenOptions: DetectTokenOptions
    @Option(help: "Test this customer's keys only (default: every tenant's).") var tenant: String?
    @Option(help: "Test this epoch only (default: every epoch).") var epoch: String?
    @Option(help: ArgumentHelp("Marks to test for (default: lexical,trigger,selection).", valueName: "list"))
    var scheme: String?
    @Option(help: ArgumentHelp("Shape of the input: \(TraceFormat.list).", valueName: "format"))
    var format: TraceFormat?
    @Option(
        help: ArgumentHelp(
            "Family-wise level of the verdicts (default: 0.01); for vllm-dual-key-gumbel the second key's share.",
            valueName: "alpha"))
    var alpha: Double?
    @Option(help: ArgumentHelp("Family-wise level of the verdicts, whatever --alpha is.", valueName: "level"))
    var level: Double?
    @Flag(help: "Also test every trace by itself, one line each.") var perTrace = false
    @Option(
        help: ArgumentHelp("Memory for the set of distinct contexts; beyond it the disk is used.", valueName: "MiB"))
    var memory = 96
    @Option(help: ArgumentHelp("Largest record accepted.", valueName: "bytes"))
    var maxRecordBytes = LineReader.defaultMaxRecordBytes
    @Flag(help: "Print JSON: one object, or with --per-trace one per line.") var json = false

    func validate() throws {
        if !(verdictLevel > 0 && verdictLevel < 1) {
            throw ValidationError("\(level == nil ? "--alpha" : "--level") must lie between 0 and 1")
        }
        if !(1...1 << 20).contains(memory) { throw ValidationError("--memory must be from 1 to 1048576 MiB") }
        if maxRecordBytes < 1 { throw ValidationError("--max-record-bytes must be positive") }
        if !tokenOptions.areUsed, keyring == nil {
            throw ValidationError("Missing expected argument '--keyring <keyring>'")
        }
        if tokenOptions.tokens != nil, file != "-" {
            throw ValidationError("--tokens and a file of texts cannot be tested together")
        }
    }

    /// `--alpha` is the engine's where the engine's scheme has one.
    private var alphaIsShare: Bool { tokenOptions.areUsed && scheme == "vllm-dual-key-gumbel" }

    private var verdictLevel: Double { level ?? (alphaIsShare ? nil : alpha) ?? 0.01 }

    mutating func run() async throws {
        do {
            if tokenOptions.areUsed {
                try runTokens()
            } else {
                try await runTexts()
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(description: "\(error)")
        }
    }

    private func runTokens() throws {
        let plan = DetectTokenPlan(
            options: tokenOptions, scheme: scheme, keyring: keyring, tenant: tenant, epoch: epoch,
            alpha: alphaIsShare ? alpha : nil)
        try DetectTokenRun(
            plan: plan, path: tokenOptions.tokens ?? file, format: format, maxRecordBytes: maxRecordBytes,
            settings: TokenDetectionSettings(alpha: verdictLevel), json: json,
            eachAlone: tokenOptions.perLine || perTrace
        ).run()
    }

    private func runTexts() async throws {
        let detector = try makeDetector()
        let corpus = DetectionRun(
            detector: detector, path: file, format: format, maxRecordBytes: maxRecordBytes)
        if perTrace {
            let asJSON = json
            try await corpus.eachTrace { try DetectionPrinter.printTrace($0, json: asJSON) }
            if !corpus.canBeReadAgain { return }
        }
        let results = try await corpus.pooled()
        try DetectionPrinter.printPooled(results, json: json, alpha: verdictLevel)
    }

    private func makeDetector() throws -> TextMarkDetector {
        let keyring = try DetectionKeys.keyring(keyring ?? "")
        let order = try scheme.map { try SanitizePlan.order($0) } ?? [.lexical, .trigger, .selection]
        guard !order.isEmpty else { throw CommandFailure.usage("--scheme needs at least one scheme") }
        let keys = try DetectionKeys.select(
            from: keyring, purposes: order.purposes, tenant: tenant, epoch: epoch)
        var settings = DetectionSettings()
        settings.alpha = verdictLevel
        return TextMarkDetector(
            schemes: try DetectionKeys.schemes(order), keys: keys, settings: settings,
            deduplication: DeduplicationOptions(memoryLimit: memory << 20))
    }
}
