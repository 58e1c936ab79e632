import Foundation
import Testing

@testable import Auditing

@Suite struct AuditReportTests {
    private static let conclusions: [AuditReport.Conclusion] = [.trained, .noEvidence, .inconclusive]

    @Test(arguments: conclusions) func jsonReadsBack(conclusion: AuditReport.Conclusion) throws {
        let report = SampleReport.make(conclusion)
        let json = try report.json()
        #expect(try AuditReport(json: json) == report)
        #expect(try report.json() == json)
        #expect(json.last == UInt8(ascii: "\n"))
    }

    @Test func membersAreNamedAsDocumented() throws {
        let json = try SampleReport.make(.trained, tenants: 18).json()
        let top = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        #expect(top["schema"] as? String == "denature-audit-report/1")
        #expect(top["conclusion"] as? String == "trained on marked outputs")
        #expect(
            top.keys.sorted() == [
                "alpha", "attributed_tenants", "conclusion", "date", "digests", "effort", "family_size", "keys",
                "level",
                "program", "remarks", "round", "schema", "suspect", "tests", "title",
            ])
        let tests = try #require(top["tests"] as? [[String: Any]])
        let results = try #require(tests[0]["results"] as? [[String: Any]])
        #expect(
            results[17].keys.sorted() == [
                "decoys", "disagrees", "effect", "epoch", "evidence", "is_found", "key_id", "log10_p",
                "log10_p_adjusted",
                "notes", "randomisation_log10_p", "scored", "tenant", "z",
            ])
        #expect(tests[1]["is_exact"] as? Bool == false && tests[1]["planned_effect"] is Double)
        let effort = try #require(top["effort"] as? [String: Any])
        #expect(
            effort.keys.sorted() == [
                "answers", "empty_answers", "queries", "query_budget", "read_texts", "resumptions", "tokens",
            ])
    }

    @Test func numbersThatAreNotFiniteSurvive() throws {
        var report = SampleReport.make(.trained, tenants: 2)
        report.tests[0].results[0].log10P = -.infinity
        report.tests[0].results[1].evidence = [.init(count: 1, log10Evidence: -.infinity)]
        #expect(try AuditReport(json: report.json()) == report)
    }

    @Test func otherSchemasAndOtherFilesAreRefused() throws {
        var other = SampleReport.make(.noEvidence, tenants: 2)
        other.schema = "denature-audit-report/2"
        let json = try other.json()
        #expect(throws: AuditReportError.unknownSchema("denature-audit-report/2")) { try AuditReport(json: json) }
        for text in [
            "", "{", "[]", "null", "{\"schema\":1}", "{\"title\":\"a\"}", "{\"schema\":\"denature-audit-report/1\"}",
        ] {
            let error = #expect(throws: AuditReportError.self) { try AuditReport(json: Data(text.utf8)) }
            guard case .malformed = error else {
                Issue.record("\(text): \(String(describing: error))")
                continue
            }
        }
        let error = #expect(throws: AuditReportError.self) {
            try AuditReport(json: Data("{\"schema\":\"denature-audit-report/1\"}".utf8))
        }
        #expect(error?.description.contains("missing") == true)
    }

    @Test func verdictsSayWhatTheyShow() {
        let found = AuditVerdict.sentence(SampleReport.make(.trained))
        #expect(
            found.contains(
                "“models/suspect-7b” was trained on text that carries the mark of customer “umbrella-labs-3”"))
        #expect(
            found.contains("150 tests") && found.contains("level is 0.005") && found.contains("less than 1 in 10⁹"))
        // With no exact test the approximate figure is quoted, and called so.
        var approximate = SampleReport.make(.trained)
        for index in approximate.tests.indices { approximate.tests[index].isExact = false }
        let doubtful = AuditVerdict.sentence(approximate)
        #expect(doubtful.contains("less than 1 in 10¹⁷") && doubtful.contains("approximate"))
        #expect(!found.contains("approximate"))
        let shows = AuditVerdict.shows(SampleReport.make(.trained)).joined()
        #expect(shows.contains("directly or through someone else"))
        #expect(AuditVerdict.doesNotShow(SampleReport.make(.trained)).joined().contains("intent"))

        let none = AuditVerdict.sentence(SampleReport.make(.noEvidence))
        // Triggers were looked for with less power than green tokens, and that is what counts.
        #expect(none.contains("no mark of any tested key") && none.contains("90\u{A0}%") && none.contains("150 tests"))
        #expect(
            AuditVerdict.doesNotShow(SampleReport.make(.noEvidence)).joined().contains("does not show that no marked"))

        let open = AuditVerdict.sentence(SampleReport.make(.inconclusive))
        #expect(open.contains("too little") && open.contains("10\u{A0}%"))
        #expect(
            AuditVerdict.shows(SampleReport.make(.inconclusive)).joined().contains("would need about 64,000 contexts"))
    }
}
