import Foundation
import JobLedger
import Synchronization

/// Numbers the requests of each record and writes each to the ledger before it is sent, so that a request in flight
/// when the process dies still shows.
final class AttemptLog: Sendable {
    private let ledger: JobLedger
    private let job: JobID
    private let rewriter: String
    /// Per record with requests in this run: the first and the last number.
    private let numbers: Mutex<[Int: ClosedRange<Int>]>
    private let earlier: [Int: Int]

    /// - Parameter earlier: the last attempt of each unfinished record, from earlier runs.
    init(ledger: JobLedger, job: JobID, rewriter: String, earlier: [Int: Int]) {
        self.ledger = ledger
        self.job = job
        self.rewriter = rewriter
        self.earlier = earlier
        numbers = Mutex([:])
    }

    /// Records the next request of a record.
    func willSend(_ index: Int) async throws {
        let number = numbers.withLock { numbers in
            let first = numbers[index]?.lowerBound ?? earlier[index, default: 0] + 1
            let last = (numbers[index]?.upperBound ?? first - 1) + 1
            numbers[index] = first...last
            return last
        }
        try await ledger.recordAttempts(
            [AttemptStart(index: index, attempt: number, rewriter: rewriter, started: Date())], of: job)
    }

    /// The requests of a record that is finished, and forgets it.
    func finish(_ index: Int) -> ClosedRange<Int>? {
        numbers.withLock { $0.removeValue(forKey: index) }
    }
}
