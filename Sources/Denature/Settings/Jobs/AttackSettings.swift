/// The settings that are an attacker's own.
public protocol AttackerSettings: SettingsGroup {
    /// The attacker's name, as the sub-command of `denature attack` has it.
    static var name: String { get }
}

/// Traces, and what a thief can do to them before a student learns from them.
public struct AttackSettings<Attacker: AttackerSettings>: JobSettings {
    /// The job's name.
    public static var job: String { "attack " + Attacker.name }

    /// The attacker's own settings.
    public var attacker = Attacker()
    /// The traces, or `-` for standard input.
    public var input = ""
    /// Where they are written, or `-` for standard output.
    public var output = "-"
    /// Write at most so many traces.
    public var count: Int?
    /// Replace an existing output.
    public var force = false

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static var schema: [Setting<AttackSettings>] {
        [
            .value(
                "input", \.input, "The traces, or - for standard input.", role: .input, isRequired: true,
                isPositional: true)
        ] + .group(\.attacker) + [
            .value(
                "output", \.output, "Where to write, or - for standard output.", .called(letter: "o"), role: .output),
            .value("count", \.count, "Write at most so many traces.", .called("n"), must: .bePositive),
            .flag("force", \.force, "Replace an existing output.", role: .output),
        ]
    }

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        try attacker.validateTogether()
        if output.isEmpty { throw SettingsError("output", "`output` must not be empty") }
    }
}
