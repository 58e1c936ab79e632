import Answers
import Traces

/// A field of a turn with its regions and protected spans, computed once and shared by rewriters and gate.
public struct AnalysedField: Sendable {
    /// What the field holds.
    public let role: TraceField.Role
    /// The field's text.
    public let text: String
    /// UTF-8 offsets of the reasoning, in order.
    public let reasoning: [Range<Int>]
    /// UTF-8 offsets of what no rewriter may touch (numbers, formulas, code, markup), in order.
    public let protected: [Range<Int>]

    /// Finds the regions of `field`.
    public init(_ field: TraceField) {
        self.init(role: field.role, text: field.text)
    }

    package init(role: TraceField.Role, text: String) {
        self.role = role
        self.text = text
        reasoning = TraceRegions.find(in: text, role: role).reasoning
        protected = reasoning.isEmpty ? [] : ProtectedSpans.find(in: text, within: reasoning)
    }

    package func with(text: String) -> AnalysedField {
        AnalysedField(role: role, text: text)
    }
}

/// One assistant turn on its way through the rewriters: the problem it answers and its fields.
public struct AnalysedTurn: Sendable {
    /// The problem the turn answers, if the record has one.
    public let problem: String?
    /// The reasoning and answer fields.
    public let fields: [AnalysedField]

    /// Analyses every field of `turn`.
    public init(_ turn: TraceTurn) {
        problem = turn.problem
        fields = turn.fields.map(AnalysedField.init)
    }

    package init(problem: String?, fields: [AnalysedField]) {
        self.problem = problem
        self.fields = fields
    }

    /// All fields' texts, as a reader sees them; the final answer is extracted from this.
    public var text: String {
        fields.count == 1 ? fields[0].text : fields.map(\.text).joined(separator: "\n")
    }

    /// Whether any field has reasoning in it.
    public var hasReasoning: Bool {
        fields.contains { field in field.reasoning.contains { !$0.isEmpty } }
    }

    /// What kind of text the reasoning is: only English prose is rewritten.
    public var textClass: TextClass {
        var firstOther = TextClass.empty
        for field in fields where !field.reasoning.isEmpty {
            let found = TextClassifier.classify(field.text, reasoning: field.reasoning, protected: field.protected)
            if found == .englishProse { return found }
            if firstOther == .empty { firstOther = found }
        }
        return firstOther
    }

    /// The reasoning text alone, its regions joined by newlines.
    package var reasoningText: String {
        var parts: [String] = []
        for field in fields {
            for range in field.reasoning {
                parts.append(field.text.utf8Slice(range))
            }
        }
        return parts.count == 1 ? parts[0] : parts.joined(separator: "\n")
    }
}

extension String {
    /// The text between two UTF-8 offsets.
    package func utf8Slice(_ range: Range<Int>) -> String {
        let lower = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
        let upper = utf8.index(lower, offsetBy: range.count)
        return String(self[lower..<upper])
    }

    /// The text with the given UTF-8 ranges (ascending, disjoint) replaced.
    package func replacingUTF8(_ replacements: [(range: Range<Int>, text: String)]) -> String {
        var result = ""
        result.reserveCapacity(utf8.count)
        var position = 0
        for replacement in replacements {
            result += utf8Slice(position..<replacement.range.lowerBound)
            result += replacement.text
            position = replacement.range.upperBound
        }
        result += utf8Slice(position..<utf8.count)
        return result
    }
}
