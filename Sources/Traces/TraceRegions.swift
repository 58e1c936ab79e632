/// Which parts of a text are reasoning, which the final answer, and which neither.
public struct TraceRegions: Hashable, Sendable {
    /// What a span is.
    public enum Kind: Hashable, Sendable {
        /// May be rewritten.
        case reasoning
        /// Must stay as it is.
        case finalAnswer
        /// Tags, and text outside the reasoning.
        case other
    }

    /// A part of the text.
    public struct Span: Hashable, Sendable {
        /// What the span is.
        public var kind: Kind
        /// UTF-8 offsets.
        public var range: Range<Int>

        /// - Parameters:
        ///   - kind: What the span is.
        ///   - range: UTF-8 offsets.
        public init(kind: Kind, range: Range<Int>) {
            self.kind = kind
            self.range = range
        }
    }

    /// The spans, in order: none empty, none overlapping, covering the whole text, neighbours of different kinds.
    public var spans: [Span]

    /// The UTF-8 ranges that may be rewritten.
    public var reasoning: [Range<Int>] { spans.lazy.filter { $0.kind == .reasoning }.map(\.range) }

    /// Finds the regions of a text.
    public static func find(in text: String, role: TraceField.Role) -> TraceRegions {
        TraceRegions(spans: text.isEmpty ? [] : [Span(kind: .reasoning, range: 0..<text.utf8.count)])
    }
}
