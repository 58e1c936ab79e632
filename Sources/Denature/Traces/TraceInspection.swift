import Answers
import TraceRewriting
import Traces

/// Shows how traces are read: shape, regions, kind of text, answer.
///
///     var settings = TracesInspectSettings()
///     settings.input.file = "traces.jsonl"
///     let report = try TraceInspection(settings).run { turn in print(turn.location, turn.answer ?? "none") }
public struct TraceInspection: Sendable {
    /// What is inspected.
    public let settings: TracesInspectSettings

    /// - Throws: ``SettingsError``.
    public init(_ settings: TracesInspectSettings) throws(SettingsError) {
        try settings.validate()
        self.settings = settings
    }

    /// Reads all traces.
    ///
    /// - Parameter body: Called with every turn, in order.
    /// - Throws: `TraceError` naming file and line; what `body` throws.
    public func run(_ body: (InspectedTurn) throws -> Void) throws -> InspectionReport {
        var report = InspectionReport()
        try settings.input.forEachRecord { record in
            report.records += 1
            report.formats[record.format.rawValue, default: 0] += 1
            report.take(record.inventory)
            if !record.hasReasoning { report.withoutReasoning += 1 }
            for (number, turn) in record.turns.enumerated() {
                let turn = InspectedTurn(record, number, AnalysedTurn(turn))
                report.kinds[turn.kind, default: 0] += 1
                try body(turn)
            }
        }
        return report
    }

    /// One record with its regions, for showing.
    ///
    /// - Parameter number: Its number in the input, from 1.
    /// - Returns: Nil where the input has fewer records.
    /// - Throws: `TraceError` naming file and line.
    public func record(_ number: Int) throws -> InspectedRecord? {
        var found: InspectedRecord?
        var count = 0
        try settings.input.forEachRecord { record in
            count += 1
            if count == number { found = InspectedRecord(record) }
        }
        return found
    }
}

/// A record's texts, cut into regions.
public struct InspectedRecord: Encodable, Equatable, Sendable {
    /// What a piece of text is.
    public enum Kind: String, Encodable, Sendable {
        /// May be rewritten.
        case reasoning
        /// Inside reasoning, but never changed: numbers, formulas, code, quotations.
        case protected
        /// The final answer.
        case answer
        /// Marks, and text outside the reasoning.
        case other
    }

    /// A piece of text.
    public struct Piece: Encodable, Equatable, Sendable {
        /// What it is.
        public var kind: Kind
        /// The text.
        public var text: String
    }

    /// A field's text.
    public struct Field: Encodable, Equatable, Sendable {
        /// The turn's number, from 1.
        public var turn: Int
        /// `trace`, `reasoning`, `content` or `reply`.
        public var role: String
        /// The text in pieces.
        public var pieces: [Piece]
    }

    /// File and line.
    public var location: String
    /// The record's shape.
    public var format: String
    /// Its fields, in order.
    public var fields: [Field]

    init(_ record: TraceRecord) {
        location = record.location.description
        format = record.format.rawValue
        fields = []
        for (number, turn) in record.turns.enumerated() {
            for field in turn.fields {
                fields.append(Field(turn: number + 1, role: "\(field.role)", pieces: Self.pieces(of: field)))
            }
        }
    }

    private static func pieces(of field: TraceField) -> [Piece] {
        let regions = TraceRegions.find(in: field.text, role: field.role)
        let protected = ProtectedSpans.find(in: field.text, within: regions.reasoning)
        let bytes = Array(field.text.utf8)
        var pieces: [Piece] = []
        func add(_ kind: Kind, _ range: Range<Int>) {
            if !range.isEmpty { pieces.append(Piece(kind: kind, text: String(decoding: bytes[range], as: UTF8.self))) }
        }
        for span in regions.spans {
            guard span.kind == .reasoning else {
                add(span.kind == .finalAnswer ? .answer : .other, span.range)
                continue
            }
            var cursor = span.range.lowerBound
            for inner in protected where span.range.contains(inner.lowerBound) {
                add(.reasoning, cursor..<inner.lowerBound)
                let end = min(inner.upperBound, span.range.upperBound)
                add(.protected, inner.lowerBound..<end)
                cursor = end
            }
            add(.reasoning, cursor..<span.range.upperBound)
        }
        return pieces
    }
}

/// How many of what an input has.
public struct InspectionReport: Codable, Equatable, Sendable {
    /// Records in all.
    public var records = 0
    /// Records by shape.
    public var formats: [String: Int] = [:]
    /// Turns by the kind of their text.
    public var kinds: [String: Int] = [:]
    /// Records in which nothing is reasoning, or nothing says what is.
    public var withoutReasoning = 0
    /// Members with reasoning in them, by path.
    public var reasoning: [String: Int] = [:]
    /// Members with replies, by path.
    public var replies: [String: Int] = [:]
    /// Members that repeat reasoning which is read elsewhere in the record, by path.
    public var copies: [String: Int] = [:]
    /// Members that spell a text token by token, by path: they are removed beside a rewritten text.
    public var companions: [String: Int] = [:]
    /// Signatures, by path: over a rewritten text they are removed.
    public var signatures: [String: Int] = [:]

    /// Nothing seen.
    public init() {}

    mutating func take(_ inventory: RecordInventory) {
        for path in inventory.reasoning { reasoning[path, default: 0] += 1 }
        for path in inventory.replies { replies[path, default: 0] += 1 }
        for path in inventory.copies { copies[path, default: 0] += 1 }
        for path in inventory.companions { companions[path, default: 0] += 1 }
        for path in inventory.signatures { signatures[path, default: 0] += 1 }
    }
}

/// How one turn is read.
public struct InspectedTurn: Encodable, Equatable, Sendable {
    /// File and line.
    public var location: String
    /// The record's `id`.
    public var id: String?
    /// The record's shape.
    public var format: String
    /// The turn's number in the record, from 1.
    public var turn: Int
    /// The kind of text.
    public var kind: String
    /// Bytes of reasoning.
    public var reasoningBytes: Int
    /// Bytes that no rewriter may touch.
    public var protectedBytes: Int
    /// The final answer; nil without one.
    public var answer: String?
    /// What marks the answer.
    public var answerMarker: String?

    init(_ record: TraceRecord, _ number: Int, _ turn: AnalysedTurn) {
        location = record.location.description
        id = record.id
        format = record.format.rawValue
        self.turn = number + 1
        kind = turn.textClass.rawValue
        reasoningBytes = turn.fields.reduce(0) { $0 + $1.reasoning.reduce(0) { $0 + $1.count } }
        protectedBytes = turn.fields.reduce(0) { $0 + $1.protected.reduce(0) { $0 + $1.count } }
        let found = AnswerExtractor.extract(from: turn.text)
        answer = found?.text
        answerMarker = found?.marker.rawValue
    }
}
