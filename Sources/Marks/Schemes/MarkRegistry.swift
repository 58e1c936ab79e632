/// The schemes that a program knows. A scheme of a program's own is added where jobs are made:
///
///     let registry = MarkRegistry.standard.adding(MyScheme.self)
public struct MarkRegistry: Sendable {
    /// Marks of sampled tokens, in the order of lists.
    public private(set) var tokenSchemes: [any TokenMarkScheme.Type]
    /// Marks of texts, in the order of lists.
    public private(set) var textSchemes: [any TextMarkScheme.Type]

    /// - Parameters:
    ///   - tokens: Marks of sampled tokens.
    ///   - texts: Marks of texts.
    public init(tokens: [any TokenMarkScheme.Type], texts: [any TextMarkScheme.Type]) {
        tokenSchemes = tokens
        textSchemes = texts
    }

    /// What comes with Denature.
    public static let standard = MarkRegistry(
        tokens: [
            GreenScheme.self,
            FingerprintScheme.self,
            GumbelScheme.self,
            TournamentScheme.self,
            EngineGumbelScheme.self,
            EngineDualKeyGumbelScheme.self,
            EngineSynthIDScheme.self,
        ],
        texts: [
            LexicalScheme.self,
            TriggerScheme.self,
            SelectionScheme.self,
        ])

    /// The same with one more scheme of tokens; it takes the place of one of its name.
    public func adding(_ scheme: any TokenMarkScheme.Type) -> MarkRegistry {
        MarkRegistry(tokens: tokenSchemes.filter { $0.name != scheme.name } + [scheme], texts: textSchemes)
    }

    /// The same with one more scheme of texts; it takes the place of one of its name.
    public func adding(_ scheme: any TextMarkScheme.Type) -> MarkRegistry {
        MarkRegistry(tokens: tokenSchemes, texts: textSchemes.filter { $0.name != scheme.name } + [scheme])
    }

    // MARK: Marks of tokens

    /// The scheme of a name, nil where there is none.
    public func tokenScheme(named name: TokenMarkName) -> (any TokenMarkScheme.Type)? {
        tokenSchemes.first { $0.name == name }
    }

    /// The names of all marks of tokens.
    public var tokenNames: [TokenMarkName] { tokenSchemes.map { $0.name } }

    /// The names of those that can be embedded.
    public var embeddableNames: [TokenMarkName] {
        tokenSchemes.filter { $0.embedding != nil }.map { $0.name }
    }

    /// The names of those that a keyring's keys make.
    public var keyringNames: [TokenMarkName] { tokenSchemes.filter { $0.keys == .keyring }.map { $0.name } }

    /// A mark with its parameters.
    ///
    /// - Parameters:
    ///   - name: The scheme.
    ///   - options: Parameters by the settings that give them; the others are the scheme's standard ones.
    ///   - leavesOthers: Whether options that the scheme does not have are left alone instead of refused.
    /// - Throws: ``WatermarkError`` for a scheme or an option that there is not, or a value outside its range.
    public func mark(
        _ name: TokenMarkName, options: [String: MarkValue] = [:], leavesOthers: Bool = false
    ) throws(WatermarkError) -> TokenMark {
        guard let scheme = tokenScheme(named: name) else { throw .unknownScheme(name, known: tokenNames) }
        let own = Set(scheme.parameterDescriptions.map(\.option))
        return try scheme.make(leavesOthers ? options.filter { own.contains($0.key) } : options)
    }

    /// What a setting of marks means, for help texts: what it is and its standard values, of every scheme that has it.
    ///
    /// - Parameter option: The setting's name.
    public func help(ofOption option: String) -> String {
        var sentences: [(help: String, standards: [String])] = []
        for scheme in tokenSchemes {
            for parameter in scheme.parameterDescriptions where parameter.option == option {
                let standard = "\(scheme.name) \(parameter.standard)"
                if let place = sentences.firstIndex(where: { $0.help == parameter.help }) {
                    sentences[place].standards.append(standard)
                } else {
                    sentences.append((parameter.help, [standard]))
                }
            }
        }
        return sentences.map { "\($0.help) (default: \($0.standards.joined(separator: ", ")))" }
            .joined(separator: "; ") + "."
    }

    // MARK: Marks of texts

    /// The scheme of a name, nil where there is none.
    public func textScheme(named name: String) -> (any TextMarkScheme.Type)? {
        textSchemes.first { $0.name == name }
    }

    /// The names of all marks of texts.
    public var textNames: [String] { textSchemes.map { $0.name } }
}
