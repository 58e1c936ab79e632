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
    ///
    /// - `reasoning`: the whole text is reasoning.
    /// - `trace` without tags: reasoning up to the final answer; what follows the answer is neither.
    /// - `content` without tags: nothing but the final answer is marked.
    /// - With tags (`think`, `thinking`, `thought`, `reasoning`, `reflection`, `scratchpad`; `answer`,
    ///   `final_answer`): reasoning is what stands inside the former, the answer what stands inside the latter. With
    ///   answer tags alone, a trace's text before them is reasoning. An unclosed reasoning tag runs to the answer tag,
    ///   or to the final answer, or to the end. An end tag without a start tag closes reasoning that began with the
    ///   text, since chat templates put the start tag into the prompt.
    /// - An answer tag inside closed reasoning that is not closed there is only mentioned, and stays text.
    public static func find(in text: String, role: TraceField.Role) -> TraceRegions {
        var text = text
        let count = text.utf8.count
        guard count > 0 else { return TraceRegions(spans: []) }
        if role == .reasoning { return TraceRegions(spans: [Span(kind: .reasoning, range: 0..<count)]) }
        let tags = text.withUTF8 { TagScanner.tags(in: UnsafeRawBufferPointer($0)) }
        var painter = RegionPainter(count: count)
        let plan = tags.isEmpty ? TagPlan() : TagPlan(tags: tags, count: count, role: role)
        if plan.isEmpty {
            painter.paint(role == .trace ? .reasoning : .other, 0..<count)
        } else {
            painter.paint(.other, 0..<count)
            for span in plan.spans { painter.paint(span.kind, span.range) }
        }
        if !plan.hasAnswer, let answer = FinalAnswerSpan.find(in: &text) {
            let isOpenEnded = plan.isEmpty || plan.openReasoning.map { answer.lowerBound >= $0 } ?? false
            if isOpenEnded { painter.paint(.other, answer.upperBound..<count) }
            painter.paint(.finalAnswer, answer)
        }
        return TraceRegions(spans: painter.finish())
    }

    /// Whether a text holds any region tag.
    static func hasTags(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { !TagScanner.tags(in: UnsafeRawBufferPointer($0)).isEmpty }
    }
}
