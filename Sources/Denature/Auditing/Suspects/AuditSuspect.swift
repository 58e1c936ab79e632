import Auditing

/// Something under suspicion, as an ``Auditor`` meets it.
///
/// A suspect that answers one question at a time is an ``AnsweringSuspect``: it needs a name and a function. This protocol is
/// for those that answer many at once, keep an account of their own attempts, or have weights.
public protocol AuditSuspect: Sendable {
    /// Whether its weights, an endpoint, or only outputs of it are at hand; it must be what the plan was made for.
    var kind: AuditPlan.SuspectKind { get }
    /// How evidence and report call it; no secret.
    var name: String { get }

    /// SHA-256 of what it consists of, in hexadecimal; nil where that cannot be said. A run that goes on with evidence finds
    /// the same digest.
    ///
    /// - Throws: What prevents computing it.
    func digest() throws -> String?

    /// Called once in a run, when the evidence is open and nothing was asked.
    ///
    /// - Parameter session: Takes what is asked and answered.
    /// - Throws: What makes the run end.
    func prepare(_ session: AuditSession) async throws

    /// Its weights, where it can read texts; nil where it only writes.
    ///
    /// - Parameter plan: The plan; it says how problems are put to models.
    /// - Throws: What prevents loading them.
    func weights(for plan: AuditPlan) throws -> AuditWeights?

    /// Asks questions and hands their answers to the session, in any order.
    ///
    /// - Parameters:
    ///   - questions: What was not yet answered.
    ///   - session: Hears of every question before it is sent, and of every answer.
    /// - Throws: What makes the run end; what was answered stays.
    func ask(_ questions: [EvidenceQuestion], _ session: AuditSession) async throws

    /// Called when nothing more is asked or read in this run, however it ended.
    func finish() async
}

extension AuditSuspect {
    /// An endpoint: something that answers.
    public var kind: AuditPlan.SuspectKind { .endpoint }
    /// Nothing.
    ///
    /// - Throws: What the suspect throws.
    public func digest() throws -> String? { nil }
    /// Does nothing.
    ///
    /// - Throws: What the suspect throws.
    public func prepare(_ session: AuditSession) async throws {}
    /// None.
    ///
    /// - Throws: What the suspect throws.
    public func weights(for plan: AuditPlan) throws -> AuditWeights? { nil }
    /// Does nothing.
    public func finish() async {}
}

/// What a suspect wrote.
public struct SuspectAnswer: Hashable, Sendable {
    /// The text; reasoning that came beside the answer stands before it.
    public var text: String
    /// Its ids in the marks' tokenizer, where the suspect wrote ids itself; nil to make them from the text.
    public var tokens: [Int32]?
    /// Why it ended.
    public var end: AnswerEnd

    /// - Parameters:
    ///   - text: The text; reasoning that came beside the answer stands before it.
    ///   - tokens: Its ids in the marks' tokenizer; nil to make them from the text.
    ///   - end: Why it ended.
    public init(_ text: String, tokens: [Int32]? = nil, end: AnswerEnd = .stop) {
        self.text = text
        self.tokens = tokens
        self.end = end
    }
}

/// A suspect of one's own that answers one question at a time.
///
///     struct Student: AnsweringSuspect {
///         let name = "the student of March"
///
///         func answer(_ question: EvidenceQuestion) async throws -> SuspectAnswer {
///             SuspectAnswer(try await model.complete(question.text))
///         }
///     }
public protocol AnsweringSuspect: AuditSuspect {
    /// How many questions it answers at a time.
    var concurrency: Int { get }

    /// Answers a question, drawn as the plan's sampling says and with the question's seed where it can.
    ///
    /// - Parameter question: The question.
    /// - Throws: What makes the run end; it can be gone on with later.
    func answer(_ question: EvidenceQuestion) async throws -> SuspectAnswer
}

extension AnsweringSuspect {
    /// One.
    public var concurrency: Int { 1 }

    /// Asks as many questions at a time as ``concurrency`` says.
    ///
    /// - Throws: What the suspect throws; evidence that was written stays.
    public func ask(_ questions: [EvidenceQuestion], _ session: AuditSession) async throws {
        try await session.forEach(questions, concurrency: concurrency) { question in
            try session.willSend(question)
            try session.deliver(try await answer(question), to: question.name)
        }
    }
}
