import Lab

/// A kind of attacker: what it is called, its settings, and the attack that they describe.
///
/// An attacker of one's own is a type with this protocol and a place in a registry:
///
///     struct Truncation: TraceAttacker {
///         static let name = "truncation"
///         static let summary = "Keep the first traces only."
///         static let details = ""
///         static let schema: [Setting<Truncation>] = [.value("kept", \.kept, "How many are kept.")]
///         var kept = 10
///
///         func attack(_ traces: [AttackTrace], count: Int?) -> any TraceAttack { … }
///     }
///
///     let registry = AttackerRegistry.standard.adding(Truncation.self)
public protocol TraceAttacker: AttackerSettings {
    /// What it does, in a line.
    static var summary: String { get }
    /// What a user should know beside; may be empty.
    static var details: String { get }

    /// The attack on traces that were read.
    ///
    /// - Parameters:
    ///   - traces: The traces.
    ///   - count: How many traces are wanted; nil for as many as the attack leaves.
    /// - Throws: `AttackError` for settings that make no attack; whatever is wrong with files that are read.
    func attack(_ traces: [AttackTrace], count: Int?) async throws -> any TraceAttack
}

/// The attackers there are.
public struct AttackerRegistry: Sendable {
    /// The attackers, in the order in which they are listed.
    public private(set) var attackers: [any TraceAttacker.Type]

    /// - Parameter attackers: The attackers, in the order in which they are listed.
    public init(_ attackers: [any TraceAttacker.Type]) { self.attackers = attackers }

    /// All that need no libtorch.
    public static let standard = AttackerRegistry([
        NoAttacker.self, AnswerFilterAttacker.self, EquationCheckerAttacker.self, SingleStepsAttacker.self,
        MajorityVoteAttacker.self, AnswerOnlyAttacker.self, DropSentencesAttacker.self, UnifyPunctuationAttacker.self,
        MixCleanAttacker.self,
    ])

    /// The registry with one more attacker, which takes the place of one of the same name.
    public func adding(_ attacker: any TraceAttacker.Type) -> AttackerRegistry {
        AttackerRegistry(attackers.filter { $0.name != attacker.name } + [attacker])
    }

    /// The attacker of a name; nil where there is none.
    public func attacker(named name: String) -> (any TraceAttacker.Type)? { attackers.first { $0.name == name } }
}
