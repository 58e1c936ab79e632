/// A way of marking sampled tokens, or of finding such a mark: everything that anybody asks of it.
///
/// A scheme is a value, its parameters. The type goes into a ``MarkRegistry`` by one line; detection, sampling, calibration,
/// the audit and the command line then know it. No requirement has a default: what a scheme forgets to say does not compile.
///
/// Words are 64-bit numbers that a key gives a token after a context. For most schemes a ``KeyedWordScorer`` of a
/// ``TokenWords`` and a ``TokenWordStatistic`` does what is asked of ``scorer(key:width:)``.
public protocol TokenMarkScheme: Hashable, Sendable {
    /// The name on the command line, in JSON, and in the keyed words.
    static var name: TokenMarkName { get }
    /// What it does, in one sentence without an end.
    static var summary: String { get }
    /// The parameters, in the order of reports.
    static var parameters: [MarkParameter<Self>] { get }
    /// Whose keys it takes.
    static var keys: MarkKeySource { get }
    /// What a serving engine's settings call it; nil for a scheme that no engine has.
    static var engineAlgorithm: String? { get }
    /// What is scored once.
    static var counting: TokenCounting { get }
    /// The effects that detections and audits are planned for unless somebody knows better.
    static var plannedEffects: TokenMarkEffects { get }
    /// How tokens are marked while they are sampled; nil for a scheme that is only found.
    static var embedder: TokenEmbedder<Self>? { get }

    /// The standard parameters.
    init()

    /// The exact law of one position's score under a key that had no part in the text.
    var law: TokenScoreLaw { get }

    /// What reports show as the score, from what a key's words add up to; at least one position was scored.
    func score(_ totals: TokenTotals) -> Double

    /// What adds up a key's words. One for a whole run: its loops know the scheme, their caller does not.
    ///
    /// - Parameters:
    ///   - key: A key of the scheme's kind.
    ///   - width: Tokens of context, 1...64.
    /// - Throws: ``WatermarkError``, also for a key that is none of the scheme's.
    func scorer(key: TokenTestKey, width: Int) throws(WatermarkError) -> any TokenScorer
}

/// What counts once: it must not depend on any key.
public struct TokenCounting: Hashable, Sendable {
    /// Whether only the first occurrence of a context is scored (and marked); else every distinct (context, token) is.
    public var scoresContextsOnce: Bool
    /// Whether the positions before `width` tokens are there are scored, with −1 for what is missing.
    public var padsContexts: Bool

    /// - Parameters:
    ///   - scoresContextsOnce: Whether only the first occurrence of a context is scored.
    ///   - padsContexts: Whether positions with fewer tokens before them are scored too.
    public init(scoresContextsOnce: Bool, padsContexts: Bool) {
        self.scoresContextsOnce = scoresContextsOnce
        self.padsContexts = padsContexts
    }
}

/// Planned effects: they decide sample sizes and the border between `no evidence` and `inconclusive`, never a p-value.
public struct TokenMarkEffects: Hashable, Sendable {
    /// Of marked outputs of low entropy. For counts how far the hit rate lies from chance (0) to certainty (1), for sums by
    /// how much the mean score exceeds that without a mark.
    public var detection: Double
    /// In z per square root of an answer of a student: tokens, each distinct (context, token) once.
    public var outputs: Double
    /// The same less what a reference writes.
    public var outputsReference: Double
    /// In z per square root of a text: what a student's weights expect.
    public var reading: Double
    /// The same less what a reference expects.
    public var readingReference: Double

    /// - Parameters:
    ///   - detection: Of marked outputs.
    ///   - outputs: Of a student's answers.
    ///   - outputsReference: Of a student's answers less what a reference writes.
    ///   - reading: Of what a student's weights expect.
    ///   - readingReference: Of what a student's weights expect less what a reference expects.
    public init(
        detection: Double, outputs: Double = 0.05, outputsReference: Double = 0.22, reading: Double = 0.15,
        readingReference: Double = 0.25
    ) {
        self.detection = detection
        self.outputs = outputs
        self.outputsReference = outputsReference
        self.reading = reading
        self.readingReference = readingReference
    }
}

extension TokenMarkScheme {
    /// The parameters as lists and help texts show them.
    public static var parameterDescriptions: [MarkParameterDescription] {
        let standard = Self()
        return parameters.map {
            MarkParameterDescription(
                name: $0.name, option: $0.option, help: $0.help, isForEmbeddingOnly: $0.use == .embedding,
                standard: $0.read(standard), allowed: $0.allowed)
        }
    }

    /// What a decoding loop must know of the embedder; nil for a scheme that is only found.
    public static var embedding: TokenEmbeddingTraits? { embedder?.traits }

    /// The values of the parameters, by their names in reports.
    var values: [(parameter: MarkParameterDescription, value: MarkValue)] {
        zip(Self.parameterDescriptions, Self.parameters).map { ($0, $1.read(self)) }
    }

    /// - Throws: ``WatermarkError/invalidParameter(name:value:allowed:)``.
    func validate() throws(WatermarkError) {
        for parameter in Self.parameters where !parameter.allows(self) {
            throw .invalidParameter(
                name: parameter.name, value: parameter.read(self).description, allowed: parameter.allowed)
        }
    }

    /// - Parameter options: Values by the settings' names.
    /// - Throws: ``WatermarkError/invalidParameter(name:value:allowed:)``, also for an option that the scheme does not have.
    static func make(_ options: [String: MarkValue]) throws(WatermarkError) -> TokenMark {
        var scheme = Self()
        for (option, value) in options.sorted(by: { $0.key < $1.key }) {
            guard let parameter = parameters.first(where: { $0.option == option }) else {
                throw .invalidParameter(name: option, value: value.description, allowed: "absent for \(name)")
            }
            guard parameter.write(&scheme, value) else {
                throw .invalidParameter(name: parameter.name, value: value.description, allowed: parameter.allowed)
            }
        }
        try scheme.validate()
        return TokenMark(scheme)
    }

    func isEqual(to other: any TokenMarkScheme) -> Bool { (other as? Self) == self }

    func embed(_ request: TokenEmbeddingRequest) throws(WatermarkError) -> TokenEmbedding {
        guard let embedder = Self.embedder else { throw .detectionOnly(Self.name) }
        return try embedder.make(self, request)
    }
}
