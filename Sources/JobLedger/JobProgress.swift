import Foundation
import GRDB
import KeyedPRF
import Traces

/// What a job's events say about which of its outcomes count.
struct JobProgress: Sendable {
    var keepsCandidates = false
    var isCompleted = false
    /// Number of times records were opened again.
    var round: Int64 = 0
    /// The last such event; retryable outcomes before it no longer count. 0 when there is none.
    var reopened: Int64 = 0
    /// The last event after which the spool is the former output, and the reopening before that one. 0 when there is none.
    var relaid: Int64 = 0
    var reopenedBeforeRelaid: Int64 = 0

    /// Whether an outcome still counts now.
    func isCurrent(_ state: TraceState, at sequence: Int64) -> Bool {
        !(!state.isReleased && sequence < reopened)
    }

    /// Whether an outcome counted when the output became the spool.
    func wasRelaid(_ state: TraceState, at sequence: Int64) -> Bool {
        sequence < relaid && !(!state.isReleased && sequence < reopenedBeforeRelaid)
    }
}

extension LedgerCore {
    /// A job's progress, remembered between calls.
    func progress(_ db: Database, of job: JobID) throws -> JobProgress {
        if let known = state.jobs[job] { return known }
        guard
            let parameters = try String.fetchOne(
                db, sql: "SELECT parameters FROM jobs WHERE seq = ?", arguments: [job.rawValue])
        else { throw invalid("there is no job \(job.rawValue)") }
        var progress = JobProgress()
        progress.keepsCandidates = try decode(parameters).keepCandidates
        let events = try Row.fetchCursor(
            db, sql: "SELECT seq, kind FROM events WHERE job = ? ORDER BY seq", arguments: [job.rawValue])
        while let row = try events.next() {
            guard let kind = LedgerEvent(rawValue: row[1]) else { continue }
            progress.apply(kind, at: row[0])
        }
        state.jobs[job] = progress
        return progress
    }

    func decode(_ parameters: String) throws -> JobParameters {
        do {
            return try JSONDecoder().decode(JobParameters.self, from: Data(parameters.utf8))
        } catch {
            throw JobLedgerError.corrupted(path: path, reason: "a job's parameters cannot be read")
        }
    }
}

extension JobProgress {
    mutating func apply(_ event: LedgerEvent, at sequence: Int64) {
        switch event {
        case .completed: isCompleted = true
        case .reopened, .reopenedOutput:
            if event == .reopenedOutput {
                reopenedBeforeRelaid = reopened
                relaid = sequence
            }
            reopened = sequence
            round += 1
            isCompleted = false
        case .resumed, .textsDeleted: break
        }
    }
}
