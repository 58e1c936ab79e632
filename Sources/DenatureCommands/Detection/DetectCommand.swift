import ArgumentParser
import Denature
import Marks

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

            Marks of texts (--scheme):
            \(SchemeList.texts)

            With --tokens or --tokenizer, marks of sampled tokens are tested, with the keyring's keys or, where the list
            says so, with a serving engine's key:
            \(SchemeList.tokens)

            Exit status: 0 tested (whatever the verdict); 1 failed; 2 wrong usage.
            """)

    @OptionGroup var options: SettingsOptions<DetectSettings>
    @OptionGroup var printing: PrintingOptions

    func run() async throws {
        let detector = try Detector(options.settings)
        let json = printing.json
        let job = detector.run { single in
            switch single {
            case .trace(let trace): try DetectionPrinter.trace(trace, json: json)
            case .line(let line): try DetectTokenPrinter.line(line, json: json)
            }
        }
        let report = try await job.report()
        switch report.pooled {
        case .texts(let results):
            try DetectionPrinter.pooled(results, json: json, level: report.level, coverage: report.coverage)
        case .tokens(let results): try DetectTokenPrinter.pooled(results, json: json, level: report.level)
        case nil: break
        }
    }
}

/// The registry's schemes, for help texts.
enum SchemeList {
    static var texts: String {
        MarkRegistry.standard.textSchemes.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n")
    }

    static var tokens: String {
        MarkRegistry.standard.tokenSchemes.map { scheme in
            "  \(scheme.name): \(scheme.summary)" + (scheme.keys == .engine ? " (engine's key)" : "")
        }.joined(separator: "\n")
    }
}
