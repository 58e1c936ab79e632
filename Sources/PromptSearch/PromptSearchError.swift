import Files

/// Why a search stopped. What the journal holds stays: the same command goes on from there.
public struct PromptSearchError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// No trace is fit to be rewritten, or an option makes no sense.
        case options
        /// The endpoint cannot be used, or failed where nothing can be done without it.
        case endpoint
        /// The journal belongs to a search with other settings.
        case otherSearch
        /// The journal is not what this program writes.
        case damagedJournal
        /// The journal cannot be read or written.
        case unwritable
        /// Ctrl-C or a cancelled task.
        case interrupted
    }

    /// What went wrong.
    public var code: Code
    /// The same in words, with the file and line where there is one.
    public var message: String

    /// - Parameters:
    ///   - code: What went wrong.
    ///   - message: The same in words, with the file and line where there is one.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Runs what writes files.
    static func writing<R>(_ body: () throws(FileError) -> R) throws(PromptSearchError) -> R {
        do throws(FileError) {
            return try body()
        } catch {
            throw PromptSearchError(.unwritable, "\(error.path): cannot write: \(error.reason)")
        }
    }

    /// The message, and that the search can go on where it can.
    public var description: String {
        switch code {
        case .endpoint: message + "; run the same command again to go on from here"
        case .interrupted: "interrupted; run the same command again to go on from here"
        case .options, .otherSearch, .damagedJournal, .unwritable: message
        }
    }
}
