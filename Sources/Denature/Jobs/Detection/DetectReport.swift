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
}
