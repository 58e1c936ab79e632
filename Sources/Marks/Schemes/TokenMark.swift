/// A scheme with its parameters, whichever it is. Nothing of it is secret.
///
/// A scheme's folder adds what makes it, so that `.green(gamma: 0.25)` can be written where a mark is expected.
public struct TokenMark: Hashable, Sendable {
    /// The scheme.
    public let scheme: any TokenMarkScheme

    /// - Parameter scheme: The scheme; its ranges are checked where it is used.
    public init(_ scheme: some TokenMarkScheme) { self.scheme = scheme }

    /// The scheme's type: everything that does not depend on parameters.
    public var type: any TokenMarkScheme.Type { Swift.type(of: scheme) }

    /// The name on the command line and in reports.
    public var name: TokenMarkName { type.name }

    /// What is scored once.
    public var counting: TokenCounting { type.counting }

    /// Whose keys it takes.
    public var keys: MarkKeySource { type.keys }

    /// What a decoding loop must know of it; nil for a scheme that is only found.
    public var embedding: TokenEmbeddingTraits? { type.embedding }

    /// The exact law of one position's score.
    public var law: TokenScoreLaw { scheme.law }

    /// The values of the parameters, in the order of reports.
    public var values: [(parameter: MarkParameterDescription, value: MarkValue)] { scheme.values }

    /// Those that embedding and detection share, by the names of the settings that give them.
    public var shape: [String: MarkValue] {
        Dictionary(
            values.filter { !$0.parameter.isForEmbeddingOnly }.map { ($0.parameter.option, $0.value) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Whether all parameters are in their ranges.
    ///
    /// - Throws: ``WatermarkError/invalidParameter(name:value:allowed:)``.
    public func validate() throws(WatermarkError) { try scheme.validate() }

    /// Whether scheme and parameters are the same.
    public static func == (a: TokenMark, b: TokenMark) -> Bool { a.scheme.isEqual(to: b.scheme) }

    /// By scheme and parameters.
    public func hash(into hasher: inout Hasher) { scheme.hash(into: &hasher) }
}

extension TokenMark: CustomStringConvertible {
    /// The name with the parameters: `green (gamma 0.25, delta 2.0)`.
    public var description: String {
        let list = values.map { "\($0.parameter.name) \($0.value)" }
        return list.isEmpty ? name.text : "\(name) (\(list.joined(separator: ", ")))"
    }
}
