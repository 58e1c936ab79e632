import StrictJSON

/// One piece of text that an assistant produced.
public struct TraceField: Hashable, Sendable {
    /// What the text may hold.
    public enum Role: Hashable, Sendable {
        /// Reasoning and final answer mixed: the regions must be found.
        case trace
        /// Wholly reasoning, such as `reasoning_content`.
        case reasoning
        /// The reply that stands beside separate reasoning.
        case content
        /// An assistant's text in a shape that is not made of traces: reasoning only where marks say so.
        case reply
    }

    /// What the text may hold.
    public var role: Role
    /// The decoded text.
    public var text: String

    /// - Parameters:
    ///   - role: What the text may hold.
    ///   - text: The decoded text.
    public init(role: Role, text: String) {
        self.role = role
        self.text = text
    }
}

/// One assistant turn (or completion choice) that carries text.
public struct TraceTurn: Hashable, Sendable {
    /// The nearest preceding user message.
    public var problem: String?
    /// The texts of the turn, in the order of the record.
    public var fields: [TraceField]

    /// - Parameters:
    ///   - problem: The nearest preceding user message.
    ///   - fields: The texts of the turn, in the order of the record.
    public init(problem: String?, fields: [TraceField]) {
        self.problem = problem
        self.fields = fields
    }
}

/// A new text for one field of a record.
public struct FieldReplacement: Hashable, Sendable {
    /// Index into ``TraceRecord/turns``.
    public var turn: Int
    /// Index into ``TraceTurn/fields``.
    public var field: Int
    /// The text that the field shall have.
    public var text: String

    /// - Parameters:
    ///   - turn: Index into ``TraceRecord/turns``.
    ///   - field: Index into ``TraceTurn/fields``.
    ///   - text: The text that the field shall have.
    public init(turn: Int, field: Int, text: String) {
        self.turn = turn
        self.field = field
        self.text = text
    }
}

/// One record of the input: its texts, and its bytes, so that it can be written back without loss.
public struct TraceRecord: Sendable {
    /// The shape the record was read from.
    public var format: TraceFormat
    /// Where the record begins.
    public var location: SourceLocation
    /// The record's `id`, a number being given by its digits.
    public var id: String?
    /// The record's `tenant`.
    public var tenant: String?
    /// The reference solution.
    public var solution: String?
    /// The JSON text of the record's `metadata`, unparsed.
    public var metadata: [UInt8]?
    /// One per assistant turn or choice that carries text.
    public var turns: [TraceTurn]
    /// The bytes the record was read from (empty for a record of a document).
    package var source: [UInt8]
    /// Per turn and field, where the JSON string of the field stands in ``source``, quotes included.
    package var slots: [[Range<Int>]]
    /// Where in ``source`` users, systems and tools speak, and known answers stand: nothing there is ever changed.
    package var prompts: [Range<Int>] = []
    /// Where in ``source`` reasoning is repeated that a field holds.
    package var copies: [Range<Int>] = []
    /// Where in ``source`` messages stand, whoever wrote them, in their order.
    package var messages: [Range<Int>] = []
    /// Bytes of all strings of the record.
    package var stringBytes = 0

    /// Whether any field has reasoning.
    public var hasReasoning: Bool {
        turns.contains { turn in
            turn.fields.contains { !TraceRegions.find(in: $0.text, role: $0.role).reasoning.isEmpty }
        }
    }

    /// Whether an assistant's text may be reasoning or not: nothing in the record says so.
    package var hasUnmarkedReply: Bool {
        turns.contains { turn in turn.fields.contains { $0.role == .reply && !$0.text.isEmpty } } && !hasReasoning
    }

    /// The record's bytes (no newline) with the given fields replaced; every byte outside a replaced field's JSON
    /// string is the input's. A replacement equal to the field's text, or naming a field that is not there, changes
    /// nothing. The new string escapes only what JSON requires, and stays ASCII when the old one escaped its
    /// non-ASCII characters.
    ///
    /// A record of an XML or HTML document is given as a `problem-trace` line and a record of a plain text as that
    /// text: use ``TraceDocument/encoded(replacing:)`` to write the document back.
    public func encoded(replacing replacements: [FieldReplacement]) -> [UInt8] {
        guard format.isLineBased else { return encodedOutsideDocument(replacements) }
        var edits: [(range: Range<Int>, text: String)] = []
        for replacement in replacements where hasField(replacement) {
            let field = turns[replacement.turn].fields[replacement.field]
            // Compared by bytes: canonically equivalent strings are still different texts.
            if field.text.utf8.elementsEqual(replacement.text.utf8) { continue }
            edits.append((slots[replacement.turn][replacement.field], replacement.text))
        }
        if edits.isEmpty { return source }
        edits.sort { $0.range.lowerBound < $1.range.lowerBound }
        var output: [UInt8] = []
        output.reserveCapacity(source.count + edits.reduce(0) { $0 + $1.text.utf8.count } + 64)
        var copied = 0
        for edit in edits where edit.range.lowerBound >= copied {
            output.append(contentsOf: source[copied..<edit.range.lowerBound])
            let isASCII = JSONText.isASCIIOnly(source[edit.range])
            JSONText.append(edit.text, to: &output, asciiOnly: isASCII)
            copied = edit.range.upperBound
        }
        output.append(contentsOf: source[copied...])
        return output
    }

    private func hasField(_ replacement: FieldReplacement) -> Bool {
        turns.indices.contains(replacement.turn) && turns[replacement.turn].fields.indices.contains(replacement.field)
    }

    private func encodedOutsideDocument(_ replacements: [FieldReplacement]) -> [UInt8] {
        var copy = self
        for replacement in replacements where hasField(replacement) {
            copy.turns[replacement.turn].fields[replacement.field].text = replacement.text
        }
        if format == .text { return Array(copy.turns.flatMap(\.fields).map(\.text).joined().utf8) }
        return TraceConverter.line(copy, as: .problemTrace)
    }
}
