import Foundation
import GRDB
import KeyedPRF
import TestSupport
import Traces

@testable import JobLedger

/// Ledgers for the tests, and ways to tamper with them that do not go through the ledger.
enum LedgerFixture {
    static let start = Date(timeIntervalSince1970: 1_700_000_000)

    static func key(_ seed: UInt8 = 1) throws -> Subkey {
        try Subkey(
            identity: KeyIdentity(purpose: .ledger, tenant: "", epoch: ""),
            secret: SecretBytes(copying: (0..<32).map { UInt8($0) &* 7 &+ seed }))
    }

    static func parameters(output: String = "out.jsonl", keepCandidates: Bool = false) -> JobParameters {
        JobParameters(
            input: "in.jsonl", output: output, keepCandidates: keepCandidates,
            settings: [
                "seed": "7", "rewriter": "semantic,lexical", "prompt semantic": SHA256Digest.of("prompt").hex,
                "lexicon": "ab", "watermark": "lexical", "key_ids": "0123456789abcdef", "tenant": "acme", "epoch": "1",
            ])
    }

    static func outcome(
        _ index: Int, _ state: TraceState = .rewritten, offset: Int64 = 0, length: Int64 = 10,
        results: [AttemptResult] = [], candidates: [Candidate] = []
    ) -> TraceOutcome {
        TraceOutcome(
            index: index, inputDigest: SHA256Digest.of("input \(index)"), state: state,
            reason: state == .rewritten ? nil : "reason", outputDigest: SHA256Digest.of("output \(index)"),
            spool: SpoolRange(offset: offset, length: length),
            method: RewritingMethod(
                rewriter: "semantic", promptDigest: SHA256Digest.of("prompt"), keyIDs: ["0123456789abcdef"]),
            attempts: results.count, promptTokens: 3, completionTokens: 4, attemptResults: results,
            candidates: candidates)
    }

    static let secretText = "Candidate wording that must be deletable, 7c1f."

    /// A closed ledger with at least two rows in every table but `methods` and `jobs`, and its head.
    static func sample(at path: String) async throws -> LedgerHead {
        let ledger = try JobLedger(path: path, key: key(), now: start)
        let job = try await ledger.startOrResumeJob(parameters(keepCandidates: true), now: start).id
        let attempts = (0..<3).map { AttemptStart(index: $0, attempt: 1, rewriter: "semantic", started: start) }
        try await ledger.recordAttempts(attempts, of: job)
        let outcomes = (0..<2).map { index in
            outcome(
                index, index == 0 ? .rewritten : .failed, offset: Int64(index) * 10,
                results: [AttemptResult(index: index, attempt: 1, finished: start, outcome: "accepted")],
                candidates: [
                    Candidate(ordinal: 0, rewriter: "semantic", text: secretText + " \(index)", isChosen: true)
                ])
        }
        try await ledger.commit([outcomes[0]], spoolLength: 10, of: job, now: start)
        try await ledger.commit([outcomes[1]], spoolLength: 20, of: job, now: start)
        _ = try await ledger.retryFailed(job, now: start)
        try await ledger.complete(job, outputDigest: SHA256Digest.of("all"), now: start)
        let head = try await ledger.head()
        try ledger.close()
        return head
    }

    static func verify(_ path: String, against head: LedgerHead? = nil) async throws -> LedgerVerdict {
        let ledger = try JobLedger(path: path, key: key(), mode: .readOnly)
        defer { try? ledger.close() }
        return try await ledger.verify(against: head)
    }

    static func tamper<T>(_ path: String, _ body: (Database) throws -> T) throws -> T {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction(body)
    }

    /// Everything on disk that belongs to the ledger.
    static func bytesOnDisk(_ path: String) throws -> Data {
        var bytes = Data()
        for suffix in ["", "-wal", "-shm", "-journal", ".lock"] {
            if let part = FileManager.default.contents(atPath: path + suffix) { bytes.append(part) }
        }
        return bytes
    }

    /// What another process would find after this one was killed now: no checkpoint, no close.
    static func copyAsIs(_ path: String, to copy: String) throws {
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
        }
    }
}
