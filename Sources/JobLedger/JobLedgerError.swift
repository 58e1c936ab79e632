import GRDB

/// What can go wrong with a ledger. No case carries key material or trace text.
public enum JobLedgerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another process holds the ledger; `owner` is its process id where known.
    case inUse(path: String, owner: Int?)
    /// The file is not an SQLite database.
    case notADatabase(path: String)
    /// The file is an SQLite database of some other application.
    case foreignDatabase(path: String)
    /// A newer version of the program wrote this ledger.
    case newerSchema(path: String)
    /// The ledger was made with the ledger key of another keyring.
    case wrongKey(path: String, expected: String, given: String)
    /// The ledger's own records contradict its chain; nothing was changed.
    case tampered(path: String, fault: LedgerFault)
    /// The same input and output are recorded with other parameters.
    case parametersDiffer(path: String, differences: [ParameterDifference])
    /// The disk, or a limit set on the database, has no room left. Everything committed before is kept.
    case diskFull(path: String)
    /// The file or its folder cannot be written.
    case readOnly(path: String)
    /// The file cannot be opened or created.
    case cannotOpen(path: String, reason: String)
    /// SQLite found the file damaged.
    case corrupted(path: String, reason: String)
    /// The caller broke the ledger's contract (a record twice, an unknown job, text where none may be stored).
    case invalidRecord(path: String, reason: String)
    /// Any other failure of SQLite.
    case database(path: String, reason: String)

    /// One line that names the file and says what to do where something can be done.
    public var description: String {
        switch self {
        case .inUse(let path, let owner):
            "\(path): the ledger is in use by another process" + (owner.map { " (pid \($0))" } ?? "")
        case .notADatabase(let path): "\(path): not an SQLite database"
        case .foreignDatabase(let path): "\(path): an SQLite database, but not a ledger; it was left untouched"
        case .newerSchema(let path): "\(path): written by a newer version of this program; it was left untouched"
        case .wrongKey(let path, let expected, let given):
            "\(path): made with ledger key \(expected), but this keyring's ledger key is \(given)"
        case .tampered(let path, let fault): "\(path): the ledger was altered: \(fault)"
        case .parametersDiffer(let path, let differences):
            "\(path): this input and output were started with other parameters ("
                + differences.map(\.description).joined(separator: "; ")
                + "); use the recorded values, another output, or another ledger"
        case .diskFull(let path): "\(path): no space left; everything committed before is kept"
        case .readOnly(let path): "\(path): the ledger or its folder cannot be written"
        case .cannotOpen(let path, let reason): "\(path): cannot open the ledger: \(reason)"
        case .corrupted(let path, let reason): "\(path): the database file is damaged: \(reason)"
        case .invalidRecord(let path, let reason): "\(path): \(reason)"
        case .database(let path, let reason): "\(path): \(reason)"
        }
    }
}

extension JobLedgerError {
    /// Translates anything thrown below the ledger's surface. SQL arguments never appear: GRDB's message is SQLite's own.
    init(_ error: any Error, path: String) {
        if let error = error as? JobLedgerError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self = .database(path: path, reason: "\(type(of: error))")
            return
        }
        let reason = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL: self = .diskFull(path: path)
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path: path)
        case .SQLITE_NOTADB: self = .notADatabase(path: path)
        case .SQLITE_CORRUPT: self = .corrupted(path: path, reason: reason)
        case .SQLITE_CANTOPEN: self = .cannotOpen(path: path, reason: reason)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .inUse(path: path, owner: nil)
        default: self = .database(path: path, reason: reason)
        }
    }
}
