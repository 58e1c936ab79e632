/// What the parts of an experiment's file may set.
enum FileTables {
    private static let keyNames: Set<String> = ["tenant", "epoch"]
    private static let runtimeNames = Set(RuntimeSettings.schema.map(\.name))
    private static let markNames = Set(MarkSettings.schema.map(\.name))

    /// `sampling`, and every defence.
    static let sampling = SettingTable(
        SampleSettings.self,
        without: runtimeNames.union(markNames).union(keyNames).union(["samples_per_prompt", "limit", "seed"]))

    /// `training`.
    static let training = SettingTable(
        TrainSettings.self, without: runtimeNames.union(["seed", "merge", "format", "save_dtype"]))

    /// `runtime`.
    static let runtime = SettingTable(RuntimeSettings.self)

    /// A defence's `watermark`.
    static let watermark = SettingTable(MarkSettings.self, without: ["watermark"])

    /// A rewriting, as a defence and as an attack.
    static let rewriting = SettingTable(
        SanitizeSettings.self,
        without: runtimeNames.union(keyNames).union([
            "rewriter", "prompt", "seed", "format", "keep_candidates", "retry_failed", "max_record_bytes",
        ]), with: ["api_key_env"])

    /// `judge`.
    static let judge = SettingTable(
        JudgeSettings.self, without: ["template", "limit", "seed"], with: ["api_key_env"])

    /// `audit`.
    static let audit = SettingTable(
        AuditPlanSettings.self,
        without: keyNames.union([
            "test", "scheme", "text_scheme", "suspect_kind", "title", "last", "expected_outputs",
            "documents_are_marked",
        ]))

    /// Settings of sampling that concern how a student is asked as well.
    static let asking: Set<String> = [
        "max_new_tokens", "batch_size", "stop", "answer_forcing", "force_every_answer", "prompt_format", "separator",
    ]
}
