import Lab

extension LabSplit: SettingValue {}

/// How many of the lab's records are made, and where they go.
public struct LabOutputSettings: SettingsGroup {
    /// How many records to make.
    public var count = 1_000
    /// Decides all draws.
    public var seed: UInt64 = 1
    /// One step at a time: never two in one equation.
    public var singleSteps = false
    /// Where to write, or `-` for standard output.
    public var output = "-"
    /// Replace an existing output.
    public var force = false

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<LabOutputSettings>] = [
        .value("count", \.count, "How many records to make.", must: .be(1...10_000_000)),
        .value("seed", \.seed, "Decides all draws."),
        .flag("single_steps", \.singleSteps, "One step at a time: never two in one equation."),
        .value(
            "output", \.output, "Where to write, or - for standard output.", .called(letter: "o"), role: .output,
            must: .init("not be empty") { !$0.isEmpty }),
        .flag("force", \.force, "Replace an existing output.", role: .output),
    ]
}

/// Which of the lab's stories are made.
public struct LabStorySettings: SettingsGroup {
    /// Numbers of changes, taken in turn: `3`, or several such as `1,2`.
    public var steps = "3"
    /// Which part of all problems.
    public var split = LabSplit.training
    /// No arithmetic twice, however it is worded.
    public var distinct = false

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<LabStorySettings>] = [
        .value(
            "steps", \.steps, "Numbers of changes, taken in turn: 1, 2, 3, or several such as 1,2.",
            .called("numbers"), must: LabSteps.bound()),
        .value("split", \.split, "Which part of all problems."),
        .flag("distinct", \.distinct, "No arithmetic twice, however it is worded."),
    ]
}

/// Lists of numbers such as `1,2`.
enum LabSteps {
    /// The numbers; nil where a part is none.
    static func numbers(_ list: String) -> [Int]? {
        let numbers = list.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        return numbers.contains(nil) ? nil : numbers.compactMap(\.self)
    }

    static func bound<Settings>() -> Setting<Settings>.Bound<String> {
        .init("be numbers separated by commas") { numbers($0) != nil }
    }
}
