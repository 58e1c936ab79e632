import Foundation
import GRDB
import KeyedPRF
import TestSupport
import Testing

@testable import JobLedger

@Suite struct FaultTests {
    /// A kill leaves any prefix of the log: each must open as one of the committed states, and go on from there.
    @Test func everyPrefixOfTheLogIsACommittedState() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        let ledger = try JobLedger(path: path, key: LedgerFixture.key())
        let job = try await ledger.startOrResumeJob(LedgerFixture.parameters()).id
        for group in 0..<20 {
            let outcomes = (0..<5).map { LedgerFixture.outcome(group * 5 + $0, offset: Int64(group * 5 + $0) * 10) }
            try await ledger.commit(outcomes, spoolLength: Int64(group + 1) * 50, of: job)
        }
        let log = try #require(FileManager.default.contents(atPath: path + "-wal"))
        let seed: UInt64 = 2_026
        var random = SplitMix64(seed: seed)
        var seen: Set<Int64> = []
        for trial in 0..<40 {
            let copy = directory.file("copy\(trial).sqlite")
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            let length = trial == 0 ? log.count : Int.random(in: log.count / 3..<log.count, using: &random)
            try log.prefix(length).write(to: URL(fileURLWithPath: copy + "-wal"))
            let resumed = try JobLedger(path: copy, key: LedgerFixture.key())
            let status = try await resumed.startOrResumeJob(LedgerFixture.parameters())
            #expect(status.finishedCount % 5 == 0, "seed \(seed), length \(length)")
            #expect(status.spoolLength == Int64(status.finishedCount) * 10, "seed \(seed), length \(length)")
            let indices = try await resumed.finishedRecords(of: status.id).map(\.index)
            #expect(indices == Array(0..<status.finishedCount), "seed \(seed), length \(length)")
            try await resumed.commit([LedgerFixture.outcome(100)], spoolLength: 1000, of: status.id)
            #expect(try await resumed.verify() == .intact(resumed.head()), "seed \(seed), length \(length)")
            seen.insert(status.spoolLength)
            try resumed.close()
        }
        #expect(seen.contains(1000))
        #expect(seen.count > 5)
    }

    @Test func aFullDiskLosesNothingThatWasCommitted() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        let ledger = try JobLedger(path: path, key: LedgerFixture.key())
        let job = try await ledger.startOrResumeJob(LedgerFixture.parameters()).id
        try ledger.queue.inDatabase {
            let pages = try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0
            try $0.execute(sql: "PRAGMA max_page_count = \(pages + 10)")
        }
        var committed = 0
        var failure: JobLedgerError?
        while failure == nil, committed < 10_000 {
            do {
                let outcomes = (0..<50).map { LedgerFixture.outcome(committed + $0) }
                try await ledger.commit(outcomes, spoolLength: Int64(committed + 50) * 10, of: job)
                committed += 50
            } catch {
                failure = error
            }
        }
        #expect(failure == .diskFull(path: ledger.path))
        #expect(committed > 0)
        let head = try await ledger.head()
        // Space again: the same connection goes on.
        try ledger.queue.inDatabase { try $0.execute(sql: "PRAGMA max_page_count = 100000") }
        try await ledger.commit([LedgerFixture.outcome(committed)], spoolLength: 10, of: job)
        try ledger.close()
        let again = try JobLedger(path: path, key: LedgerFixture.key())
        #expect(try await again.status(of: job).finishedCount == committed + 1)
        guard case .intact(let end) = try await again.verify(against: head) else {
            Issue.record("not intact")
            return
        }
        #expect(end.sequence == head.sequence + 2)
    }

    @Test func cancellationDoesNotAbandonACommit() async throws {
        let directory = try TemporaryDirectory()
        let ledger = try JobLedger(path: directory.file("l.sqlite"), key: LedgerFixture.key())
        let job = try await ledger.startOrResumeJob(LedgerFixture.parameters()).id
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await ledger.commit([LedgerFixture.outcome(0)], spoolLength: 10, of: job)
        }
        try await task.value
        #expect(try await ledger.status(of: job).finishedCount == 1)
    }

    @Test func concurrentCallersAreSerialised() async throws {
        let directory = try TemporaryDirectory()
        let ledger = try JobLedger(path: directory.file("l.sqlite"), key: LedgerFixture.key())
        let job = try await ledger.startOrResumeJob(LedgerFixture.parameters()).id
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let attempt = AttemptStart(index: index, attempt: 1, rewriter: "r", started: LedgerFixture.start)
                    try await ledger.recordAttempts([attempt], of: job)
                    try await ledger.commit([LedgerFixture.outcome(index)], spoolLength: 0, of: job)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await ledger.finishedRecords(of: job).map(\.index) == Array(0..<200))
        #expect(try await ledger.verify() == .intact(ledger.head()))
    }

    /// A release build is several times faster; the point is that a row costs neither a transaction nor a scan.
    @Test(.timeLimit(.minutes(1)))
    func manyRowsAreCheap() async throws {
        let directory = try TemporaryDirectory()
        let ledger = try JobLedger(path: directory.file("l.sqlite"), key: LedgerFixture.key())
        let job = try await ledger.startOrResumeJob(LedgerFixture.parameters()).id
        let rows = 100_000
        let digest = SHA256Digest.of("x")
        let clock = ContinuousClock()
        let elapsed = try await clock.measure {
            for start in stride(from: 0, to: rows, by: 2000) {
                let outcomes = (start..<start + 2000).map {
                    TraceOutcome(
                        index: $0, inputDigest: digest, state: .rewritten, outputDigest: digest,
                        spool: SpoolRange(offset: Int64($0) * 700, length: 700),
                        method: RewritingMethod(rewriter: "lexical", keyIDs: ["0123456789abcdef"]))
                }
                try await ledger.commit(outcomes, spoolLength: Int64(start + 2000) * 700, of: job)
            }
        }
        let head = try await ledger.head()
        let verification = try await clock.measure {
            let verdict = try await ledger.verify()
            #expect(verdict == .intact(head))
        }
        let rate = Double(rows) / (elapsed / .seconds(1))
        print("ledger: \(Int(rate)) rows/s, verification \(Int(Double(rows) / (verification / .seconds(1)))) rows/s")
        #expect(rate > 10_000)
        #expect(try await ledger.status(of: job).finishedCount == rows)
    }
}
