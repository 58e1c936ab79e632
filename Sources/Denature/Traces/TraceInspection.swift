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
            for (number, turn) in record.turns.enumerated() {
                let turn = InspectedTurn(record, number, AnalysedTurn(turn))
                report.kinds[turn.kind, default: 0] += 1
                try body(turn)
            }
        }
        return report
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
