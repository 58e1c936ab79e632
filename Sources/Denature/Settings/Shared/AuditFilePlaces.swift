/// Where the files of a plan are, if not where they were when it was made. Their contents are the plan's in any case.
public struct AuditFilePlaces: SettingsGroup {
    /// The prompts.
    public var prompts: String?
    /// The tokenizer in whose ids marks are made.
    public var tokenizer: String?
    /// The folder of the reference.
    public var reference: String?
    /// The texts that are read.
    public var documents: String?
    /// The candidates of released traces.
    public var candidates: String?

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<AuditFilePlaces>] = [
        .value("prompts", \.prompts, "The plan's prompts.", .called("path"), role: .input),
        .value("tokenizer", \.tokenizer, "The plan's tokenizer.", .called("path"), role: .input),
        .value("reference", \.reference, "The plan's reference.", .called("dir"), role: .input),
        .value("documents", \.documents, "The plan's documents.", .called("path"), role: .input),
        .value("candidates", \.candidates, "The plan's candidates.", .called("path"), role: .input),
    ]
}
