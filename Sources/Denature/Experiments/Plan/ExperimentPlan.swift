/// Everything an experiment does: stages in an order in which they can be done, and the rows that come of them.
public struct ExperimentPlan: Sendable {
    /// The stages; each comes after those it needs.
    public var stages: [Stage]
    /// The rows of the table.
    public var rows: [PlannedRow]
    /// Whether a keyring is needed.
    public var needsKeyring: Bool
    /// The file of the keyring in the output folder.
    public static let keyringFile = "keyring.json"

    init(stages: [Stage], rows: [PlannedRow], needsKeyring: Bool) {
        self.stages = stages
        self.rows = rows
        self.needsKeyring = needsKeyring
    }

    /// - Parameters:
    ///   - experiment: What to plan.
    ///   - program: The digest of the program that does the stages (``ProgramDigest``): another one may compute something
    ///     else.
    /// - Throws: `ExperimentError.unreadable` naming an input, or `unusable` for settings that do not go together.
    public init(_ experiment: Experiment, program: String) throws(ExperimentError) {
        var builder = PlanBuilder(experiment, program: program)
        rows = try builder.rows()
        stages = builder.stages
        needsKeyring = builder.needsKeyring
    }
}

/// A row of the table: students of one defence's traces after one attack.
public struct PlannedRow: Sendable {
    /// The defence.
    public var defence: String
    /// What its sweep has here; empty without a sweep.
    public var label: String
    /// The attacker.
    public var attacker: String
    /// The defence it is compared with; nil for the baseline itself.
    public var against: String?
    /// One for each seed, in the order of the file.
    public var points: [PlannedPoint]
    /// Whether the text was rewritten after sampling.
    public var isRewritten: Bool
    /// The customer whose key marks, by seed, "" where nobody's does; empty where nothing is audited.
    public var tenants: [String]
}

/// What a row has of one seed: names of stages.
public struct PlannedPoint: Sendable {
    /// The seed.
    public var seed: UInt64
    /// Where the teacher's text came from.
    public var sample: String
    /// The traces that were kept of it, before any rewriting.
    public var kept: String
    /// Where the released traces are.
    public var released: String
    /// What the teacher thinks of the released traces, where they were rewritten.
    public var score: String?
    /// What the judge thinks of the released traces, where there is one.
    public var judgement: String?
    /// What the student learns.
    public var learnt: String
    /// How the student was judged.
    public var evaluation: String
    /// The audit of the student.
    public var audit: String?
}
