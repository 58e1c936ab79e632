import Foundation
import GRDB
import KeyedPRF
import TestSupport
import Testing
import Traces

@testable import JobLedger

@Suite struct JobTests {
    @Test func changedParametersAreNamed() async throws {
        let directory = try TemporaryDirectory()
        let ledger = try JobLedger(path: directory.file("l.sqlite"), key: LedgerFixture.key())
        let parameters = LedgerFixture.parameters()
        #expect(try await ledger.startOrResumeJob(parameters).isNew)
        #expect(try await !ledger.startOrResumeJob(parameters).isNew)
        var changed = parameters
        changed.settings["seed"] = "8"
        changed.settings["watermark"] = "lexical,trigger"
        changed.settings["prompt semantic"] = "00"
        changed.settings["prompt paraphrase"] = "11"
        changed.settings["lexicon"] = nil
        let error = await #expect(throws: JobLedgerError.self) { _ = try await ledger.startOrResumeJob(changed) }
        guard case .parametersDiffer(_, let differences) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(differences.map(\.name) == ["lexicon", "prompt paraphrase", "prompt semantic", "seed", "watermark"])
        let message = try #require(error).description
        #expect(message.contains("seed: recorded 7, requested 8"))
        #expect(message.contains("watermark: recorded lexical, requested lexical,trigger"))
        #expect(message.contains("lexicon: recorded ab, requested none"))
        #expect(!message.contains("tenant"))
        // Another output is another job.
        #expect(try await ledger.startOrResumeJob(LedgerFixture.parameters(output: "b.jsonl")).isNew)
        #expect(try await ledger.jobs().map(\.parameters.output) == ["out.jsonl", "b.jsonl"])
    }

    @Test func aCompletedJobSaysSoAndTakesNothingMore() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        let ledger = try JobLedger(path: path, key: LedgerFixture.key())
        let job = try await ledger.startOrResumeJob(LedgerFixture.parameters(), now: LedgerFixture.start).id
        try await ledger.commit(
            [LedgerFixture.outcome(0), LedgerFixture.outcome(1, .passedOriginal, offset: 10)], spoolLength: 20, of: job)
        try await ledger.complete(job, outputDigest: SHA256Digest.of("all"), now: LedgerFixture.start)
        try ledger.close()
        let again = try JobLedger(path: path, key: LedgerFixture.key())
        let before = try await again.head()
        let status = try await again.startOrResumeJob(LedgerFixture.parameters())
        #expect(status.completed == LedgerFixture.start)
        #expect(status.outputDigest == SHA256Digest.of("all"))
        #expect(status.counts == [.rewritten: 1, .passedOriginal: 1])
        #expect(try await again.head() == before)
        await #expect(throws: JobLedgerError.self) {
            try await again.commit([LedgerFixture.outcome(2)], spoolLength: 30, of: job)
        }
        #expect(try await again.retryFailed(job) == 0)
    }

    @Test func aGroupIsAllOrNothing() async throws {
        let directory = try TemporaryDirectory()
        let ledger = try JobLedger(path: directory.file("l.sqlite"), key: LedgerFixture.key())
        let job = try await ledger.startOrResumeJob(LedgerFixture.parameters()).id
        try await ledger.commit([LedgerFixture.outcome(5)], spoolLength: 10, of: job)
        let head = try await ledger.head()
        let error = await #expect(throws: JobLedgerError.self) {
            try await ledger.commit([LedgerFixture.outcome(6), LedgerFixture.outcome(5)], spoolLength: 30, of: job)
        }
        #expect(error?.description.contains("record 5") == true)
        // Texts are refused by a job that was not asked to keep them.
        let candidate = Candidate(ordinal: 0, rewriter: "semantic", text: LedgerFixture.secretText, isChosen: true)
        await #expect(throws: JobLedgerError.self) {
            try await ledger.commit([LedgerFixture.outcome(7, candidates: [candidate])], spoolLength: 20, of: job)
        }
        #expect(try await ledger.head() == head)
        #expect(try await ledger.status(of: job).spoolLength == 10)
        // The failed groups left nothing behind that a later one would trip over.
        try await ledger.commit([LedgerFixture.outcome(6), LedgerFixture.outcome(7)], spoolLength: 30, of: job)
        #expect(try await ledger.finishedRecords(of: job).map(\.index) == [5, 6, 7])
        #expect(try await ledger.verify() == .intact(ledger.head()))
        let bytes = try LedgerFixture.bytesOnDisk(ledger.path)
        #expect(bytes.range(of: Data(LedgerFixture.secretText.utf8)) == nil)
    }

    @Test func attemptsWithoutAnEndShowAsInterrupted() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        let ledger = try JobLedger(path: path, key: LedgerFixture.key())
        let job = try await ledger.startOrResumeJob(LedgerFixture.parameters()).id
        let now = LedgerFixture.start
        func start(_ index: Int, _ attempt: Int) -> AttemptStart {
            AttemptStart(index: index, attempt: attempt, rewriter: "semantic", started: now)
        }
        func end(_ index: Int, _ attempt: Int, _ outcome: String) -> AttemptResult {
            AttemptResult(index: index, attempt: attempt, finished: now, outcome: outcome)
        }
        try await ledger.recordAttempts([start(0, 1), start(1, 1), start(2, 1)], of: job)
        try await ledger.recordAttempts([start(1, 2)], results: [end(1, 1, "http 500")], of: job)
        try await ledger.commit(
            [LedgerFixture.outcome(0, results: [end(0, 1, "accepted")])], spoolLength: 10, of: job)
        // Killed here, and found by the next process.
        try LedgerFixture.copyAsIs(path, to: directory.file("copy.sqlite"))
        let next = try JobLedger(path: directory.file("copy.sqlite"), key: LedgerFixture.key())
        #expect(try await next.startOrResumeJob(LedgerFixture.parameters()).spoolLength == 10)
        let interrupted = try await next.interruptedAttempts(of: job)
        #expect(interrupted.map { [$0.index, $0.attempt] } == [[1, 2], [2, 1]])
        #expect(try await next.attemptNumbers(of: job) == [1: 2, 2: 1])
        // The repetition is one more attempt; the interrupted one stays visible.
        try await next.recordAttempts([start(2, 2)], of: job)
        try await next.commit(
            [LedgerFixture.outcome(2, offset: 10, results: [end(2, 2, "accepted")])], spoolLength: 20, of: job)
        #expect(try await next.interruptedAttempts(of: job).map { [$0.index, $0.attempt] } == [[1, 2], [2, 1]])
        #expect(try await next.attemptNumbers(of: job) == [1: 2])
        await #expect(throws: JobLedgerError.self) { try await next.recordAttempts([start(2, 2)], of: job) }
        #expect(try await next.verify() == .intact(next.head()))
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func readersGiveEveryRecordInOrder(_ pageSize: Int) async throws {
        let directory = try TemporaryDirectory()
        let ledger = try JobLedger(path: directory.file("l.sqlite"), key: LedgerFixture.key())
        let job = try await ledger.startOrResumeJob(LedgerFixture.parameters()).id
        let other = try await ledger.startOrResumeJob(LedgerFixture.parameters(output: "b.jsonl")).id
        let order = [3, 0, 9, 4, 1, 6]
        for (i, index) in order.enumerated() {
            let outcome = LedgerFixture.outcome(index, offset: Int64(i) * 10)
            try await ledger.commit([outcome], spoolLength: Int64(i + 1) * 10, of: job)
            try await ledger.commit([LedgerFixture.outcome(index + 1)], spoolLength: 10, of: other)
        }
        var finished = FinishedRecordReader(ledger: ledger, job: job, pageSize: pageSize)
        var indices: [Int] = []
        while let record = try await finished.next() {
            #expect(record.inputDigest == SHA256Digest.of("input \(record.index)"))
            indices.append(record.index)
        }
        #expect(indices == order.sorted())
        #expect(try await segments(ledger, job, pageSize).map(\.spool.offset) == [10, 40, 0, 30, 50, 20])
    }

    @Test(arguments: [false, true], [1, 2, 100])
    func failedRecordsAreOpenedAgain(_ isCompleted: Bool, _ pageSize: Int) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        var ledger = try JobLedger(path: path, key: LedgerFixture.key())
        let job = try await ledger.startOrResumeJob(LedgerFixture.parameters()).id
        // Spool order 2, 0, 1, 3; record 1 withheld, record 3 failed with its original written out.
        try await ledger.commit(
            [
                LedgerFixture.outcome(2, offset: 0, length: 5), LedgerFixture.outcome(0, offset: 5, length: 7),
                LedgerFixture.outcome(1, .withheld, offset: 12, length: 0),
                LedgerFixture.outcome(3, .failed, offset: 12, length: 4),
            ], spoolLength: 16, of: job)
        #expect(try await segments(ledger, job, pageSize).map(\.spool.offset) == [5, 12, 0, 12])
        if isCompleted { try await ledger.complete(job, outputDigest: SHA256Digest.of("first")) }
        #expect(try await ledger.retryFailed(job) == 2)
        #expect(try await ledger.retryFailed(job) == 0)
        try ledger.close()
        ledger = try JobLedger(path: path, key: LedgerFixture.key())
        var status = try await ledger.startOrResumeJob(LedgerFixture.parameters())
        #expect(status.completed == nil)
        #expect(status.counts == [.rewritten: 2])
        #expect(status.spoolLength == 16)
        #expect(try await ledger.finishedRecords(of: job).map(\.index) == [0, 2])
        // A completed job's spool is its output: 0 (7 bytes), 1 (0), 2 (5), 3 (4).
        #expect(try await segments(ledger, job, pageSize).map(\.spool.offset) == (isCompleted ? [0, 7] : [5, 0]))
        try await ledger.commit(
            [
                LedgerFixture.outcome(3, offset: 16, length: 6),
                LedgerFixture.outcome(1, .failed, offset: 22, length: 1),
            ],
            spoolLength: 23, of: job)
        await #expect(throws: JobLedgerError.self) {
            try await ledger.commit([LedgerFixture.outcome(0)], spoolLength: 33, of: job)
        }
        let offsets: [Int64] = isCompleted ? [0, 22, 7, 16] : [5, 22, 0, 16]
        #expect(try await segments(ledger, job, pageSize).map(\.spool.offset) == offsets)
        try await ledger.complete(job, outputDigest: SHA256Digest.of("second"))
        // Once more, from the second output: 0 (7), 1 (1), 2 (5), 3 (6).
        #expect(try await ledger.retryFailed(job) == 1)
        #expect(try await segments(ledger, job, pageSize).map(\.spool.offset) == [0, 8, 13])
        try await ledger.commit([LedgerFixture.outcome(1, offset: 19, length: 9)], spoolLength: 28, of: job)
        #expect(try await segments(ledger, job, pageSize).map(\.spool.offset) == [0, 19, 8, 13])
        status = try await ledger.status(of: job)
        #expect(status.counts == [.rewritten: 4])
        #expect(status.spoolLength == 28)
        #expect(try await ledger.verify() == .intact(ledger.head()))
    }

    private func segments(_ ledger: JobLedger, _ job: JobID, _ pageSize: Int) async throws -> [OutputSegment] {
        var reader = OutputSegmentReader(ledger: ledger, job: job, pageSize: pageSize)
        var segments: [OutputSegment] = []
        while let segment = try await reader.next() { segments.append(segment) }
        #expect(segments.map(\.index) == segments.map(\.index).sorted())
        return segments
    }
}
