import TraceRewriting

/// The rewriters that settings can name.
public struct RewriterRegistry: Sendable {
    /// Makes what decides among the candidates of a trace that passed the gate.
    public typealias ChoiceMaker = @Sendable (RewriterContext) throws -> any CandidateChoice

    /// The kinds, in the order in which messages list them.
    public private(set) var kinds: [any RewriterKind]
    private var gradientChoice: ChoiceMaker?

    /// - Parameter kinds: The kinds, in the order in which messages list them.
    public init(_ kinds: [any RewriterKind]) { self.kinds = kinds }

    /// All that need no libtorch.
    public static let standard = RewriterRegistry([
        LexicalKind(), MissingGradientKind(), InstructionKind(), FixedKind(fixed: IdentityRewriter()),
    ])

    /// The registry with one more kind, which takes the place of one of the same name.
    public func adding(_ kind: some RewriterKind) -> RewriterRegistry {
        var registry = self
        if let place = kinds.firstIndex(where: { $0.name == kind.name }) {
            registry.kinds[place] = kind
        } else {
            registry.kinds.append(kind)
        }
        return registry
    }

    /// The registry with a rewriter that needs nothing of a job's settings, under its own name.
    public func adding(_ rewriter: some TraceRewriter) -> RewriterRegistry { adding(FixedKind(fixed: rewriter)) }

    /// The registry with what makes the choice ``SwapChoice/gradient``.
    public func choosingByGradient(_ make: @escaping ChoiceMaker) -> RewriterRegistry {
        var registry = self
        registry.gradientChoice = make
        return registry
    }

    /// A rewriter as it is named: a kind, and what stands behind it.
    struct Named {
        var kind: any RewriterKind
        var argument: String?
    }

    /// The rewriters of a list such as `instruction:semantic,lexical`.
    func named(_ list: String) throws(SettingsError) -> [Named] {
        guard !list.isEmpty else { throw SettingsError("rewriter", "`rewriter` needs at least one rewriter") }
        var named: [Named] = []
        for item in list.split(separator: ",", omittingEmptySubsequences: false) {
            let item = item.trimming(while: \.isWhitespace)
            let parts = item.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let kind = kinds.first(where: { $0.name == parts[0] }),
                parts.count == 1 || kind.argument != nil && !parts[1].isEmpty
            else {
                throw SettingsError("rewriter", "unknown rewriter '\(item)' (known: \(known))")
            }
            named.append(Named(kind: kind, argument: parts.count == 2 ? parts[1] : nil))
        }
        return named
    }

    /// What decides among candidates; nil for the keyed selection score.
    func choice(_ choice: SwapChoice, in context: RewriterContext) throws -> (any CandidateChoice)? {
        switch choice {
        case .keyed: return nil
        case .gradient:
            guard let gradientChoice else { throw MissingGradientKind.error("select") }
            return try gradientChoice(context)
        }
    }

    private var known: String {
        kinds.flatMap { kind in [kind.name] + (kind.argument.map { [kind.name + ":" + $0] } ?? []) }
            .joined(separator: ", ")
    }
}
