/// The multisets of numerals, formulas and capitalised names of a text, which a lexical rewrite must not change.
public struct TextInvariants: Equatable, Sendable {
    /// Takes the invariants of a text.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - isLexiconWord: Whether a word (its UTF-8 as written) belongs to the lexicon, so that it is not taken for
    ///     a name where it begins a sentence.
    public init(of text: String, isLexiconWord: (UnsafeBufferPointer<UInt8>) -> Bool = { _ in false }) {
    }

    /// The first item that one of the texts has and the other has not, for a message; nil when they are equal.
    public func firstDifference(from other: TextInvariants) -> String? {
        nil
    }
}
