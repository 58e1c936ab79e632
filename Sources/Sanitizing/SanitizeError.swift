import Files
import JobLedger
import KeyedPRF
import TraceRewriting
import Traces

/// Why a job stopped. Whatever was finished before stays finished.
public enum SanitizeError: Error, Sendable, CustomStringConvertible {
    /// The input is not what it should be.
    case input(TraceError)
    /// The output could not be written; `reason` is the system's.
    case output(path: String, reason: String)
    /// The output exists already.
    case outputExists(path: String)
    /// Input and output, or two files of the job, are the same.
    case sameFile(String)
    /// The ledger refused.
    case ledger(JobLedgerError)
    /// The endpoint cannot be used at all.
    case endpoint(String)
    /// A key is missing or unusable.
    case key(KeyedPRFError)
    /// The resumed input differs from what the ledger saw.
    case inputChanged(SourceLocation)
    /// The resumed input ends before a record (numbered from 0) that the ledger saw.
    case inputShortened(path: String, records: Int, missing: Int)
    /// The spool of an interrupted job is gone or shorter than the ledger says.
    case spoolDamaged(path: String, reason: String)
    /// The options do not go together.
    case options(String)
    /// Ctrl-C or a cancelled task.
    case interrupted(resumable: Bool)

    /// What went wrong with a file that is written.
    init(_ error: FileError) {
        switch error.code {
        case .exists: self = .outputExists(path: error.path)
        case .sameFile: self = .sameFile(error.path)
        default: self = .output(path: error.path, reason: error.reason)
        }
    }

    /// Runs what writes files.
    static func writing<R>(_ body: () throws(FileError) -> R) throws(SanitizeError) -> R {
        do throws(FileError) {
            return try body()
        } catch {
            throw SanitizeError(error)
        }
    }

    /// One line that names the file, and the line where there is one.
    public var description: String {
        switch self {
        case .input(let error): error.description
        case .output(let path, let reason): "\(path): cannot write: \(reason)"
        case .outputExists(let path): "\(path): already exists (--force replaces it)"
        case .sameFile(let path): "\(path): is named twice; input, output and ledger must be different files"
        case .ledger(let error): error.description
        case .endpoint(let reason): reason
        case .key(let error): error.description
        case .inputChanged(let location):
            "\(location): this record differs from the one the ledger recorded; the input changed since the job began"
        case .inputShortened(let path, let records, let missing):
            "\(path): ends after \(records) records, but the ledger recorded record \(missing + 1); "
                + "the input changed since the job began"
        case .spoolDamaged(let path, let reason): "\(path): \(reason)"
        case .options(let reason): reason
        case .interrupted(let resumable):
            resumable
                ? "interrupted; run the same command again to go on from here"
                : "interrupted; nothing was written (with --ledger a run can be resumed)"
        }
    }
}
