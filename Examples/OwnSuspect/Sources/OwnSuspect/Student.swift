import Auditing
import Denature

/// A suspect of one's own: here a model that learned its answers by heart.
struct Student: AnsweringSuspect {
    let name: String
    let answers: [String: String]
    let concurrency = 4

    func answer(_ question: EvidenceQuestion) async throws -> SuspectAnswer {
        SuspectAnswer(answers[question.text] ?? "I do not know.")
    }
}
