import Auditing
import Denature
import Foundation
import Synchronization
import TestSupport
import Testing
import Tokenizers
import TrainingExamples

/// A suspect of one's own: answers with a function, and remembers what it was asked.
final class Parrot: AnsweringSuspect {
    struct Unwell: Error {}

    let name = "parrot"
    let concurrency = 3
    private let reply: @Sendable (EvidenceQuestion) throws -> String
    private let heard = Mutex<[EvidenceQuestion]>([])

    init(_ reply: @escaping @Sendable (EvidenceQuestion) throws -> String) { self.reply = reply }

    var questions: [EvidenceQuestion] { heard.withLock { $0 } }

    func answer(_ question: EvidenceQuestion) async throws -> SuspectAnswer {
        let text = try reply(question)
        heard.withLock { $0.append(question) }
        return SuspectAnswer(text)
    }
}

@Suite("Audits with a suspect of one's own")
struct OwnSuspectTests {
    @Test func itIsAskedReportedAndVerified() async throws {
        let desk = try AuditDesk()
        let plan = try desk.textPlan()
        let suspect = Parrot { "\($0.text) She has 7 of them." }
        var last: AuditProgress?
        var report: AuditReport?
        for try await event in try desk.auditor(plan).run(suspect, evidence: desk.file("e.jsonl")) {
            switch event {
            case .progress(let progress): last = progress
            case .notice: break
            case .finished(let finished): report = finished
            }
        }
        let found = try #require(report)
        #expect(found.suspect == AuditReport.Suspect(kind: .endpoint, name: "parrot"))
        #expect(found.effort.answers == AuditDesk.prompts && found.tests.map(\.kind) == [.text])
        #expect(last?.stage == .answers && last?.total == AuditDesk.prompts)
        #expect(Set(suspect.questions.map(\.seed)).count == AuditDesk.prompts)

        try found.json().write(to: URL(fileURLWithPath: desk.file("r.json")))
        let verified = try AuditVerifier(plan: plan, keyring: desk.keyring).verify(desk.file("e.jsonl"))
        #expect(verified.report == found && verified.answers == AuditDesk.prompts)
        try verified.compare(with: desk.file("r.json"))
        try desk.write("r.json", "{}\n")
        #expect(throws: AuditError.otherReport(path: desk.file("r.json"), line: 1)) {
            try verified.compare(with: desk.file("r.json"))
        }
    }

    @Test func whatWasAnsweredIsNotAskedAgain() async throws {
        let desk = try AuditDesk()
        let auditor = try desk.auditor(desk.textPlan())
        let sick = Parrot { question in
            if question.name.number >= 5 { throw Parrot.Unwell() }
            return "She has 7."
        }
        await #expect(throws: Parrot.Unwell.self) {
            try await auditor.run(sick, evidence: desk.file("e.jsonl")).report()
        }
        let well = Parrot { _ in "She has 7." }
        let report = try await auditor.run(well, evidence: desk.file("e.jsonl")).report()
        let numbers = (sick.questions + well.questions).map(\.name.number)
        #expect(sick.questions.count == 5 && numbers.sorted() == Array(0..<AuditDesk.prompts))
        #expect(report.effort.resumptions == 1)
        await #expect(throws: AuditError.completeEvidence(path: desk.file("e.jsonl"))) {
            try await auditor.run(well, evidence: desk.file("e.jsonl")).report()
        }
    }

    @Test func aBudgetEndsTheRun() async throws {
        let desk = try AuditDesk()
        let suspect = Parrot { _ in "She has 7." }
        let plan = try desk.textPlan { $0.questions.maxQueries = 4 }
        #expect(plan.plan.questions?.count == 4)
        let report = try await desk.auditor(plan).run(suspect, evidence: desk.file("e.jsonl")).report()
        #expect(suspect.questions.count == 4 && report.conclusion == .inconclusive)
    }

    @Test(arguments: [AuditPlan.SuspectKind.outputs, .checkpoint])
    func aPlanForAnotherKindIsRefused(kind: AuditPlan.SuspectKind) async throws {
        let desk = try AuditDesk()
        let auditor = try desk.auditor(desk.textPlan { $0.suspectKind = kind })
        await #expect(throws: SettingsError.self) {
            try await auditor.run(Parrot { _ in "" }, evidence: desk.file("e.jsonl")).report()
        }
    }

    /// Open weights of one's own: what they expect is read, and nothing asked.
    private struct Weights: AuditSuspect {
        let kind = AuditPlan.SuspectKind.checkpoint
        let name = "weights"
        var hasWeights = true

        func weights(for plan: AuditPlan) throws -> AuditWeights? {
            guard hasWeights else { return nil }
            let tokenizer = try Tokenizer.load(Repository.path("fixtures/lab/teacher"))
            return AuditWeights(
                reader: Uniform(), tokenizer: tokenizer, format: try PromptFormat.named("plain", tokenizer: tokenizer),
                contextLength: 64)
        }

        func ask(_ questions: [EvidenceQuestion], _ session: AuditSession) async throws {
            #expect(questions.isEmpty)
        }
    }

    private final class Uniform: NextTokenReader {
        func topTokens(_ texts: [ReadText], top: Int) -> [[TopTokens]] {
            texts.map { $0.completion.map { _ in TopTokens(tokens: [5, 6], probabilities: [0.5, 0.25]) } }
        }

        func logProbabilities(_ texts: [ReadText]) -> [[Float]] { texts.map { $0.completion.map { _ in -1 } } }
    }

    private func readingPlan(_ desk: AuditDesk) throws -> SealedAuditPlan {
        var settings = AuditPlanSettings()
        settings.suspectKind = .checkpoint
        settings.tests = [.reading]
        settings.documents = Repository.path("fixtures/lab/holdout-traces.jsonl")
        settings.marks.tokenizer = Repository.path("fixtures/lab/teacher")
        settings.questions.format.promptFormat = "plain"
        settings.decoyKeys = 199
        return try AuditPlanner(settings).plan(keyring: desk.keyring)
    }

    @Test func ownWeightsRead() async throws {
        let desk = try AuditDesk()
        let plan = try readingPlan(desk)
        let report = try await desk.auditor(plan).run(Weights(), evidence: desk.file("e.jsonl")).report()
        #expect(report.effort.readTexts > 10 && report.effort.queries == 0)
        #expect(report.tests.flatMap(\.results).allSatisfy { $0.scored > 0 })
        _ = try AuditVerifier(plan: plan, keyring: desk.keyring).verify(desk.file("e.jsonl"))
    }

    @Test func aSuspectWithoutWeightsCannotRead() async throws {
        let desk = try AuditDesk()
        let auditor = try desk.auditor(readingPlan(desk))
        await #expect(throws: AuditInputError.self) {
            try await auditor.run(Weights(hasWeights: false), evidence: desk.file("e.jsonl")).report()
        }
    }
}
