import Auditing

/// A suspect of which only outputs are at hand that were collected before the audit.
///
/// The file holds lines of `{"prompt": ..., "output": ...}` or `{"tokens": [...]}`.
public struct CollectedOutputs: AuditSuspect {
    /// What kind of suspect it is.
    public let kind = AuditPlan.SuspectKind.outputs
    /// The file's name.
    public let name: String
    private let file: AuditOutputsFile

    /// - Parameter path: The file.
    /// - Throws: ``AuditInputError`` naming the line that cannot be used.
    public init(path: String) throws {
        file = try AuditOutputsFile(path: path)
        name = AuditPlan.File(path: path, sha256: file.digest).name
    }

    /// SHA-256 of the file.
    public func digest() -> String? { file.digest }

    /// Nobody can be asked.
    ///
    /// - Throws: What the suspect throws; evidence that was written stays.
    public func ask(_ questions: [EvidenceQuestion], _ session: AuditSession) async throws {
        if !questions.isEmpty { throw AuditInputError("outputs that were collected before cannot be asked") }
    }

    /// Hands in what is not there yet.
    ///
    /// - Throws: What the suspect throws.
    public func prepare(_ session: AuditSession) async throws {
        let plan = session.plan
        var pairs: [(EvidenceQuestion, EvidenceAnswer)] = []
        for (number, output) in file.outputs.enumerated() {
            let name = QuestionName(.output, number)
            guard session.answer(to: name) == nil else { continue }
            try Task.checkCancellation()
            if session.marks == nil, output.tokens == nil, plan.tests.contains(where: \.kind.testsTokens) {
                throw AuditInputError(
                    "output \(number + 1) has no \"tokens\", and the plan has no tokenizer to make them")
            }
            let prompt = try output.promptTokens ?? output.prompt.flatMap { try session.marks?.prompt($0) } ?? []
            let tokens = output.tokens ?? output.text.flatMap { session.marks?.tokens($0) } ?? []
            pairs.append(
                (
                    EvidenceQuestion(name: name, text: output.prompt ?? "", tokens: prompt, seed: 0),
                    EvidenceAnswer(name: name, text: output.text ?? "", tokens: tokens, finish: .collected)
                ))
            if pairs.count >= 128 {
                try session.collect(pairs)
                pairs = []
            }
        }
        if !pairs.isEmpty { try session.collect(pairs) }
    }
}
