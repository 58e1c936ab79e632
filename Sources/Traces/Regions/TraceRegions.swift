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

    /// Finds the regions of a text by the marks of ``ReasoningTable``.
    ///
    /// - `reasoning`: the whole text is reasoning, but for what tools were asked and returned.
    /// - `trace` without marks: reasoning up to the final answer; what follows the answer is neither.
    /// - `reply` and `content` without marks: nothing but the final answer is marked.
    /// - With marks: reasoning is what stands inside those of reasoning, the answer what stands inside those of answers. With
    ///   answer tags alone, a trace's text before them is reasoning. An unclosed reasoning mark runs to the answer's mark,
    ///   or to the final answer, or to the end. An end without a start closes reasoning that began with the text, since chat
    ///   templates put the start into the prompt; not in `content`, which stands beside separate reasoning.
    /// - An answer tag inside closed reasoning that is not closed there is only mentioned, and stays text. So are marks in
    ///   code and quotation marks, and in a reply, starts in the middle of a sentence.
    /// - A text that a chat template rendered is read turn by turn; only the assistant's turns have reasoning.
    public static func find(in text: String, role: TraceField.Role) -> TraceRegions {
        var text = text
        let count = text.utf8.count
        guard count > 0 else { return TraceRegions(spans: []) }
        if role != .reasoning, let turns = text.withUTF8({ RenderedTurns.find(in: UnsafeRawBufferPointer($0)) }) {
            return rendered(text, turns, role: role)
        }
        return TraceRegions(spans: spans(&text, role: role))
    }

    /// The regions of every assistant's turn; a turn without marks is a reply, whatever the text counts as.
    private static func rendered(_ text: String, _ turns: [RenderedTurns.Turn], role: TraceField.Role) -> TraceRegions {
        var painter = RegionPainter(count: text.utf8.count)
        painter.paint(.other, 0..<text.utf8.count)
        let bytes = Array(text.utf8)
        for turn in turns where turn.isAssistant && !turn.range.isEmpty {
            var part = String(decoding: bytes[turn.range], as: UTF8.self)
            for span in spans(&part, role: role == .trace ? .reply : role) where span.kind != .other {
                painter.paint(
                    span.kind,
                    (span.range.lowerBound + turn.range.lowerBound)..<(span.range.upperBound + turn.range.lowerBound))
            }
        }
        return TraceRegions(spans: painter.finish())
    }

    private static func spans(_ text: inout String, role: TraceField.Role) -> [Span] {
        let count = text.utf8.count
        let marks = text.withUTF8 { Marks(in: UnsafeRawBufferPointer($0), role: role) }
        var painter = RegionPainter(count: count)
        if role == .reasoning {
            painter.paint(.reasoning, 0..<count)
        } else {
            let plan = marks.regions.isEmpty ? TagPlan() : TagPlan(tags: marks.regions, count: count, role: role)
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
        }
        for range in marks.kept { painter.paint(.other, range) }
        return painter.finish()
    }

    /// Whether any mark of a text says that a part of it is reasoning.
    package static func hasReasoningMarks(_ text: String, role: TraceField.Role = .reply) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            if RenderedTurns.find(in: bytes) != nil { return true }
            return Marks(in: bytes, role: role == .trace ? .reply : role).regions.contains { $0.region == .reasoning }
        }
    }

    /// The marks that a text holds, as they stand in it, those that it only mentions included: what a rewriting must not add.
    package static func marks(in text: String) -> [String] {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBytes { buffer in
            TagScanner.tags(in: buffer).map { String(decoding: buffer[$0.range], as: UTF8.self) }
        }
    }

    /// Whether a text holds any mark around reasoning or an answer.
    static func hasTags(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 {
            TagScanner.tags(in: UnsafeRawBufferPointer($0)).contains { $0.region != .tool }
        }
    }

    /// The marks of a text that count.
    private struct Marks {
        /// Around reasoning, answers and replies.
        var regions: [RegionTag] = []
        /// Parts that stay wherever they stand: what tools were asked and returned, summaries and quotation signs of details.
        var kept: [Range<Int>] = []

        init(in bytes: UnsafeRawBufferPointer, role: TraceField.Role) {
            let tags = MentionedMarks.removed(from: TagScanner.tags(in: bytes), in: bytes, role: role)
            regions = tags.filter { $0.region != .tool }
            kept = Self.toolTexts(tags)
            if regions.isEmpty, role != .content {
                let lines = LineMarks.tags(in: bytes)
                if role == .reasoning {
                    kept += Self.gaps(lines, bytes.count)
                } else {
                    regions = lines
                }
            }
            if regions.contains(where: { $0.element == "reasoningdetails" }) { kept += Self.details(regions, bytes) }
        }

        /// From a tool's mark to its end; an unclosed one is text.
        private static func toolTexts(_ tags: [RegionTag]) -> [Range<Int>] {
            var texts: [Range<Int>] = []
            var open: RegionTag?
            for tag in tags where tag.region == .tool && !tag.isSelfClosing {
                if let begun = open, tag.isEnd, tag.element == begun.element {
                    texts.append(begun.range.lowerBound..<tag.range.upperBound)
                    open = nil
                } else if open == nil, !tag.isEnd {
                    open = tag
                }
            }
            return texts
        }

        /// What lies outside of the labelled reasoning, of a text that is reasoning as a whole.
        private static func gaps(_ tags: [RegionTag], _ count: Int) -> [Range<Int>] {
            var gaps: [Range<Int>] = []
            var end: Int?
            for tag in tags where tag.element == "label" {
                if tag.isEnd {
                    end = tag.range.lowerBound
                } else {
                    if let end { gaps.append(end..<tag.range.upperBound) }
                    end = nil
                }
            }
            if let end { gaps.append(end..<count) }
            return gaps
        }

        private static func details(_ tags: [RegionTag], _ bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
            var kept: [Range<Int>] = []
            let summary = (open: Array("<summary>".utf8), close: Array("</summary>".utf8))
            for (open, close) in zip(tags, tags.dropFirst()) where !open.isEnd && close.isEnd {
                let inside = open.range.upperBound..<close.range.lowerBound
                var index = inside.lowerBound
                var summaryStart: Int?
                while index < inside.upperBound {
                    if bytes[index] == 0x3C, bytes[index...].starts(with: summary.open) { summaryStart = index }
                    if bytes[index] == 0x3C, let start = summaryStart, bytes[index...].starts(with: summary.close) {
                        kept.append(start..<(index + summary.close.count))
                        summaryStart = nil
                    }
                    // Every line of the reasoning is quoted, which makes none of it a quotation.
                    if bytes[index] == 0x3E, index == 0 || bytes[index - 1] == 0x0A {
                        let hasBlank = index + 1 < inside.upperBound && bytes[index + 1] == 0x20
                        kept.append(index..<(index + (hasBlank ? 2 : 1)))
                    }
                    index += 1
                }
            }
            return kept
        }
    }
}
