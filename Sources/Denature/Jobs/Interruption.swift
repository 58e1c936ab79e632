import Sanitizing
import TraceGeneration

/// An error that may mean that the job was stopped from outside, with what it had committed left for the next run.
public protocol InterruptibleJobError: Error {
    /// Whether it means that.
    var isInterruption: Bool { get }
}

extension TraceGenerationError: InterruptibleJobError {
    /// Whether the job was stopped from outside.
    public var isInterruption: Bool { code == .interrupted }
}

extension SanitizeError: InterruptibleJobError {
    /// Whether the job was stopped from outside.
    public var isInterruption: Bool { if case .interrupted = self { true } else { false } }
}

extension CancellationError: InterruptibleJobError {
    /// Whether the job was stopped from outside.
    public var isInterruption: Bool { true }
}
