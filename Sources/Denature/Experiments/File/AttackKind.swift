/// An attack that a file can name: what it may set there, and the job that it becomes.
struct AttackKind: Sendable {
    let name: String
    /// Whether traces are thrown away, so that more must be there to begin with.
    let drops: Bool
    let table: SettingTable
    /// Whether it draws.
    let isSeeded: Bool
    /// Makes the job of its settings.
    let job: @Sendable (AttackCall) throws(SettingsError) -> any JobSettings

    private init<Attacker: AttackerSettings>(
        _ attacker: Attacker.Type, drops: Bool = false, without planned: Set<String> = []
    ) {
        name = Attacker.name
        self.drops = drops
        isSeeded = planned.contains("seed")
        table = SettingTable(Attacker.self, without: planned)
        job = { (call) throws(SettingsError) in
            var settings = AttackSettings<Attacker>()
            settings.input = call.input
            settings.output = call.output
            settings.count = call.count
            try call.patch.apply(to: &settings)
            return settings
        }
    }

    /// All there are. Rewording is a run of `sanitize-traces` and no attack of its own.
    static let all = [
        AttackKind(NoAttacker.self),
        AttackKind(AnswerFilterAttacker.self, drops: true),
        AttackKind(EquationCheckerAttacker.self, drops: true),
        AttackKind(SingleStepsAttacker.self, drops: true),
        AttackKind(MajorityVoteAttacker.self, drops: true),
        AttackKind(AnswerOnlyAttacker.self),
        AttackKind(DropSentencesAttacker.self, without: ["seed"]),
        AttackKind(UnifyPunctuationAttacker.self),
        AttackKind(MixCleanAttacker.self, without: ["seed"]),
        AttackKind(
            PerplexityFilterAttacker.self, drops: true, without: Set(RuntimeSettings.schema.map(\.name))),
    ]

    static let named = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}

/// What an attack is done to.
struct AttackCall {
    var input: String
    var output: String
    var count: Int?
    /// The attack's own settings, files among them.
    var patch: SettingPatch
}
