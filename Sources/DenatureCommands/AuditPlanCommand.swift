import ArgumentParser
import Auditing
import Foundation
import KeyedPRF
import Marks

extension AuditPlan.SuspectKind: ExpressibleByArgument {}
extension TriggerTargets: ExpressibleByArgument {}
extension TriggerQueryForm: ExpressibleByArgument {}
extension TriggerStop: ExpressibleByArgument {}

/// `denature audit plan`.
struct AuditPlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Fix everything about an audit before the first query.",
        discussion: """
            Tests (--test): outputs (tokens of answers), outputs-reference (less what a reference would write), reading and
            reading-reference (what the suspect's weights expect after given texts), text (words of answers), trigger
            (identifiers and their values), candidates (released traces against those passed over).

            The plan holds keys by name and commitment, digests of all files, each test's primary p-value and planned effect,
            levels, sample sizes and seeds. Nothing in it is secret. It is sealed with the keyring's ledger key: run and verify
            refuse a plan that was altered. An audit spends half of alpha, the next of its chain (--continues) half of
            what is left, and one with --last all of it.

            --planned-effect takes a number for all tests, or TEST=NUMBER items; TEST is a test's name such as outputs-green.

            EXAMPLES:
              denature audit plan -o plan.json --keyring K.json --suspect-kind endpoint --prompts p.jsonl \\
                --test outputs,text --scheme green,gumbel --tokenizer DIR --outputs-per-prompt 2
              denature audit plan -o plan.json --config audit.yaml
            """)

    @Option(name: .shortAndLong, help: "Where to write the plan.") var output: String
    @OptionGroup var keys: KeyringOptions
    @Option(help: ArgumentHelp("Customers whose keys are tested, or all.", valueName: "list")) var tenant: [String] = []
    @Option(help: "Test this epoch only (default: every epoch).") var epoch: String?
    @Option(help: "What is under suspicion: checkpoint, endpoint or outputs.") var suspectKind: AuditPlan.SuspectKind
    @Option(help: ArgumentHelp("Tests (default: outputs).", valueName: "list")) var test = "outputs"
    @OptionGroup(title: "Marks") var marks: AuditMarkOptions
    @OptionGroup(title: "Questions") var questions: AuditQuestionOptions
    @OptionGroup(title: "Triggers") var triggers: AuditTriggerOptions
    @Option(help: ArgumentHelp("A model that never saw marked text.", valueName: "dir")) var reference: String?
    @Option(help: ArgumentHelp("Texts for the suspect's weights to read.", valueName: "path")) var documents: String?
    @Flag(help: "The documents may carry the tested marks; their p-values are then called approximate.")
    var documentsAreMarked = false
    @Option(help: ArgumentHelp("Candidates of released traces (sample --keep-candidates).", valueName: "path"))
    var candidates: String?
    @Option(help: "Family-wise level of the whole chain of audits (default: 0.01).") var alpha: Double?
    @Option(help: "Power below which a negative is inconclusive.") var power = 0.8
    @Option(help: ArgumentHelp("Planned effects, see above.", valueName: "list")) var plannedEffect: [String] = []
    @Option(help: ArgumentHelp("Decoy keys of key randomisation.", valueName: "M")) var decoyKeys = 9999
    @Option(help: "Decides every draw.") var seed: UInt64 = 1
    @Option(help: "What the audit is called.") var title = "Audit"
    @Option(help: ArgumentHelp("Evidence of the audit that this one follows.", valueName: "path")) var continues:
        String?
    @Flag(help: "No audit will follow: spend all of alpha that is left.") var last = false
    @Flag(help: "Replace an existing plan.") var force = false
    @Flag(help: "Print the plan as one JSON object.") var json = false

    func validate() throws {
        if let alpha, !(alpha > 0 && alpha < 1) { throw ValidationError("--alpha must lie between 0 and 1") }
        if !(power > 0 && power < 1) { throw ValidationError("--power must lie between 0 and 1") }
        if !(99...1_000_000).contains(decoyKeys) { throw ValidationError("--decoy-keys must be from 99 to 1000000") }
        if output.isEmpty { throw ValidationError("--output must not be empty") }
        if documentsAreMarked, documents == nil { throw ValidationError("--documents-are-marked needs --documents") }
    }

    mutating func run() async throws {
        let keyring = try keys.load()
        if output != "-" { try AuditSupport.check(output: output, force: force) }
        let plan = try AuditSupport.failing { try AuditPlanBuilder(command: self, keyring: keyring).plan() }
        let sealed = try AuditSupport.failing { try SealedAuditPlan(plan, keyring: keyring) }
        let bytes = try sealed.bytes()
        try AuditSupport.write(bytes, to: output, force: force)
        try AuditPlanPrinter(plan: plan, digest: try sealed.digest).print(json: json, output: output)
    }
}

/// Schemes and what they are made with.
struct AuditMarkOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Marks of tokens: green, fingerprint, gumbel, tournament.", valueName: "list"))
    var scheme = "green"
    @Option(help: ArgumentHelp("Marks of words for the test text: lexical, selection.", valueName: "list"))
    var textScheme = "lexical"
    @Option(help: ArgumentHelp("Share of green tokens (default: 0.25, fingerprint 0.5).", valueName: "share"))
    var gamma: Double?
    @Option(help: ArgumentHelp("Layers of tournament.", valueName: "n")) var layers = 30
    @Option(help: ArgumentHelp("Tokens of context.", valueName: "n")) var contextWidth = 4
    @Option(
        help: ArgumentHelp("Tokenizer in whose ids marks are made: a folder or a tokenizer.json.", valueName: "path"))
    var tokenizer: String?
}

/// What is asked and how.
struct AuditQuestionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Prompts: JSONL with a \"problem\", \"question\" or \"prompt\" each.", valueName: "path"))
    var prompts: String?
    @Option(help: ArgumentHelp("Answers per prompt.", valueName: "n")) var outputsPerPrompt = 1
    @Option(help: ArgumentHelp("Outputs that will be handed in, for --suspect-kind outputs.", valueName: "n"))
    var expectedOutputs = 500
    @Option(help: ArgumentHelp("Requests that may be sent, repeated ones included.", valueName: "n"))
    var maxQueries: Int?
    @Option(help: ArgumentHelp("0 takes the likeliest token, always.", valueName: "t")) var temperature = 1.0
    @Option(help: ArgumentHelp("Only the likeliest tokens that together have this probability.", valueName: "p"))
    var topP: Double?
    @Option(help: ArgumentHelp("The most tokens of an answer.", valueName: "n")) var maxNewTokens = 512
    @OptionGroup var promptOptions: PromptOptions

    func validate() throws {
        for (name, value) in [
            ("--outputs-per-prompt", outputsPerPrompt), ("--max-new-tokens", maxNewTokens),
            ("--max-queries", maxQueries ?? 1), ("--expected-outputs", expectedOutputs),
        ] where !(1...100_000_000).contains(value) {
            throw ValidationError("\(name) must be from 1 to 100000000")
        }
        if !(temperature >= 0 && temperature.isFinite) { throw ValidationError("--temperature must be from 0 on") }
        if let topP, !(topP > 0 && topP <= 1) { throw ValidationError("--top-p must be above 0 and at most 1") }
    }
}

/// How trigger pairs are asked.
struct AuditTriggerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Pairs that the marker gave each key.", valueName: "n")) var triggerPairs = 8
    @Option(help: ArgumentHelp("First pair to ask: what an earlier audit asked is no new evidence.", valueName: "i"))
    var firstPair = 0
    @Option(help: ArgumentHelp("Pairs to ask of each key (default: all from --first-pair on).", valueName: "n"))
    var askedPairs: Int?
    @Option(help: ArgumentHelp("Queries of each pair.", valueName: "n")) var queriesPerPair = 5
    @Option(help: ArgumentHelp("Identifiers that no key uses.", valueName: "n")) var decoyPairs = 8
    @Option(help: "The values: three-digits or two-parts.") var triggerTargets = TriggerTargets.threeDigits
    @Option(help: "question (endpoints) or completion (checkpoints that continue text).") var triggerForm:
        TriggerQueryForm?
    @Option(help: "When to stop asking: every-key (is decided) or first-key (is found).") var triggerStop = TriggerStop
        .everyKey
}
