import Foundation
import TestSupport
import Testing

@testable import Lab

@Suite struct ExperimentPageTests {
    static func row(
        _ defence: String, _ setting: String, _ attacker: String = "none", teacher: Double?, students: [Double]
    ) -> ExperimentTable.Row {
        let band = MeanEstimate.accuracy(students, problems: 400)
        return ExperimentTable.Row(
            defence: defence, setting: setting, attacker: attacker, teacherAccuracy: teacher,
            generatedTokens: defence == "marked" ? 300 : 31,
            meanTokens: 30.5, meanLogProbability: -0.5 + (teacher ?? 0) / 5, klPerToken: 0.02, klPerTrace: 0.7,
            similarity: 0.9,
            learntTraces: 1500, learntAccuracy: teacher, studentAccuracies: students, studentAccuracy: band?.mean ?? 0,
            studentLow: band?.low ?? 0, studentHigh: band?.high ?? 1, against: "temperature", gap: 0.1, gapLow: 0.02,
            gapHigh: 0.18, gapTeacherAccuracy: teacher, recovered: attacker == "none" ? nil : 0.05,
            auditLog10P: defence == "marked" ? [-8, -3] : nil, auditFound: defence == "marked" ? 2 : nil,
            auditWrong: defence == "marked" ? 0 : nil)
    }

    static func table(_ name: String = "penalty") -> ExperimentTable {
        var rows: [ExperimentTable.Row] = []
        for (setting, teacher, student) in [("0.8", 0.79, 0.6), ("1", 0.65, 0.49), ("1.2", 0.51, 0.4)] {
            rows.append(
                row("temperature", "temperature " + setting, teacher: teacher, students: [student, student + 0.05]))
            rows.append(
                row(name, "strength " + setting, teacher: teacher - 0.02, students: [student - 0.2, student - 0.1]))
        }
        rows.append(row(name, "strength 1", "answer-filter", teacher: 0.63, students: [0.4, 0.45]))
        rows.append(row("marked", "", teacher: 0.65, students: [0.3, 0.31]))
        return ExperimentTable(
            title: "Sample", version: "0", seeds: [1, 2], baseline: "temperature", evaluationProblems: 400, rows: rows)
    }

    @Test func aPageStandsAlone() {
        let page = ExperimentPage.page(Self.table(), note: "A note.")
        #expect(page == ExperimentPage.page(Self.table(), note: "A note."))
        #expect(page.hasPrefix("<!doctype html>\n<html lang=\"en\">"))
        for word in ["<script", "http:", "https:", "<link", "<img", "@import", "url(", "NaN", "nan\"", "inf\""] {
            #expect(!page.contains(word), "\(word)")
        }
        for heading in ["curves", "gaps", "attacks", "audits", "figures", "method"] {
            #expect(page.contains("<h2 id=\"\(heading)\">"))
        }
        let ids = page.split(separator: " id=\"").dropFirst().compactMap { $0.split(separator: "\"").first }
        #expect(Set(ids).count == ids.count)
        #expect(page.components(separatedBy: "<svg viewBox").count - 1 == 4)
        // To look at: DENATURE_SAMPLE_PAGES=folder swift test --filter aPageStandsAlone
        if let folder = ProcessInfo.processInfo.environment["DENATURE_SAMPLE_PAGES"] {
            try? page.write(toFile: "\(folder)/experiment.html", atomically: true, encoding: .utf8)
        }
    }

    /// Every element that is opened is closed, in order; names that look like markup are only text.
    @Test(arguments: ["penalty", "<script>alert(1)</script>", "\"><b>", "a&b", "</style>"])
    func elementsNest(name: String) {
        let page = ExperimentPage.page(Self.table(name), note: name)
        #expect(MarkupNesting.fault(in: page) == nil)
        #expect(!page.contains("<script"))
    }

    @Test func aTableWithOneRowHasAPage() {
        var table = Self.table()
        table.rows = [Self.row("only", "", teacher: nil, students: [0.5])]
        table.rows[0].meanLogProbability = nil
        let page = ExperimentPage.page(table)
        #expect(!page.contains("nan") && page.contains("only"))
    }

    @Test func theTableIsWrittenInBothForms() throws {
        var table = Self.table("with, \"quotes\"")
        table.rows[0].klPerToken = nil
        let lines = table.csv().split(separator: "\n")
        #expect(lines.count == table.rows.count + 1)
        #expect(lines[0].hasPrefix("defence,setting,attacker,teacher_accuracy,student_accuracy,"))
        #expect(lines[2].hasPrefix("\"with, \"\"quotes\"\"\",strength 0.8,none,0.77,"))
        let read = try JSONDecoder().decode(ExperimentTable.self, from: Data(table.json().utf8))
        #expect(read == table)
        #expect(table.json() == read.json())
    }
}
