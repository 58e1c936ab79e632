import Files
import Traces

/// Why traces could not be generated. Whatever a resumable run has finished stays finished.
public struct TraceGenerationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The problems could not be read, or there are none.
        case input
        /// A prompt leaves no room in the model's context.
        case promptTooLong
        /// A token id that the model has no embedding for.
        case foreignToken
        /// The output could not be written.
        case unwritable
        /// The output exists already.
        case outputExists
        /// An interrupted run with other options or other files left its output there.
        case otherRun
        /// What an interrupted run left is not what its state says.
        case damagedState
        /// The options do not go together.
        case options
        /// Ctrl-C or a cancelled task.
        case interrupted
    }

    /// What went wrong.
    public var code: Code
    /// Where in the input, if it is a record's fault.
    public var location: SourceLocation?
    /// The same in words, without the location.
    public var message: String

    /// - Parameters:
    ///   - code: What went wrong.
    ///   - location: Where in the input, if it is a record's fault.
    ///   - message: The same in words, without the location.
    public init(_ code: Code, at location: SourceLocation? = nil, _ message: String) {
        self.code = code
        self.location = location
        self.message = message
    }

    /// Location and message on one line.
    public var description: String {
        guard let location else { return message }
        return "\(location): \(message)"
    }

    /// Runs what writes files.
    static func writing<R>(_ body: () throws(FileError) -> R) throws(TraceGenerationError) -> R {
        do throws(FileError) {
            return try body()
        } catch {
            throw TraceGenerationError(error)
        }
    }

    /// What went wrong with a file that is written.
    init(_ error: FileError) {
        switch error.code {
        case .exists: self.init(.outputExists, "\(error.path): already exists (--force replaces it)")
        case .sameFile:
            self.init(.unwritable, "\(error.path): is named twice; input and output must be different files")
        default: self.init(.unwritable, "\(error.path): cannot write: \(error.reason)")
        }
    }

    static func interrupted(resumable: Bool) -> TraceGenerationError {
        TraceGenerationError(
            .interrupted,
            resumable
                ? "interrupted; run the same command again to go on from here"
                : "interrupted; what was finished has been written")
    }
}
