/// How proxy students of `optimize-prompt` are trained and judged.
public struct PromptStudentSettings: SettingsGroup {
    /// Folders of proxy students, separated by commas.
    public var proxy = ""
    /// Held-out traces on which a student's loss is measured.
    public var holdout: String?
    /// Held-out problems with answers that a student has to solve.
    public var problems: String?
    /// Only the first so many held-out problems.
    public var problemLimit: Int?
    /// Students of each proxy, trained with different seeds.
    public var studentSeeds = 1
    /// Passes over the rewritten traces.
    public var epochs = 3.0
    /// How a student learns.
    public var learning = LearningSettings()
    /// The most tokens of a student's trace.
    public var maxNewTokens = 512
    /// Students' traces decoded together; changes no token.
    public var evalBatchSize = 32

    /// Everything at its default.
    public init() {}

    /// The folders of ``proxy``.
    public var proxies: [String] { proxy.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }

    private static var folders: Setting<PromptStudentSettings>.Bound<String> {
        .init("name folders") { !$0.split(separator: ",", omittingEmptySubsequences: false).contains("") }
    }

    private static var passes: Setting<PromptStudentSettings>.Bound<Double> {
        .init("be above 0") { $0 > 0 && $0 <= 1e6 }
    }

    private static let students: [Setting<PromptStudentSettings>] =
        [
            .value(
                "proxy", \.proxy, "Folders of proxy students, separated by commas; scores are means.",
                .called("dirs"), role: .input, isRequired: true,
                must: folders),
            .value(
                "holdout", \.holdout, "Held-out traces on which a student's loss is measured.", .called("path"),
                role: .input),
            .value(
                "problems", \.problems, "Held-out problems with answers that a student has to solve.",
                .called("path"), role: .input),
            .value(
                "problem_limit", \.problemLimit, "Only the first so many held-out problems.", .called("n"),
                must: .be(1...1_000_000)),
            .value(
                "student_seeds", \.studentSeeds, "Students of each proxy, trained with different seeds.",
                .called("n"), must: .be(1...1_000_000)),
            .value(
                "epochs", \.epochs, "Passes over the rewritten traces.", .called(aliases: ["num-epochs"]),
                must: passes),
        ]

    /// Every setting, once.
    public static let schema: [Setting<PromptStudentSettings>] =
        students + .group(\.learning) + [
            .value(
                "max_new_tokens", \.maxNewTokens, "The most tokens of a student's trace.", must: .be(1...1_000_000)),
            .value(
                "eval_batch_size", \.evalBatchSize, "Students' traces decoded together; changes no token.",
                role: .conduct, must: .be(1...1_000_000)),
        ]

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        try learning.validateTogether()
        if holdout == nil, problems == nil { throw SettingsError(nil, "give `holdout`, `problems`, or both") }
    }
}
