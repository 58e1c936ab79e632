import Foundation
import KeyedPRF
import TestSupport
import Testing

@testable import Auditing

@Suite struct AuditAnalysisTests {
    @Test func aStudentOfMarkedOutputsIsFoundWithItsTenant() throws {
        let fixture = try AuditFixture()
        try fixture.write(
            outputs: SimulatedOutputs.make(count: 60, length: 40, key: fixture.subkey("globex"), seed: 1))
        let report = try fixture.report()
        #expect(report.conclusion == .trained)
        #expect(report.attributedTenants == ["globex"])
        let results = try #require(report.tests.first).results
        #expect(results.map(\.isFound) == [false, true, false])
        #expect(results[1].log10P < -20)
        #expect(results[1].log10PAdjusted >= results[1].log10P)
        #expect(results[1].evidence?.last?.log10Evidence == -results[1].log10P)
        #expect(results[1].evidence?.count == 10)
        let interval = try #require(results[1].interval)
        #expect(interval[0] < results[1].effect && results[1].effect < interval[1])
        #expect(results.allSatisfy { $0.scored == 60 })
        #expect(report.familySize == 3)
    }

    @Test(arguments: [(0.5, AuditReport.Conclusion.noEvidence), (0.01, .inconclusive)])
    func aCleanSuspectIsNotFlagged(effect: Double, expected: AuditReport.Conclusion) throws {
        let fixture = try AuditFixture(tests: [AuditFixture.greenTest(effect: effect)])
        try fixture.write(outputs: SimulatedOutputs.make(count: 60, length: 40, key: nil, seed: 2))
        let report = try fixture.report()
        #expect(report.conclusion == expected)
        #expect(report.attributedTenants.isEmpty)
        let test = try #require(report.tests.first)
        #expect((test.needed != nil) == (expected == .inconclusive))
        #expect((test.power >= 0.8) == (expected == .noEvidence))
    }

    /// The planned power knows the plan and what was scored, never what was observed.
    @Test func powerDoesNotDependOnTheObservedEffect() throws {
        var powers: Set<Double> = []
        for key in [nil, "acme"] {
            let fixture = try AuditFixture(tests: [AuditFixture.greenTest(effect: 0.3)])
            try fixture.write(
                outputs: SimulatedOutputs.make(
                    count: 30, length: 40, key: key.map { try fixture.subkey($0) }, seed: 3))
            powers.insert(try #require(try fixture.report().tests.first).power)
        }
        #expect(powers.count == 1)
    }

    @Test(arguments: [3, 1])
    func anotherWidthFindsNothing(width: Int) throws {
        let fixture = try AuditFixture(tests: [AuditFixture.greenTest(width: width)])
        try fixture.write(
            outputs: SimulatedOutputs.make(count: 60, length: 40, key: fixture.subkey("acme"), width: 2, seed: 4))
        let report = try fixture.report()
        #expect(report.conclusion == .noEvidence)
    }

    @Test func anotherKeyringsMarkFindsNothing() throws {
        let fixture = try AuditFixture()
        let other = try AuditFixture(secret: "another keyring")
        try fixture.write(outputs: SimulatedOutputs.make(count: 60, length: 40, key: other.subkey("acme"), seed: 5))
        #expect(try fixture.report().conclusion == .noEvidence)
    }

    @Test(arguments: [[], [[]], [[1], [2, 3]]] as [[[Int32]]])
    func nothingScoredIsInconclusive(outputs: [[Int32]]) throws {
        let fixture = try AuditFixture()
        try fixture.write(outputs: outputs)
        let report = try fixture.report()
        #expect(report.conclusion == .inconclusive)
        let test = try #require(report.tests.first)
        #expect(test.power == 0 && test.needed != nil)
        #expect(test.results.allSatisfy { $0.scored == 0 && $0.log10P == 0 && $0.log10PAdjusted == 0 })
    }

    /// An answer given over and over is one answer.
    @Test func repetitionIsNoEvidence() throws {
        let fixture = try AuditFixture()
        let once = try SimulatedOutputs.make(count: 5, length: 30, key: fixture.subkey("acme"), seed: 6)
        try fixture.write(outputs: once)
        let first = try #require(try fixture.report().tests.first).results[0].log10P
        let again = try AuditFixture()
        again.plan = fixture.plan
        let writer = try fixture.writer(force: true)
        for (number, tokens) in (once + once + once).enumerated() {
            let name = QuestionName(.output, number)
            try writer.append([
                .question(EvidenceQuestion(name: name, text: "", tokens: [], seed: 0)),
                .answer(EvidenceAnswer(name: name, text: "", tokens: tokens, finish: .collected)),
            ])
        }
        try writer.seal(date: AuditFixture.date, reason: nil)
        #expect(try #require(try fixture.report().tests.first).results[0].log10P == first)
    }

    @Test func theReportIsTheSameEveryTime() throws {
        let fixture = try AuditFixture()
        try fixture.write(outputs: SimulatedOutputs.make(count: 20, length: 40, key: nil, seed: 7))
        let bytes = try fixture.report(threads: 1).json()
        #expect(try fixture.report(threads: 2).json() == bytes)
        #expect(try AuditReport(json: bytes).json() == bytes)
    }

    /// Answers against a reference that knows the distribution but not the key, and against the evidence's order.
    @Test func theReferenceTestFindsTheTenant() throws {
        let fixture = try AuditFixture(
            tests: [AuditFixture.greenTest(.outputsReference)])
        let outputs = try SimulatedOutputs.make(
            count: 80, length: 40, key: fixture.subkey("initech"), vocabulary: 12, seed: 8)
        let writer = try fixture.writer()
        let row = TopTokens(
            tokens: (0..<12).map { $0 }, probabilities: Array(repeating: Float(1) / 12, count: 12))
        // Readings before answers, answers in another order: only their numbers count.
        for (number, tokens) in outputs.enumerated().reversed() {
            let name = QuestionName(.output, number)
            try writer.append([
                .reading(
                    EvidenceReading(
                        reader: .reference, subject: .answer, number: number,
                        rows: PackedRows(Array(repeating: row, count: tokens.count)))),
                .question(EvidenceQuestion(name: name, text: "", tokens: [], seed: 0)),
                .answer(EvidenceAnswer(name: name, text: "", tokens: tokens, finish: .collected)),
            ])
        }
        try writer.seal(date: AuditFixture.date, reason: nil)
        let report = try fixture.report()
        #expect(report.attributedTenants == ["initech"])
        let result = try #require(report.tests.first?.results.last)
        #expect(result.log10P < -6)
        #expect(try #require(result.randomisationLog10P) <= log10(1.0 / 1000))
        #expect(result.decoys?.counts.reduce(0, +) == 1999)
    }

    @Test func aMissingReadingIsAnError() throws {
        let fixture = try AuditFixture(tests: [AuditFixture.greenTest(.outputsReference)])
        try fixture.write(outputs: [[1, 2, 3, 4]])
        #expect(throws: AuditError.self) { try fixture.report() }
    }

    @Test func openedKeysAndEarlyEndsAreRemarked() throws {
        let fixture = try AuditFixture()
        fixture.plan.keys[0].opened = AuditFixture.date
        let writer = try fixture.writer()
        try writer.seal(date: AuditFixture.date, reason: "the budget was spent")
        let remarks = try fixture.report().remarks.joined(separator: "\n")
        #expect(remarks.contains("was opened on \(AuditFixture.date)"))
        #expect(remarks.contains("The run ended early: the budget was spent."))
    }

    @Test func questionsThatWereNotPlannedAreAnError() throws {
        let fixture = try AuditFixture(suspect: .endpoint)
        fixture.plan.questions = .init(
            file: .init(path: "p.jsonl", sha256: ""), prompts: 1, count: 1,
            texts: [AuditPlan.Questions.textDigest("What is 1 + 1?")])
        let name = QuestionName(.output, 0)
        for text in ["What is 1 + 1?", "What is 1 + 2?"] {
            let writer = try fixture.writer(force: true)
            try writer.append(
                .question(EvidenceQuestion(name: name, text: text, tokens: [], seed: fixture.plan.seed(of: name))))
            try writer.append(.answer(EvidenceAnswer(name: name, text: "2", tokens: [9, 9, 9], finish: .stop)))
            try writer.seal(date: AuditFixture.date, reason: nil)
            if text.hasSuffix("1?") {
                #expect(try fixture.report().effort.queries == 1)
            } else {
                #expect(throws: AuditError.self) { try fixture.report() }
            }
        }
    }
}
