import Foundation
import ReportPages
import TestSupport
import Testing

@testable import Auditing

@Suite struct AuditHTMLTests {
    private static let conclusions: [AuditReport.Conclusion] = [.trained, .noEvidence, .inconclusive]

    @Test(arguments: conclusions) func aPageStandsAlone(conclusion: AuditReport.Conclusion) throws {
        let report = SampleReport.make(conclusion)
        let page = AuditHTML.page(report)
        #expect(page == AuditHTML.page(report))
        // To look at: DENATURE_SAMPLE_PAGES=folder swift test --filter aPageStandsAlone
        if let folder = ProcessInfo.processInfo.environment["DENATURE_SAMPLE_PAGES"] {
            let name = conclusion.rawValue.replacing(" ", with: "-")
            try page.write(toFile: "\(folder)/\(name).html", atomically: true, encoding: .utf8)
        }
        #expect(page.hasPrefix("<!doctype html>\n<html lang=\"en\">"))
        #expect(page.contains(ReportText.escape(AuditVerdict.sentence(report))))
        for word in ["<script", "http:", "https:", "<link", "<img", "@import", "url(", " on", "NaN", "inf"] {
            let tags = page.split(separator: "<").compactMap { $0.split(separator: ">").first }
            if word == " on" {
                #expect(!tags.contains { $0.contains(" onload") || $0.contains(" onclick") })
            } else if word == "NaN" || word == "inf" {
                #expect(!tags.contains { $0.contains("\"\(word)") || $0.contains(",\(word)") })
            } else {
                #expect(!page.contains(word), "\(word)")
            }
        }
        // The verdict comes before anything else that is said.
        let verdict = try #require(page.range(of: "id=\"verdict\""))
        let tested = try #require(page.range(of: "id=\"tested\""))
        #expect(verdict.lowerBound < tested.lowerBound)
        let ids = page.split(separator: " id=\"").dropFirst().compactMap { $0.split(separator: "\"").first }
        #expect(Set(ids).count == ids.count)
    }

    /// Every element that is opened is closed, in order.
    @Test(arguments: conclusions) func elementsNest(conclusion: AuditReport.Conclusion) {
        let page = AuditHTML.page(SampleReport.make(conclusion))
        #expect(MarkupNesting.fault(in: page) == nil)
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='x", "</title></style><b>",
        "a&b&lt;", "\u{202E}evil\u{2066}", "null\u{0}\u{1B}[31m", "]]>", "<!--", "&#60;script&#62;",
    ])
    func hostileNamesAreOnlyText(name: String) {
        var report = SampleReport.make(.trained, tenants: 20)
        report.title = name
        report.date = name
        report.program = name
        report.suspect = .init(kind: .endpoint, name: name, digest: name)
        report.attributedTenants = [name]
        report.remarks = [name]
        report.digests = [.init(name: .prompts, sha256: name)]
        for index in report.keys.indices {
            report.keys[index] = .init(
                purpose: .token, tenant: name, epoch: name, keyID: name, commitment: name, opened: name)
        }
        for test in report.tests.indices {
            report.tests[test].id = name
            report.tests[test].summary = name
            report.tests[test].approximation = name
            report.tests[test].effectUnit = name
            report.tests[test].unit = name
            for index in report.tests[test].results.indices {
                report.tests[test].results[index].tenant = name
                report.tests[test].results[index].epoch = name
                report.tests[test].results[index].notes = [name]
            }
        }
        let page = AuditHTML.page(report)
        #expect(page.contains(ReportText.escape(name)))
        #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("<!--") && !page.contains("<b>"))
        // One title of the page and one of each plot.
        #expect(page.components(separatedBy: "</title>").count == page.components(separatedBy: "<svg").count + 1)
        #expect(!page.unicodeScalars.contains { $0 == "\u{202E}" || $0 == "\u{0}" || $0 == "\u{1B}" })
        #expect(page.components(separatedBy: "</style>").count == 2)
    }

    /// Numbers in coordinates are finite whatever the data.
    private func expectDrawable(_ svg: String, _ what: String) {
        for word in ["nan", "inf", "NaN", "e+"] {
            let attributes = svg.split(separator: "\"").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
            for value in attributes where value.first?.isNumber == true || value.first == "-" {
                #expect(!value.contains(word), "\(what): \(value)")
            }
            #expect(!attributes.contains { $0 == word || $0.hasPrefix("-" + word) }, "\(what)")
        }
    }

    @Test(arguments: [-.infinity, .infinity, .nan, 0, -1e308, 1e308, -5000, .leastNonzeroMagnitude] as [Double])
    func plotsOfAnyNumberAreDrawn(value: Double) {
        var report = SampleReport.make(.trained, tenants: 3)
        for test in report.tests.indices {
            report.tests[test].power = value
            report.tests[test].plannedEffect = value
            for index in report.tests[test].results.indices {
                report.tests[test].results[index].log10P = value
                report.tests[test].results[index].log10PAdjusted = value
                report.tests[test].results[index].effect = value
                report.tests[test].results[index].z = value
                report.tests[test].results[index].interval = [value, value]
                report.tests[test].results[index].isFound = index == 1
                report.tests[test].results[index].evidence = [
                    .init(count: 0, log10Evidence: value), .init(count: Int.max, log10Evidence: value),
                    .init(count: -3, log10Evidence: 2),
                ]
                report.tests[test].results[index].decoys = .init(start: value, width: 1, counts: [3, 1], real: 0)
            }
        }
        expectDrawable(AuditHTML.page(report), "\(value)")
        for histogram in [
            AuditReport.Histogram(start: 0, width: value, counts: [1, 2], real: 1),
            .init(start: 0, width: 1, counts: [1, 2], real: value),
            .init(start: value, width: value, counts: [1], real: value),
        ] {
            let result = AuditReport.Result(
                tenant: "a", epoch: "1", keyID: "k", scored: 1, log10P: value, effect: 0, decoys: histogram)
            expectDrawable(AuditPlot.histogram(result, id: "h"), "\(histogram)")
        }
        report.level = value
        report.alpha = value
        report.familySize = 0
        expectDrawable(AuditHTML.page(report), "level \(value)")
    }

    @Test func plotsOfNothingAreLeftOut() {
        var result = AuditReport.Result(tenant: "a", epoch: "1", keyID: "k", scored: 0, log10P: 0, effect: 0)
        #expect(AuditPlot.histogram(result, id: "h").isEmpty)
        for counts in [[], [0], [0, 0]] {
            result.decoys = .init(start: 0, width: 1, counts: counts, real: 0)
            #expect(AuditPlot.histogram(result, id: "h").isEmpty)
        }
        var test = SampleReport.make(.noEvidence, tenants: 2).tests[2]
        test.results[0].evidence = []
        test.results[1].evidence = nil
        #expect(AuditPlot.evidence(test, family: 2, level: 0.01, id: "e").isEmpty)
        test.results = []
        #expect(AuditPlot.adjusted(test, level: 0.01, id: "p").isEmpty)
        var report = SampleReport.make(.noEvidence, tenants: 1)
        report.tests = [test]
        report.keys = []
        report.digests = []
        report.remarks = []
        #expect(AuditHTML.page(report).contains("0 pairs"))
        report.tests = []
        #expect(AuditHTML.page(report).contains("</html>"))
    }

    @Test func oneBinOfOneValueIsDrawn() {
        let result = AuditReport.Result(
            tenant: "a", epoch: "1", keyID: "k", scored: 1, log10P: 0, effect: 0,
            decoys: .init(start: 2, width: 0, counts: [99], real: 2))
        let svg = AuditPlot.histogram(result, id: "h")
        #expect(svg.contains("<rect") && svg.contains("real key"))
        expectDrawable(svg, "one bin")
    }

    @Test func aRealKeyFarAwayIsNamedAtTheBorder() {
        let result = AuditReport.Result(
            tenant: "a", epoch: "1", keyID: "k", scored: 1, log10P: -500, effect: 0,
            decoys: .init(start: -4, width: 0.25, counts: [Int](repeating: 9, count: 32), real: 523))
        #expect(AuditPlot.histogram(result, id: "h").contains("real key, at 523"))
    }

    @Test(
        arguments: [
            (0.0, "1"), (-1, "0.1"), (-3, "0.001"), (-4, "1.0\u{A0}×\u{A0}10⁻⁴"), (-13.5, "3.2\u{A0}×\u{A0}10⁻¹⁴"),
            (-4.00001, "1.0\u{A0}×\u{A0}10⁻⁴"),
            (-5000.25, "5.6\u{A0}×\u{A0}10⁻⁵⁰⁰¹"), (2, "1"), (-.infinity, "0"), (.nan, "–"),
        ] as [(Double, String)])
    func probabilitiesAreShown(log10: Double, text: String) {
        #expect(ReportText.probability(log10: log10) == text)
    }

    @Test(
        arguments: [
            (-13.5, "less than 1 in 10¹³"), (-2.31, "no more than 1 in 200"), (-1, "no more than 1 in 10"),
            (-3.7, "no more than 1 in 5,000"),
        ] as [(Double, String)])
    func oddsAreNotOverstated(log10: Double, text: String) {
        #expect(ReportText.odds(log10: log10) == text)
    }

    @Test func countsAndListsAreShown() {
        #expect(ReportText.count(1_234_567) == "1,234,567")
        #expect(ReportText.count(-1234) == "−1,234")
        #expect(ReportText.count(Int.min).hasPrefix("−9,223"))
        #expect(ReportText.count(1, "pairs") == "1 pair")
        #expect(ReportText.list(["a"]) == "“a”")
        #expect(ReportText.list(["a", "b", "c"]) == "“a”, “b” and “c”")
        #expect(ReportText.list((0..<9).map(String.init)) == "“0”, “1”, “2”, “3”, “4” and 4 others")
        #expect(ReportText.percent(0.9999) == "more than 99\u{A0}%")
        #expect(ReportText.percent(0) == "0\u{A0}%")
    }
}
