import TrainingExamples

/// How a model learns traces, in `train` and for the students of `optimize-prompt`.
public struct LearningSettings: SettingsGroup {
    /// Examples in one forward pass.
    public var batchSize = 16
    /// Forward passes of one optimiser step.
    public var accumulate = 1
    /// Peak learning rate; nil for 2e-5, with adapters 2e-4, from random weights 1e-3.
    public var lr: Double?
    /// How the learning rate changes.
    public var schedule = LearningRateSchedule.cosine
    /// Warm-up: below 1 a share of the steps, else a number of steps.
    public var warmup = 0.0
    /// Decoupled weight decay of matrices.
    public var weightDecay = 0.01
    /// Largest norm of the gradient, 0 for no limit.
    public var clip = 1.0
    /// Rank of adapters to train in place of the weights; nil to train the weights.
    public var loraRank: Int?
    /// Their alpha; nil for twice the rank.
    public var loraAlpha: Double?
    /// The modules that get one: names separated by commas, or `all-linear`.
    public var loraTargets = "q_proj,v_proj"
    /// Longest example in tokens; nil for the model's positions.
    public var maxLength: Int?
    /// How problems are put to the model.
    public var prompts = PromptSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<LearningSettings>] =
        [
            .value("batch_size", \.batchSize, "Examples in one forward pass.", must: .be(1...1 << 20)),
            .value("accumulate", \.accumulate, "Forward passes of one optimiser step.", must: .be(1...1 << 20)),
            .value(
                "lr", \.lr, "Peak learning rate (default: 2e-5; adapters 2e-4; random weights 1e-3).", must: .be(0...)),
            .value(
                "schedule", \.schedule, "How the learning rate changes.", .called(aliases: ["lr-scheduler-type"])),
            .value(
                "warmup", \.warmup, "Warm-up: below 1 a share of the steps, else a number of steps.",
                must: .be(0...1e9)),
            .value("weight_decay", \.weightDecay, "Decoupled weight decay of matrices.", must: .be(0...)),
            .value(
                "clip", \.clip, "Largest norm of the gradient, 0 for no limit.", .called(aliases: ["max-grad-norm"]),
                must: .be(0...)),
            .value(
                "lora_rank", \.loraRank, "Rank of adapters to train in place of the weights.",
                .called("rank", aliases: ["lora-r"]), must: .be(1...1 << 16)),
            .value("lora_alpha", \.loraAlpha, "Their alpha (default: twice the rank).", must: .bePositive),
            .value(
                "lora_targets", \.loraTargets,
                "Modules that get one: names separated by commas, or all-linear.", .called("list"),
                must: .init("name modules") { !$0.split(separator: ",").isEmpty }),
            .value(
                "max_length", \.maxLength, "Longest example in tokens (default: the model's positions).",
                must: .be(1...1_000_000)),
        ] + .group(\.prompts)

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        if loraRank == nil, loraAlpha != nil {
            throw SettingsError("lora_alpha", "`lora_alpha` needs `lora_rank`")
        }
    }
}
