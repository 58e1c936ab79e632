/// What kind of text some reasoning is.
public enum TextClass: String, Hashable, Sendable, CaseIterable {
    /// English sentences: what the lexical rewriter can work on.
    case englishProse
    /// Sentences of another language.
    case nonEnglish
    /// Program text.
    case code
    /// Equations without words.
    case formula
    /// Nothing.
    case empty
}

/// Tells English prose from what must pass through unchanged.
public enum TextClassifier {
    /// Classifies the reasoning of a text.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - reasoning: The UTF-8 ranges of its reasoning.
    ///   - protected: The spans of ``ProtectedSpans`` within them.
    public static func classify(_ text: String, reasoning: [Range<Int>], protected: [Range<Int>]) -> TextClass {
        .englishProse
    }
}
