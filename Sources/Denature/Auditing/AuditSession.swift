import Auditing
import Synchronization

/// What a run hears from its suspect: every question before it is sent, and every answer. All of it is in the evidence when a
/// call returns. Safe to use from several tasks.
public final class AuditSession: Sendable {
    /// The plan's requests are all sent. A suspect lets it pass on: the run then ends with what there is.
    public struct BudgetSpent: Error {
        /// For suspects that keep an account of their own.
        public init() {}
    }

    /// The plan.
    public let plan: AuditPlan
    let writer: EvidenceWriter
    let marks: AuditMarkTokens?
    private let reporter: JobReporter<AuditProgress>
    private let state: Mutex<State>

    private struct State {
        var sent: Int
        var questions: [QuestionName: EvidenceQuestion]
        var answers: [QuestionName: EvidenceAnswer]
    }

    init(
        plan: AuditPlan, writer: EvidenceWriter, marks: AuditMarkTokens?, reporter: JobReporter<AuditProgress>
    ) {
        self.plan = plan
        self.writer = writer
        self.marks = marks
        self.reporter = reporter
        let earlier = writer.earlier
        state = Mutex(
            State(sent: earlier?.sent ?? 0, questions: earlier?.questions ?? [:], answers: earlier?.answers ?? [:]))
    }

    // MARK: For suspects

    /// Records that a question is about to be sent: each time, where it is sent again.
    ///
    /// - Parameter question: The question.
    /// - Throws: ``BudgetSpent``; `AuditError` where the evidence cannot be written.
    public func willSend(_ question: EvidenceQuestion) throws {
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
    /// - Parameters:
    ///   - answer: What the suspect wrote.
    ///   - name: The question that it answers.
    /// - Throws: `AuditError` where the evidence cannot be written.
    public func deliver(_ answer: SuspectAnswer, to name: QuestionName) throws {
        let answer = EvidenceAnswer(
            name: name, text: answer.text,
            tokens: name.kind == .output ? answer.tokens ?? marks?.tokens(answer.text) ?? [] : [], finish: answer.end)
        try writer.append(.answer(answer))
        let count = state.withLock { state in
            state.answers[name] = answer
            return state.answers.count
        }
        progress(.answers, count, of: (plan.questions?.count ?? 0) + (plan.trigger?.count ?? 0))
    }

    /// Does something with every question, several at a time. After the first failure nothing is begun; what is under way is
    /// waited for, so that it need not be asked again.
    ///
    /// - Parameters:
    ///   - questions: The questions.
    ///   - concurrency: How many at a time.
    ///   - body: What is done with each.
    /// - Throws: The first failure; `CancellationError` where the run was interrupted.
    public func forEach(
        _ questions: [EvidenceQuestion], concurrency: Int,
        _ body: @escaping @Sendable (EvidenceQuestion) async throws -> Void
    ) async throws {
        var rest = questions[...]
        var failure: (any Error)?
        await withTaskGroup(of: (any Error)?.self) { group in
            func start() {
                guard failure == nil, !Task.isCancelled, let question = rest.popFirst() else { return }
                group.addTask {
                    do {
                        try await body(question)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            for _ in 0..<max(1, concurrency) { start() }
            while let error = await group.next() {
                if let error { failure = failure ?? error }
                start()
            }
        }
        if let failure { throw failure }
        try Task.checkCancellation()
    }

    // MARK: For the run

    /// The ordinary question with this number.
    func question(_ number: Int, prompts: [String]) throws -> EvidenceQuestion {
        let name = QuestionName(.output, number)
        let text = prompts[number % prompts.count]
        return EvidenceQuestion(
            name: name, text: text, tokens: try marks?.prompt(text) ?? [], seed: plan.seed(of: name))
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

    func progress(_ stage: AuditProgress.Stage, _ count: Int, of total: Int) {
        reporter.progress(AuditProgress(stage: stage, count: count, total: total))
    }
}
