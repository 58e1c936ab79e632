import Lab

/// The lab's problems with their answers.
public struct LabProblemsSettings: JobSettings {
    /// The job's name.
    public static let job = "lab problems"

    /// Which stories.
    public var stories = LabStorySettings()
    /// How many, and where they go.
    public var output = LabOutputSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<LabProblemsSettings>] = .group(\.stories) + .group(\.output)
}

/// The lab's problems with worked solutions.
public struct LabTracesSettings: JobSettings {
    /// The job's name.
    public static let job = "lab traces"

    /// Which stories.
    public var stories = LabStorySettings()
    /// How many, and where they go.
    public var output = LabOutputSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<LabTracesSettings>] = .group(\.stories) + .group(\.output)
}

/// Texts of arithmetic facts.
public struct LabFactsSettings: JobSettings {
    /// The job's name.
    public static let job = "lab facts"

    /// Facts in one text.
    public var facts = 6
    /// How many texts, and where they go.
    public var output = LabOutputSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<LabFactsSettings>] =
        [.value("facts", \.facts, "Facts in one text.", must: .be(1...100))] + .group(\.output)
}

/// Traces with a command before them, and what the command makes of them.
public struct LabRewritesSettings: JobSettings {
    /// The job's name.
    public static let job = "lab rewrites"

    /// Numbers of changes, taken in turn.
    public var steps = "1,2,3"
    /// Which part of all problems.
    public var split = LabSplit.training
    /// Without the rewrites.
    public var promptsOnly = false
    /// How many, and where they go.
    public var output = LabOutputSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<LabRewritesSettings>] =
        [
            .value(
                "steps", \.steps, "Numbers of changes, taken in turn.", .called("numbers"), must: LabSteps.bound()),
            .value("split", \.split, "Which part of all problems."),
            .flag("prompts_only", \.promptsOnly, "Without the rewrites."),
        ] + .group(\.output)
}

/// How well a rewriter did what it was told.
public struct LabJudgeRewritesSettings: JobSettings {
    /// The job's name.
    public static let job = "lab judge-rewrites"

    /// The file of rewrites.
    public var file = ""

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<LabJudgeRewritesSettings>] = [
        .value("file", \.file, "The file of rewrites.", role: .input, isRequired: true, isPositional: true)
    ]
}

/// The lab's tokenizer.
public struct LabTokenizerSettings: JobSettings {
    /// The job's name.
    public static let job = "lab tokenizer"

    /// The folder to write tokenizer.json and tokenizer_config.json into.
    public var output = ""
    /// With the words of commands and rewrites.
    public var rewrites = false

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<LabTokenizerSettings>] = [
        .value(
            "output", \.output, "The folder to write tokenizer.json and tokenizer_config.json into.",
            .called(letter: "o"), role: .output, isRequired: true),
        .flag("rewrites", \.rewrites, "With the words of commands and rewrites."),
    ]
}
