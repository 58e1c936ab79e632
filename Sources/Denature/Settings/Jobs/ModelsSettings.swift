/// A model's files, checked and described.
public struct ModelsInspectSettings: JobSettings {
    /// The job's name.
    public static let job = "models inspect"

    /// The model's folder.
    public var model = ""
    /// Read headers only: no digest, no look at the weights.
    public var quick = false

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<ModelsInspectSettings>] = [
        .value("model", \.model, "The model's folder.", role: .input, isRequired: true, isPositional: true),
        .flag("quick", \.quick, "Read headers only: no digest, no look at the weights."),
    ]
}

/// A model's log-probabilities of given token sequences.
public struct ModelsLogprobsSettings: JobSettings {
    /// The job's name.
    public static let job = "models logprobs"

    /// The model's folder.
    public var model = ""
    /// The sequences, or `-` for standard input.
    public var tokens = "-"
    /// Whole distributions too.
    public var full = false
    /// Continue every sequence by so many tokens.
    public var greedy = 0
    /// Sequences that are continued together; does not change them.
    public var batchSize = 8
    /// Where tensors are computed.
    public var runtime = RuntimeSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<ModelsLogprobsSettings>] =
        [
            .value("model", \.model, "The model's folder.", role: .input, isRequired: true),
            .value("tokens", \.tokens, "The sequences, or - for standard input.", role: .input),
            .flag("full", \.full, "Print whole distributions."),
            .value("greedy", \.greedy, "Continue by so many tokens.", .called("n"), must: .be(0...)),
            .value(
                "batch_size", \.batchSize, "Sequences that are continued together; does not change them.",
                role: .conduct, must: .be(1...65_536)),
        ] + .group(\.runtime, section: "Runtime")

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        if tokens.isEmpty { throw SettingsError("tokens", "`tokens` must not be empty") }
    }
}
