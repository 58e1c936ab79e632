import Marks
import Traces

/// How far a detection is.
public struct DetectProgress: Hashable, Sendable {
    /// Records, or lines of token ids, that were read.
    public var records: Int
}

/// One trace's own test.
public struct TraceDetection: Sendable {
    /// Where it was read.
    public var location: SourceLocation
    /// Its own id, where it has one.
    public var id: String?
    /// One result for every scheme and key.
    public var results: [DetectionResult]
}

/// One line's own test of token ids.
public struct LineDetection: Sendable {
    /// The line's number, from 1.
    public var line: Int
    /// One result for every scheme and key.
    public var results: [TokenDetectionResult]
}

/// What was tested by itself.
public enum SingleDetection: Sendable {
    /// A trace.
    case trace(TraceDetection)
    /// A line of token ids, or a text as token ids.
    case line(LineDetection)
}

/// The result of a detection.
public struct DetectReport: Sendable {
    /// The tests of everything that was read, pooled.
    public enum Pooled: Sendable {
        /// Of texts.
        case texts([DetectionResult])
        /// Of token ids.
        case tokens([TokenDetectionResult])
    }

    /// Nil where every trace was tested by itself and the input cannot be read a second time.
    public var pooled: Pooled?
    /// The family-wise level of the verdicts.
    public var level: Double
    /// How much of the input's text was tested; nil for token ids.
    public var coverage: TextCoverage?
}

/// How much of an input's text was tested, and what was not. Counts are bytes of UTF-8 as they stand in the input.
public struct TextCoverage: Codable, Hashable, Sendable {
    /// Records that were read.
    public var records = 0
    /// Records of which nothing was tested.
    public var recordsWithoutText = 0
    /// Reasoning that was tested.
    public var tested = 0
    /// Text of assistants that is not reasoning: replies, answers, marks.
    public var replies = 0
    /// What users, systems and tools wrote, and known answers.
    public var prompts = 0
    /// Strings of members that are none of these.
    public var otherMembers = 0

    /// Whether most of the text that could hold a mark was not tested.
    public var isMostlySkipped: Bool {
        let skipped = replies + otherMembers
        return skipped > tested && skipped > 200
    }

    /// Nothing read.
    public init() {}

    init(of record: TraceRecord, tested documents: [DetectionDocument]) {
        records = 1
        recordsWithoutText = documents.isEmpty ? 1 : 0
        tested = documents.reduce(0) { $0 + $1.reasoning.reduce(0) { $0 + $1.count } }
        let fields = record.turns.reduce(0) { $0 + $1.fields.reduce(0) { $0 + $1.text.utf8.count } }
        replies = max(0, fields - tested)
        prompts = record.prompts.reduce(0) { $0 + $1.count }
        let repeated = record.copies.reduce(0) { $0 + $1.count }
        otherMembers = max(0, record.stringBytes - fields - prompts - repeated)
    }

    static func += (sum: inout TextCoverage, other: TextCoverage) {
        sum.records += other.records
        sum.recordsWithoutText += other.recordsWithoutText
        sum.tested += other.tested
        sum.replies += other.replies
        sum.prompts += other.prompts
        sum.otherMembers += other.otherMembers
    }
}
