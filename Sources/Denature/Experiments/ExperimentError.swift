/// Why an experiment cannot go on.
public enum ExperimentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// An input cannot be read.
    case unreadable(path: String, reason: String)
    /// A key of the file asks for more texts than there are problems to write them on.
    case tooFewProblems(path: String, problems: Int, key: String, wanted: Int)
    /// Settings of the file do not go together.
    case unusable(ExperimentFileError)
    /// The output folder, or something in it, cannot be written.
    case unwritable(path: String, reason: String)
    /// Another run works in the output folder.
    case busy(folder: String)
    /// A stage's job failed; the last lines that it wrote are part of it.
    case stageFailed(stage: String, title: String, status: String, log: String, tail: String)
    /// The program could not be started.
    case cannotStart(reason: String)
    /// What a stage made is not of the expected form.
    case malformed(path: String, reason: String)
    /// A signal came; everything that was finished is kept.
    case interrupted(done: Int, total: Int)

    /// One line for people; of a failed stage, what it wrote last as well.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
        case .tooFewProblems(let path, let problems, let key, let wanted):
            "\(path): '\(key)' asks for \(wanted) texts, one for each problem, and there are \(problems) problems"
        case .unusable(let error): error.description
        case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)"
        case .busy(let folder): "\(folder): another run of an experiment works here"
        case .stageFailed(let stage, let title, let status, let log, let tail):
            "stage \(stage) (\(title)) failed, \(status); see \(log)" + (tail.isEmpty ? "" : "\n\(tail)")
        case .cannotStart(let reason): "a stage cannot be started: \(reason)"
        case .malformed(let path, let reason): "\(path): \(reason)"
        case .interrupted(let done, let total):
            "interrupted with \(done) of \(total) stages done; run the same command again to go on"
        }
    }
}

extension ExperimentError: InterruptibleJobError {
    /// Whether the job was stopped from outside.
    public var isInterruption: Bool { if case .interrupted = self { true } else { false } }
}
