import Foundation
import KeyedPRF
import TestSupport
import Testing
import Traces

@testable import JobLedger

@Suite struct RandomJobTests {
    /// What the job engine does with the spool and the ledger, in random groups, killed and resumed at random: the output
    /// must be every record's last bytes in input order, and the chain must hold.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func killedAndResumedJobsGiveTheWholeOutput(_ seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        var random = SplitMix64(seed: seed)
        var path = directory.file("l0.sqlite")
        var ledger = try JobLedger(path: path, key: LedgerFixture.key())
        var job = try await ledger.startOrResumeJob(LedgerFixture.parameters()).id
        var spool: [UInt8] = []
        var bytes: [Int: [UInt8]] = [:]
        var states: [Int: TraceState] = [:]
        let records = 60
        var published = try await ledger.head()
        for step in 0..<60 {
            let open = (0..<records).filter { states[$0] == nil }
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                // Killed after bytes reached the spool but not the ledger.
                let copy = directory.file("l\(step + 1).sqlite")
                try LedgerFixture.copyAsIs(path, to: copy)
                path = copy
                ledger = try JobLedger(path: path, key: LedgerFixture.key())
                spool += [1, 2, 3]
                let status = try await ledger.startOrResumeJob(LedgerFixture.parameters())
                job = status.id
                spool.removeLast(spool.count - Int(status.spoolLength))
                #expect(try await ledger.verify(against: published) == .intact(ledger.head()), "seed \(seed)")
            case 1:
                if try await ledger.status(of: job).completed != nil { continue }
                let isCompleted = open.isEmpty
                if isCompleted {
                    let output = try await assembled(ledger, job, spool)
                    #expect(output == (0..<records).flatMap { bytes[$0] ?? [] }, "seed \(seed), step \(step)")
                    try await ledger.complete(job, outputDigest: SHA256Digest.of(output))
                    if states.values.contains(where: { !$0.isReleased }) { spool = output } else { break }
                }
                let retryable = states.filter { !$0.value.isReleased }
                #expect(try await ledger.retryFailed(job) == retryable.count, "seed \(seed), step \(step)")
                for index in retryable.keys { states[index] = nil }
            default:
                if try await ledger.status(of: job).completed != nil { continue }
                let outcomes = open.shuffled(using: &random).prefix(Int.random(in: 0...12, using: &random)).map {
                    index in
                    let line = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                        UInt8.random(in: 0...255, using: &random)
                    }
                    let state = TraceState.allCases.randomElement(using: &random) ?? .rewritten
                    let range = SpoolRange(offset: Int64(spool.count), length: Int64(line.count))
                    spool += line
                    bytes[index] = line
                    states[index] = state
                    return LedgerFixture.outcome(index, state, offset: range.offset, length: range.length)
                }
                try await ledger.commit(outcomes, spoolLength: Int64(spool.count), of: job)
                published = try await ledger.head()
            }
        }
        let finished = try await ledger.finishedRecords(of: job)
        #expect(finished.map(\.index) == states.keys.sorted(), "seed \(seed)")
        #expect(finished.allSatisfy { states[$0.index] == $0.state }, "seed \(seed)")
        let current = states.keys.sorted().flatMap { bytes[$0] ?? [] }
        if try await ledger.status(of: job).completed == nil {
            #expect(try await assembled(ledger, job, spool) == current, "seed \(seed)")
        }
        #expect(try await ledger.verify(against: published) == .intact(ledger.head()), "seed \(seed)")
    }

    private func assembled(_ ledger: JobLedger, _ job: JobID, _ spool: [UInt8]) async throws -> [UInt8] {
        var reader = OutputSegmentReader(ledger: ledger, job: job, pageSize: 7)
        var output: [UInt8] = []
        while let segment = try await reader.next() {
            let start = Int(segment.spool.offset)
            let end = start + Int(segment.spool.length)
            try #require(end <= spool.count)
            output += spool[start..<end]
        }
        return output
    }
}
