import Auditing
import Foundation
import Synchronization
import Tokenizers
import TrainingExamples

/// What suspects share while they are asked: evidence, budget, the marks' tokenizer, progress.
final class AuditSession: Sendable {
    /// The budget of requests is spent.
    struct BudgetSpent: Error {}

    let plan: AuditPlan
    let writer: EvidenceWriter
    let marks: AuditMarkTokens?
    private let progress: CountProgress?
    private let state: Mutex<State>

    private struct State {
        var sent: Int
        var questions: [QuestionName: EvidenceQuestion]
        var answers: [QuestionName: EvidenceAnswer]
    }

    init(plan: AuditPlan, writer: EvidenceWriter, marks: AuditMarkTokens?, progress: CountProgress?) {
        self.plan = plan
        self.writer = writer
        self.marks = marks
        self.progress = progress
        let earlier = writer.earlier
        state = Mutex(
            State(sent: earlier?.sent ?? 0, questions: earlier?.questions ?? [:], answers: earlier?.answers ?? [:]))
    }

    /// The question with this number.
    func question(_ number: Int, prompts: [String]) -> EvidenceQuestion {
        let name = QuestionName(.output, number)
        let text = prompts[number % prompts.count]
        return EvidenceQuestion(name: name, text: text, tokens: marks?.prompt(text) ?? [], seed: plan.seed(of: name))
    }

    /// Records that a question is about to be sent.
    ///
    /// - Throws: ``BudgetSpent``, or what writing throws.
    func willSend(_ question: EvidenceQuestion) throws {
        let isAllowed = state.withLock { state in
            guard state.sent < plan.maxQueries else { return false }
            state.sent += 1
            state.questions[question.name] = question
            return true
        }
        guard isAllowed else { throw BudgetSpent() }
        try writer.append(.question(question))
    }

    /// Records an answer.
    ///
    /// - Parameter tokens: Its ids in the marks' tokenizer, where the suspect writes them itself.
    func deliver(_ name: QuestionName, text: String, tokens: [Int32]? = nil, finish: String) throws {
        let answer = EvidenceAnswer(
            name: name, text: text, tokens: name.kind == .output ? tokens ?? marks?.tokens(text) ?? [] : [],
            finish: finish)
        try writer.append(.answer(answer))
        let count = state.withLock { state in
            state.answers[name] = answer
            return state.answers.count
        }
        progress?.update(count, of: (plan.questions?.count ?? 0) + (plan.trigger?.count ?? 0), "answers")
    }

    /// Records outputs that were collected before.
    func collect(_ pairs: [(EvidenceQuestion, EvidenceAnswer)]) throws {
        try writer.append(pairs.flatMap { [.question($0), .answer($1)] })
        state.withLock { state in
            for (question, answer) in pairs {
                state.questions[question.name] = question
                state.answers[answer.name] = answer
            }
        }
    }

    func answer(to name: QuestionName) -> EvidenceAnswer? { state.withLock { $0.answers[name] } }

    /// The ordinary answers so far with their questions, by number.
    var outputs: [(EvidenceQuestion, EvidenceAnswer)] {
        state.withLock { state in
            state.answers.values.filter { $0.name.kind == .output }.sorted { $0.name < $1.name }
                .compactMap { answer in state.questions[answer.name].map { ($0, answer) } }
        }
    }
}

/// Something that can be asked.
protocol AuditSuspect: Sendable {
    /// Asks questions and delivers their answers to the session, in any order.
    func ask(_ questions: [EvidenceQuestion], session: AuditSession) async throws
}

/// The tokenizer in whose ids marks are made, with the form of prompts.
struct AuditMarkTokens: Sendable {
    let tokenizer: Tokenizer
    let format: PromptFormat

    init(path: String, sampling: AuditPlan.Sampling) throws {
        tokenizer = try Tokenizer.load(path)
        format = try PromptFormat.named(sampling.promptFormat, tokenizer: tokenizer, separator: sampling.separator)
    }

    func tokens(_ text: String) -> [Int32] {
        tokenizer.encode(text, addSpecialTokens: false, specialTokens: .text)
    }

    func prompt(_ text: String) -> [Int32] { format.prompt(text, tokenizer: tokenizer) }
}
