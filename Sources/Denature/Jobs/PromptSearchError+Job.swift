import PromptSearch

extension PromptSearchError: InterruptibleJobError {
    public var isInterruption: Bool { code == .interrupted }
}
