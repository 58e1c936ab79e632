/// A final answer found in a reasoning trace.
public struct ExtractedAnswer: Hashable, Sendable {
    /// How the trace marked its answer, in the order in which markers are looked for.
    public enum Marker: String, Sendable, CaseIterable {
        /// `\boxed{72}` or `\fbox{72}`.
        case boxed
        /// `#### 72`, the GSM8K convention.
        case hashes
        /// `<answer>72</answer>`.
        case answerTag
        /// "Final Answer: 72", "The answer is 72".
        case phrase
        /// A multiple-choice letter, A to J.
        case choice
        /// A reference that is nothing but its answer.
        case bare
        /// The last number of the text; no marker at all.
        case lastNumber
    }

    /// The answer itself, without its marker and without surrounding white space.
    public var text: String
    /// UTF-8 offsets of `text` in the input.
    public var range: Range<Int>
    /// UTF-8 offsets of marker and answer together ("#### 72", "\boxed{72}"): the region that a rewriter must not touch.
    public var markerRange: Range<Int>
    /// How the answer was marked.
    public var marker: Marker

    /// Creates an answer from its parts.
    public init(text: String, range: Range<Int>, markerRange: Range<Int>, marker: Marker) {
        self.text = text
        self.range = range
        self.markerRange = markerRange
        self.marker = marker
    }
}
