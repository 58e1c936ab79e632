import Marks

/// What evidence holds, in the order that the plan commits to, found to be what the plan asks for.
struct AuditMaterial {
    /// An ordinary answer.
    struct Answer {
        var number: Int
        var document: TokenDocument
        var text: String
        var isEmpty: Bool
        var finish: AnswerEnd
    }

    /// A text that was read.
    struct Text {
        var number: Int
        var document: TokenDocument
    }

    /// Ordinary answers, by their questions' numbers.
    private(set) var answers: [Answer] = []
    /// Texts, by number.
    private(set) var texts: [Text] = []
    /// Traces with their candidates, by number.
    private(set) var candidates: [EvidenceCandidates] = []
    /// The prompts that trigger queries are put in.
    private(set) var problems: [String] = []
    private var readings: [Place: [TopTokens]] = [:]
    private let path: String

    private struct Place: Hashable {
        var reader: EvidenceReading.Reader
        var subject: EvidenceReading.Subject
        var number: Int
    }

    /// - Throws: ``AuditError/inconsistentEvidence(path:reason:)``.
    init(plan: AuditPlan, evidence: AuditEvidence) throws(AuditError) {
        path = evidence.path
        for (name, answer) in evidence.answers.sorted(by: { $0.key < $1.key }) where name.kind == .output {
            guard let question = evidence.questions[name] else {
                throw .inconsistentEvidence(path: path, reason: "answer \(name.number) has no question")
            }
            if plan.suspect != .outputs { try Self.check(question, plan, path) }
            answers.append(
                Answer(
                    number: name.number, document: TokenDocument(tokens: answer.tokens, prompt: question.tokens),
                    text: answer.text, isEmpty: answer.isEmpty, finish: answer.finish))
        }
        for entry in evidence.entries {
            switch entry {
            case .document(let text):
                texts.append(
                    Text(number: text.number, document: TokenDocument(tokens: text.tokens, prompt: text.prompt)))
            case .reading(let reading):
                readings[Place(reader: reading.reader, subject: reading.subject, number: reading.number)] =
                    reading.rows.rows
            case .problems(let list): problems = list.texts
            case .candidates(let trace): candidates.append(trace)
            default: break
            }
        }
        texts = Dictionary(texts.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first }).values
            .sorted { $0.number < $1.number }
        candidates = Dictionary(candidates.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first }).values
            .sorted { $0.number < $1.number }
    }

    /// Whether a question is the one that the plan commits to.
    private static func check(_ question: EvidenceQuestion, _ plan: AuditPlan, _ path: String) throws(AuditError) {
        guard let questions = plan.questions, !questions.texts.isEmpty else {
            throw .inconsistentEvidence(path: path, reason: "the plan asks no questions")
        }
        let number = question.name.number
        guard (0..<questions.count).contains(number),
            AuditPlan.Questions.textDigest(question.text) == questions.texts[number % questions.texts.count],
            question.seed == plan.seed(of: question.name)
        else { throw .inconsistentEvidence(path: path, reason: "question \(number) is not the planned one") }
    }

    /// One row per token of a text; fewer if the text goes beyond what the reader can hold.
    func rows(
        _ reader: EvidenceReading.Reader, _ subject: EvidenceReading.Subject, _ number: Int, tokens: Int
    ) throws(AuditError) -> [TopTokens] {
        if tokens == 0 { return [] }
        let rows = readings[Place(reader: reader, subject: subject, number: number)]
        guard let rows, rows.count <= tokens else {
            throw .inconsistentEvidence(
                path: path,
                reason: "\(reader.rawValue) reading of \(subject.rawValue) \(number) "
                    + (rows == nil ? "is missing" : "has another length"))
        }
        return rows
    }
}
