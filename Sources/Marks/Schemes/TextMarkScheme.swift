import KeyedPRF

/// A place in a text where a keyed choice among equally likely values was, or could have been, made.
///
/// With PRF key k the place is a *hit* when `HMAC-SHA256(k, message).uniform(below: alternatives) == observed`. For a key drawn
/// independently of the text, P(hit) = 1 / `alternatives`, whatever the text says: nothing but the hit itself may depend on the key.
public struct ChoiceObservation {
    /// The PRF input. Borrowed: valid only during the call that received the observation. Equal messages are one context,
    /// which a detector scores once, at its first occurrence.
    public let message: UnsafeRawBufferPointer
    /// The number of equally likely values, at least 2.
    public let alternatives: Int
    /// The value the text shows, in `0..<alternatives`.
    public let observed: Int

    /// - Parameters:
    ///   - message: The PRF input.
    ///   - alternatives: The number of equally likely values, at least 2.
    ///   - observed: The value the text shows.
    public init(message: UnsafeRawBufferPointer, alternatives: Int, observed: Int) {
        self.message = message
        self.alternatives = alternatives
        self.observed = observed
    }
}

/// A text channel as a detector sees it: a key-independent list of observations, and everything else that anybody asks of
/// it. The type goes into a ``MarkRegistry`` by one line; no requirement has a default.
public protocol TextMarkScheme: Sendable {
    /// The name on the command line and in reports.
    static var name: String { get }
    /// What it does, in one sentence without an end.
    static var summary: String { get }
    /// Which subkey the channel uses.
    static var purpose: KeyPurpose { get }
    /// The planned effect: how far the hit rate of marked text lies from chance (0) to certainty (1).
    static var plannedEffect: Double { get }
    /// How an audit finds it in the words of a suspect's answers; nil for a channel that it does not look for there.
    static var audit: TextMarkAudit? { get }

    /// The channel as it is embedded unless somebody decides otherwise.
    ///
    /// - Parameter contextWidth: Words of context; nil for the standard number. A channel without contexts has no use for it.
    /// - Throws: What making it throws, such as a lexicon that cannot be read.
    static func standard(contextWidth: Int?) throws -> Self

    /// The probability of a hit without a mark, for plans when nothing has been observed.
    var chance: Double { get }

    /// Calls `body` once per observation, from left to right.
    ///
    /// - Parameters:
    ///   - text: The released text.
    ///   - reasoning: The reasoning regions as UTF-8 offsets, ascending and disjoint; offsets outside the text are clamped.
    ///   - body: Receives each observation; its message may not be kept.
    func forEachObservation(in text: String, reasoning: [Range<Int>], _ body: (ChoiceObservation) -> Void)
}

/// What an audit says of a text channel.
public struct TextMarkAudit: Hashable, Sendable {
    /// What is compared, as a sentence.
    public var summary: String
    /// The effect that is planned for, in z per square root of an answer.
    public var plannedEffect: Double

    /// - Parameters:
    ///   - summary: What is compared, as a sentence.
    ///   - plannedEffect: In z per square root of an answer.
    public init(summary: String, plannedEffect: Double) {
        self.summary = summary
        self.plannedEffect = plannedEffect
    }
}

extension TextMarkScheme {
    /// The name on the command line and in reports.
    public var name: String { Self.name }

    /// Which subkey the channel uses.
    public var purpose: KeyPurpose { Self.purpose }
}

/// A text after a marker has worked on it.
public struct MarkedText: Hashable, Sendable {
    /// The text to release.
    public var text: String
    /// How many places were changed.
    public var replacements: Int
    /// How many places carry (or could have carried) a keyed choice, changed or not.
    public var opportunities: Int

    /// Creates a result.
    public init(text: String, replacements: Int, opportunities: Int) {
        self.text = text
        self.replacements = replacements
        self.opportunities = opportunities
    }
}
