import Auditing
import Foundation

/// Everything about an audit, fixed before the first query.
public struct AuditPlanSettings: JobSettings {
    /// The job's name.
    public static let job = "audit plan"

    /// Where the plan is written, or `-` for standard output.
    public var output = ""
    /// Where the keyring is: a file, `env:NAME`, or `command:COMMAND`.
    public var keyring = ""
    /// Customers whose keys are tested, by name, also several with commas between them; none or `all` for every one.
    public var tenants: [String] = []
    /// The epoch whose keys are tested; nil for every one.
    public var epoch: String?
    /// What is under suspicion.
    public var suspectKind = AuditPlan.SuspectKind.endpoint
    /// What is compared.
    public var tests: ValueList<AuditPlan.TestKind> = [.outputs]
    /// What is looked for.
    public var marks = AuditMarkSettings()
    /// What is asked, and how.
    public var questions = AuditQuestionSettings()
    /// How trigger pairs are asked.
    public var triggers = AuditTriggerSettings()
    /// The folder of a model that never saw marked text.
    public var reference: String?
    /// Texts for the suspect's weights to read.
    public var documents: String?
    /// Whether the documents may carry the tested marks.
    public var documentsAreMarked = false
    /// Candidates of released traces.
    public var candidates: String?
    /// Family-wise level of the whole chain of audits; nil for the chain's, or 0.01.
    public var alpha: Double?
    /// The power below which a negative is inconclusive.
    public var power = 0.8
    /// Planned effects: a number for every test but triggers, or `TEST=NUMBER`, also several with commas between them.
    public var plannedEffects: [String] = []
    /// Decoy keys of key randomisation.
    public var decoyKeys = 9999
    /// Decides every draw.
    public var seed: UInt64 = 1
    /// What the audit is called.
    public var title = "Audit"
    /// Evidence of the audit that this one follows.
    public var continues: String?
    /// Whether no audit will follow.
    public var isLast = false
    /// Replace an existing plan.
    public var force = false

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<AuditPlanSettings>] =
        subject + .group(\.marks, section: "Marks") + .group(\.questions, section: "Questions")
        + .group(\.triggers, section: "Triggers") + files + levels

    private static let subject: [Setting<AuditPlanSettings>] = [
        .value(
            "output", \.output, "Where to write the plan.", .called(letter: "o"), role: .output, isRequired: true),
        .value(
            "keyring", \.keyring,
            "The keyring: a file (mode 0600), env:NAME, or command:COMMAND whose output is the keyring.",
            .called("keyring"), role: .secret, isRequired: true),
        .list("tenant", \.tenants, "Customers whose keys are tested, or all.", .called("list")),
        .value("epoch", \.epoch, "Test this epoch only (default: every epoch)."),
        .value("suspect_kind", \.suspectKind, "What is under suspicion.", isRequired: true),
        .value("test", \.tests, "What is compared.", .called("list")),
    ]

    private static let files: [Setting<AuditPlanSettings>] = [
        .value("reference", \.reference, "A model that never saw marked text.", .called("dir"), role: .input),
        .value("documents", \.documents, "Texts for the suspect's weights to read.", .called("path"), role: .input),
        .flag(
            "documents_are_marked", \.documentsAreMarked,
            "The documents may carry the tested marks; their p-values are then called approximate."),
        .value(
            "candidates", \.candidates, "Candidates of released traces (sample --keep-candidates).", .called("path"),
            role: .input),
    ]

    private static let levels: [Setting<AuditPlanSettings>] = [
        .value(
            "alpha", \.alpha, "Family-wise level of the whole chain of audits (default: 0.01).",
            must: .lieBetweenZeroAndOne),
        .value("power", \.power, "Power below which a negative is inconclusive.", must: .lieBetweenZeroAndOne),
        .list("planned_effect", \.plannedEffects, "Planned effects, see above.", .called("list")),
        .value(
            "decoy_keys", \.decoyKeys, "Decoy keys of key randomisation.", .called("M"), must: .be(99...1_000_000)),
        .value("seed", \.seed, "Decides every draw."),
        .value("title", \.title, "What the audit is called."),
        .value(
            "continues", \.continues, "Evidence of the audit that this one follows.", .called("path"), role: .input),
        .flag("last", \.isLast, "No audit will follow: spend all of alpha that is left."),
        .flag("force", \.force, "Replace an existing plan.", role: .output),
    ]

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        if documentsAreMarked, documents == nil {
            throw SettingsError("documents_are_marked", "`documents_are_marked` needs `documents`")
        }
        let kinds = tests.values
        if kinds.isEmpty || Set(kinds).count != kinds.count {
            throw SettingsError("test", "`test` needs one or more different tests")
        }
        for kind in kinds { try check(kind) }
        _ = try plannedEffect(of: "")
        if triggers.form == .completion, suspectKind == .endpoint, kinds.contains(.trigger) {
            throw SettingsError("trigger_form", "`trigger_form` completion needs `suspect_kind` checkpoint")
        }
    }

    /// Whether everything is given that a test needs.
    private func check(_ kind: AuditPlan.TestKind) throws(SettingsError) {
        func require(_ condition: Bool, _ what: String) throws(SettingsError) {
            if !condition { throw SettingsError("test", "`test` \(kind.rawValue) needs \(what)") }
        }
        let isCollected = suspectKind == .outputs
        try require(!kind.needsWeights || suspectKind == .checkpoint, "`suspect_kind` checkpoint")
        try require(kind != .trigger || !isCollected, "a suspect that can be asked")
        try require(!kind.needsReference || reference != nil, "a `reference`")
        try require(!kind.needsDocuments || documents != nil, "`documents`")
        try require(kind != .candidates || candidates != nil, "`candidates`")
        let asks = kind == .trigger || (kind.needsAnswers && !isCollected)
        try require(!asks || questions.prompts != nil, "`prompts`")
        // Collected outputs may come as ids.
        let readsText = kind.testsTokens && !(isCollected && kind == .outputs)
        try require(!readsText || marks.tokenizer != nil, "the marks' `tokenizer`")
    }

    /// The effect that was given for a test, or for all but triggers, whose effect is another one; nil where none was.
    ///
    /// - Parameter id: The test's name in the plan, such as `outputs-green`.
    /// - Throws: ``SettingsError`` for an item that is neither a positive number nor `TEST=NUMBER`.
    public func plannedEffect(of id: String) throws(SettingsError) -> Double? {
        var found: Double?
        for item in plannedEffects.flatMap(Self.items) {
            let parts = item.split(separator: "=", maxSplits: 1)
            guard let value = parts.last.flatMap({ Double($0) }), value > 0, value.isFinite else {
                throw SettingsError(
                    "planned_effect", "`planned_effect` '\(item)' is neither a positive number nor TEST=NUMBER")
            }
            if parts.count == 1, id != AuditPlan.TestKind.trigger.rawValue { found = found ?? value }
            if parts.count == 2, parts[0] == id { found = value }
        }
        return found
    }

    /// Items of a list, without spaces.
    static func items(_ list: String) -> [String] {
        list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}

extension Setting.Bound<Double> {
    /// Shares that are neither nothing nor all.
    static var lieBetweenZeroAndOne: Self { .init("lie between 0 and 1") { $0 > 0 && $0 < 1 } }
}
