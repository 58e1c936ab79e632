/// What the region tags of a text say, before the final answer of untagged text is looked for.
struct TagPlan {
    /// Reasoning and answer spans, in order, not overlapping.
    private(set) var spans: [TraceRegions.Span] = []
    /// Whether answer tags said where the answer is.
    private(set) var hasAnswer = false
    /// Where reasoning began that nothing closes.
    private(set) var openReasoning: Int?
    /// Whether there are no tags that count.
    private(set) var isEmpty = true

    init() {}

    init(tags: [RegionTag], count: Int, role: TraceField.Role) {
        let elements = TagNesting.elements(of: tags)
        let reasoning = elements.filter { !tags[$0.open].isAnswer }
        let answers = elements.filter { element in
            tags[element.open].isAnswer && !Self.isMention(element, in: reasoning, tagCount: tags.count)
        }
        hasAnswer = answers.contains { tags[$0.open].region == .answer }

        // Per gap between tags (gap i stands before tag i) the number of elements around it, as differences.
        var reasoningDepth = [Int](repeating: 0, count: tags.count + 2)
        var answerDepth = reasoningDepth
        var replyDepth = reasoningDepth
        func cover(_ depth: inout [Int], _ first: Int, _ last: Int) {
            guard first <= last else { return }
            depth[first] += 1
            depth[last + 1] -= 1
        }
        for element in answers {
            if tags[element.open].region == .answer {
                cover(&answerDepth, element.open + 1, element.close)
            } else {
                cover(&replyDepth, element.open + 1, element.close)
            }
        }
        for element in reasoning {
            var close = element.close
            if !element.hasEndTag, close == tags.count {
                if let answer = answers.first(where: { $0.open > element.open }) {
                    close = answer.open
                } else {
                    openReasoning = min(openReasoning ?? .max, tags[element.open].range.upperBound)
                }
            }
            cover(&reasoningDepth, element.open + 1, close)
        }
        // Beside separate reasoning an end without a start is something that the reply talks about.
        let stray = Self.strayEnd(tags, elements: elements, firstReasoning: reasoning.first?.open)
        if role != .content, let stray {
            cover(&reasoningDepth, 0, stray)
        } else if reasoning.isEmpty, role == .trace, let first = answers.first {
            cover(&reasoningDepth, 0, first.open)
        }
        isEmpty = reasoning.isEmpty && answers.isEmpty && !reasoningDepth.contains { $0 != 0 }
        if !isEmpty {
            lay(
                tags, count, reasoningDepth, answerDepth, replyDepth, mentions: Self.mentions(tags, elements, answers))
        }
    }

    /// An answer element that a reasoning element's own end tag closes: somebody only wrote about the tag.
    private static func isMention(_ answer: RegionElement, in reasoning: [RegionElement], tagCount: Int) -> Bool {
        guard !answer.hasEndTag, answer.close < tagCount else { return false }
        return reasoning.contains { $0.hasEndTag && $0.open < answer.open && $0.close == answer.close }
    }

    /// The tags that are mentions, by index.
    private static func mentions(
        _ tags: [RegionTag], _ elements: [RegionElement], _ answers: [RegionElement]
    ) -> Set<Int> {
        let kept = Set(answers.map(\.open))
        return Set(elements.lazy.map(\.open).filter { tags[$0].isAnswer && !kept.contains($0) })
    }

    /// A reasoning end tag before any reasoning start tag.
    private static func strayEnd(_ tags: [RegionTag], elements: [RegionElement], firstReasoning: Int?) -> Int? {
        guard let index = tags.firstIndex(where: { $0.isEnd && !$0.isAnswer }) else { return nil }
        return index < firstReasoning ?? .max ? index : nil
    }

    private mutating func lay(
        _ tags: [RegionTag], _ count: Int, _ reasoningDepth: [Int], _ answerDepth: [Int], _ replyDepth: [Int],
        mentions: Set<Int>
    ) {
        var reasoning = 0
        var answer = 0
        var reply = 0
        var start = 0
        for gap in 0...tags.count {
            reasoning += reasoningDepth[gap]
            answer += answerDepth[gap]
            reply += replyDepth[gap]
            var end = gap < tags.count ? tags[gap].range.lowerBound : count
            // A mentioned tag is text like the text before it.
            if gap < tags.count, mentions.contains(gap) { end = tags[gap].range.upperBound }
            if start < end, answer > 0 || reasoning > 0 && reply == 0 {
                spans.append(TraceRegions.Span(kind: answer > 0 ? .finalAnswer : .reasoning, range: start..<end))
            }
            if gap < tags.count { start = tags[gap].range.upperBound }
        }
    }
}
