import KeyedPRF

/// A place in a text where a keyed choice among equally likely values was, or could have been, made.
///
/// With PRF key k the place is a *hit* when `HMAC-SHA256(k, message).uniform(below: alternatives) == observed`. For a key drawn
/// independently of the text, P(hit) = 1 / `alternatives`, whatever the text says: nothing but the hit itself may depend on the key.
package struct ChoiceObservation {
    /// The PRF input. Borrowed: valid only during the call that received the observation. Equal messages are one context,
    /// which a detector scores once, at its first occurrence.
    package let message: UnsafeRawBufferPointer
    /// The number of equally likely values, at least 2.
    package let alternatives: Int
    /// The value the text shows, in `0..<alternatives`.
    package let observed: Int

    package init(message: UnsafeRawBufferPointer, alternatives: Int, observed: Int) {
        self.message = message
        self.alternatives = alternatives
        self.observed = observed
    }
}

/// A text channel as a detector sees it: a key-independent list of observations.
package protocol TextMarkScheme: Sendable {
    /// The name on the command line and in reports, such as `lexical`.
    var name: String { get }
    /// Which subkey the channel uses.
    var purpose: KeyPurpose { get }
    /// Calls `body` once per observation, from left to right.
    ///
    /// - Parameters:
    ///   - text: The released text.
    ///   - reasoning: The reasoning regions as UTF-8 offsets, ascending and disjoint; offsets outside the text are clamped.
    ///   - body: Receives each observation; its message may not be kept.
    func forEachObservation(in text: String, reasoning: [Range<Int>], _ body: (ChoiceObservation) -> Void)
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
