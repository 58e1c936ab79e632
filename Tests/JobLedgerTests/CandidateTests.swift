import Foundation
import GRDB
import KeyedPRF
import TestSupport
import Testing

@testable import JobLedger

@Suite struct CandidateTests {
    /// Two jobs with three records each; every third text is long enough for overflow pages.
    private func ledgerWithTexts(_ path: String) async throws -> (JobLedger, [JobID]) {
        let ledger = try JobLedger(path: path, key: LedgerFixture.key())
        var jobs: [JobID] = []
        for output in ["a", "b"] {
            let parameters = LedgerFixture.parameters(output: output, keepCandidates: true)
            let job = try await ledger.startOrResumeJob(parameters).id
            let outcomes = (0..<3).map { index in
                LedgerFixture.outcome(
                    index,
                    candidates: (0..<2).map { ordinal in
                        Candidate(
                            ordinal: ordinal, rewriter: "semantic", text: Self.text(output, index, ordinal),
                            isChosen: ordinal == 1)
                    })
            }
            try await ledger.commit(outcomes, spoolLength: 30, of: job)
            jobs.append(job)
        }
        return (ledger, jobs)
    }

    private static func text(_ output: String, _ index: Int, _ ordinal: Int) -> String {
        let marker = "[\(output)-\(index)-\(ordinal)]"
        return String(repeating: marker + " wording ", count: index == 2 ? 2000 : 1)
    }

    private static let all = ["a", "b"].flatMap { output in (0..<3).map { (output, $0) } }

    @Test func deletedTextsAreGoneAndTheChainHolds() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        let (ledger, jobs) = try await ledgerWithTexts(path)
        let published = try await ledger.head()
        func remaining() throws -> [String] {
            let bytes = try LedgerFixture.bytesOnDisk(path)
            return Self.all.filter { bytes.range(of: Data("[\($0.0)-\($0.1)-".utf8)) != nil }.map { "\($0.0)\($0.1)" }
        }
        #expect(try remaining() == ["a0", "a1", "a2", "b0", "b1", "b2"])
        #expect(try await ledger.deleteTexts(of: jobs[0], records: 1...2) == 4)
        #expect(try remaining() == ["a0", "b0", "b1", "b2"])
        let between = try await ledger.head()
        #expect(between.sequence == published.sequence + 1)
        #expect(try await ledger.verify(against: published) == .intact(between))
        #expect(try await ledger.deleteTexts(of: jobs[0], records: 1...2) == 0)
        #expect(try await ledger.head() == between)
        #expect(try await ledger.deleteTexts(of: jobs[1]) == 6)
        #expect(try remaining() == ["a0"])
        #expect(try await ledger.deleteTexts() == 2)
        #expect(try remaining() == [])
        #expect(try await ledger.verify(against: published) == .intact(ledger.head()))
        // Later candidates are not covered by earlier deletions.
        let candidate = Candidate(ordinal: 0, rewriter: "semantic", text: "later", isChosen: true)
        try await ledger.commit([LedgerFixture.outcome(9, candidates: [candidate])], spoolLength: 40, of: jobs[0])
        #expect(try await ledger.verify(against: published) == .intact(ledger.head()))
        try ledger.close()
        #expect(try remaining() == [])
    }

    @Test func textsCannotVanishOrReturnUnrecorded() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        let (ledger, jobs) = try await ledgerWithTexts(path)
        _ = try await ledger.deleteTexts(of: jobs[0])
        try ledger.close()
        let (vanished, returned) = (directory.file("v.sqlite"), directory.file("r.sqlite"))
        for copy in [vanished, returned] { try FileManager.default.copyItem(atPath: path, toPath: copy) }
        try LedgerFixture.tamper(vanished) {
            try $0.execute(
                sql: "UPDATE candidates SET text = NULL WHERE job = ? AND idx = 1", arguments: [jobs[1].rawValue])
        }
        try LedgerFixture.tamper(returned) {
            try $0.execute(
                sql: "UPDATE candidates SET text = ? WHERE job = ? AND idx = 1 AND ordinal = 0",
                arguments: [Self.text("a", 1, 0), jobs[0].rawValue])
        }
        for copy in [vanished, returned] {
            guard case .broken(let fault) = try await LedgerFixture.verify(copy) else {
                Issue.record("not found")
                return
            }
            #expect(fault.kind == .deletion)
            #expect(fault.table == "candidates")
            #expect(fault.index == 1)
        }
    }

    @Test func theExportIsStable() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        let head = try await LedgerFixture.sample(at: path)
        let ledger = try JobLedger(path: path, key: LedgerFixture.key(), mode: .readOnly)
        let plain = try await lines(ledger, includeTexts: false)
        let full = try await lines(ledger, includeTexts: true)
        #expect(plain.count == Int(head.count) + 1)
        #expect(!plain.contains { $0.contains(LedgerFixture.secretText) })
        #expect(full.filter { $0.contains("\"text\":\"\(LedgerFixture.secretText) ") }.count == 2)
        #expect(plain[0].contains(head.description))
        for line in plain + full {
            #expect(throws: Never.self) { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
        #expect(plain[Int(head.count)].contains(head.mac))
        // The ledger's identifier is random, and with it every code.
        let codes = /("(?:mac|ledger|head)":")[^"]*"/
        let masked = plain.map { $0.replacing(codes) { "\($0.output.1)*\"" } }.joined()
        #expect(masked == Self.golden)
    }

    private func lines(_ ledger: JobLedger, includeTexts: Bool) async throws -> [String] {
        let collector = Collector()
        try await ledger.export(includeTexts: includeTexts) {
            collector.lines.append(String(decoding: $0, as: UTF8.self))
        }
        return collector.lines
    }

    /// Filled on the ledger's queue only, read after the call.
    private final class Collector: @unchecked Sendable {
        var lines: [String] = []
    }

    private static let golden = #"""
        {"type":"ledger","version":1,"ledger":"*","key_id":"a65cde1ea0aeb4aa","head":"*"}
        {"type":"jobs","seq":1,"input":"in.jsonl","output":"out.jsonl","parameters":{"input":"in.jsonl","keep_candidates":true,"output":"out.jsonl","settings":{"epoch":"1","key_ids":"0123456789abcdef","lexicon":"ab","prompt semantic":"cf07194ee232eb531e15f690000d19846dea69cf05504782658afcfacb9228a2","rewriter":"semantic,lexical","seed":"7","tenant":"acme","watermark":"lexical"}},"parameters_digest":"d4f185aad585b8de3063a918146371cd7c7b4c968e161b65feae561654fdcf36","created":"2023-11-14T22:13:20.000Z","mac":"*"}
        {"type":"attempts","seq":2,"job":1,"idx":0,"attempt":1,"rewriter":"semantic","started":"2023-11-14T22:13:20.000Z","mac":"*"}
        {"type":"attempts","seq":3,"job":1,"idx":1,"attempt":1,"rewriter":"semantic","started":"2023-11-14T22:13:20.000Z","mac":"*"}
        {"type":"attempts","seq":4,"job":1,"idx":2,"attempt":1,"rewriter":"semantic","started":"2023-11-14T22:13:20.000Z","mac":"*"}
        {"type":"attempt_results","seq":5,"job":1,"idx":0,"attempt":1,"finished":"2023-11-14T22:13:20.000Z","outcome":"accepted","prompt_tokens":0,"completion_tokens":0,"mac":"*"}
        {"type":"candidates","seq":6,"job":1,"idx":0,"ordinal":0,"rewriter":"semantic","gate":"passed","chosen":true,"text_digest":"abc539685d0f832f1026b3c4ce4d1cd201a7490a7652564c5477e218d5488dbd","mac":"*"}
        {"type":"methods","seq":7,"rewriter":"semantic","prompt_digest":"cf07194ee232eb531e15f690000d19846dea69cf05504782658afcfacb9228a2","key_ids":"0123456789abcdef","mac":"*"}
        {"type":"traces","seq":8,"job":1,"idx":0,"round":0,"state":"rewritten","reason":null,"input_digest":"d76f36ed5f851e3d704778cec654530641adf8b0ee3c15c1a6802ba5688b9d69","output_digest":"799b6261bc8f8532aa9793379424142e5ab22e2720017faf116cf14959f0a0cf","spool_offset":0,"spool_length":10,"method":7,"attempts":1,"prompt_tokens":3,"completion_tokens":4,"mac":"*"}
        {"type":"commits","seq":9,"job":1,"time":"2023-11-14T22:13:20.000Z","records":1,"spool_length":10,"mac":"*"}
        {"type":"attempt_results","seq":10,"job":1,"idx":1,"attempt":1,"finished":"2023-11-14T22:13:20.000Z","outcome":"accepted","prompt_tokens":0,"completion_tokens":0,"mac":"*"}
        {"type":"candidates","seq":11,"job":1,"idx":1,"ordinal":0,"rewriter":"semantic","gate":"passed","chosen":true,"text_digest":"36c7805168ddd54f41054de3d19bd2f9ca3bb0d73c3416dc1094b1144a9054c6","mac":"*"}
        {"type":"traces","seq":12,"job":1,"idx":1,"round":0,"state":"failed","reason":"reason","input_digest":"99d3a91e7e87eb4997107275226155498555e34322ffebe829e79cb7daeca5b9","output_digest":"65dc68cb17e842dc89122cf636d5b04f2ced39011bc5886ba0a026da073194c5","spool_offset":10,"spool_length":10,"method":7,"attempts":1,"prompt_tokens":3,"completion_tokens":4,"mac":"*"}
        {"type":"commits","seq":13,"job":1,"time":"2023-11-14T22:13:20.000Z","records":1,"spool_length":20,"mac":"*"}
        {"type":"events","seq":14,"job":1,"kind":"reopened","time":"2023-11-14T22:13:20.000Z","first_idx":null,"last_idx":null,"count":1,"spool_length":20,"digest":null,"mac":"*"}
        {"type":"events","seq":15,"job":1,"kind":"completed","time":"2023-11-14T22:13:20.000Z","first_idx":null,"last_idx":null,"count":1,"spool_length":20,"digest":"5ef5ef0364b6939c4ca61f34b393f7b368d1be8619647aaf83d5b395919ab629","mac":"*"}

        """#
}
