/// A text as a model sees it when it is taught: what it is given, and what it should have written. Ids are the model's.
public struct TeacherForcedSequence: Hashable, Sendable {
    /// The ids given. If there are none, nothing is predicted of the first id of the completion.
    public var prompt: [Int32]
    /// The ids that are predicted.
    public var completion: [Int32]

    /// - Parameters:
    ///   - prompt: The ids given.
    ///   - completion: The ids that are predicted.
    public init(prompt: [Int32], completion: [Int32]) {
        self.prompt = prompt
        self.completion = completion
    }
}
