import Foundation
import ScriptedServer
import TestSupport
import Testing
import TraceRewriting

@testable import Sanitizing

@Suite struct DocumentTests {
    private static func document(_ count: Int, rewritten: Set<Int> = []) -> [String] {
        let records = (0..<count).map { i in
            "  <record id=\"\(i)\"><problem>How many apples from crate \(1000 + i)?</problem>"
                + "<trace>\(TestTraces.reasoning(i)) &amp; so on.\nFinal Answer: \(TestTraces.answer(i))</trace></record>"
        }
        return ["<?xml version=\"1.0\"?>", "<!-- kept --><transcripts>"] + records + ["</transcripts>"]
    }

    @Test func documentIsWrittenBackWhole() async throws {
        let fixture = try JobFixture(lines: Self.document(20), name: "in.xml")
        let clean = JobFixture.Variation(output: "clean.xml", ledger: nil)
        let summary = try await RewritingServer().serve { try await fixture.run($0, clean) }
        #expect(summary.states == [.rewritten: 20])
        let faults = MixedFaults(seed: 5)
        let disturbed = JobFixture.Variation(output: "out.xml")
        _ = try await RewritingServer { faults.reply($0, $1) }.serve { try await fixture.run($0, disturbed) }
        #expect(try fixture.bytes("out.xml") == fixture.bytes("clean.xml"))
        let text = String(decoding: try fixture.bytes("out.xml"), as: UTF8.self)
        #expect(text.contains("<!-- kept -->"))
        #expect(text.components(separatedBy: "To begin with").count == 21)
        #expect(text.components(separatedBy: "&amp; so on.").count == 21)
    }

    @Test func withheldRecordsAreEmptyUntilTheyAreRetried() async throws {
        let fixture = try JobFixture(lines: Self.document(20), name: "in.xml")
        var variation = JobFixture.Variation(output: "clean.xml", ledger: "clean.sqlite", policy: .fail, attempts: 2)
        let clean = variation
        _ = try await RewritingServer().serve { try await fixture.run($0, clean) }
        variation.output = "out.xml"
        variation.ledger = "job.sqlite"
        let run = variation
        let broken = RewritingServer { record, _ in record % 3 == 1 ? .chat("") : nil }
        let first = try await broken.serve { try await fixture.run($0, run) }
        #expect(first.states == [.rewritten: 13, .failed: 7])
        let text = String(decoding: try fixture.bytes("out.xml"), as: UTF8.self)
        for i in 0..<20 {
            #expect(text.contains("out of crate \(1000 + i).") == (i % 3 != 1), "nothing of a failed trace leaves")
        }
        variation.retryFailed = true
        let retry = variation
        let better = RewritingServer { record, _ in record % 6 == 1 ? .chat("") : nil }
        #expect(try await better.serve { try await fixture.run($0, retry) }.isIncomplete)
        let last = try await RewritingServer().serve { try await fixture.run($0, retry) }
        #expect(last.states == [.rewritten: 20])
        #expect(try fixture.bytes("out.xml") == fixture.bytes("clean.xml"))
        #expect(try await fixture.isIntact())
    }
}
