import PromptSearch

extension PromptSearchError: InterruptibleJobError {
    /// Whether the job was stopped from outside.
    public var isInterruption: Bool { code == .interrupted }
}
