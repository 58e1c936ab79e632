import Answers
import Foundation
import TraceRewriting

/// Why a proposal is not tried. The raw value stands in leaderboards.
package enum ProposalRefusal: String, Codable, Hashable, Sendable, CaseIterable, Error {
    /// The optimiser did not answer.
    case failed
    /// It declined.
    case declined
    /// Its reply stops in the middle.
    case truncated
    /// There is no instruction in it.
    case empty
    /// The instruction is longer than allowed.
    case tooLong = "too_long"
    /// It was tried before.
    case duplicate
    /// It holds template variables or section headings, which would change the prompt around it.
    case template
    /// It holds the tags by which replies are read.
    case markup
    /// It holds control characters.
    case control
    /// It states an answer.
    case answer
    /// It repeats a sample's problem or trace.
    case sample
}

/// Reads replies of the optimiser and decides which instructions are tried.
struct ProposalJudge {
    private let maximumBytes: Int
    private let sampling: PromptTemplate.Sampling
    private let answers: [String]
    private let longAnswers: Set<String>
    private let sample: PhraseIndex
    private var known: Set<String> = []

    /// Words in a row that count as repeating a sample.
    private static let sampleWords = 8
    /// The fewest digits of an answer that stands for no count of words or sentences.
    private static let longAnswerDigits = 3
    private static let tags = [
        "<rewritten", "</rewritten", "<instruction", "</instruction", "<think", "</think", "<answer", "</answer",
    ]
    private static let variables = PromptTemplate.Variable.allCases.map { "{\($0.rawValue)}" } + ["{{", "}}"]

    init(sample: SearchSample, options: SearchOptions) {
        maximumBytes = options.maximumInstructionBytes
        sampling = options.sampling
        answers = sample.traces.map(\.answer)
        longAnswers = Set(
            answers.map { $0.filter(\.isNumber) }.filter { $0.utf8.count >= Self.longAnswerDigits })
        self.sample = PhraseIndex(
            texts: sample.traces.flatMap { [$0.turn.problem ?? "", $0.turn.text] }, width: Self.sampleWords)
    }

    /// Counts an instruction as tried, without judging it.
    mutating func add(_ instruction: String) {
        known.insert(Self.key(instruction))
    }

    /// The instruction in a reply, which then counts as tried.
    mutating func judge(_ reply: JournalLine.Reply) throws(ProposalRefusal) -> String {
        guard let text = reply.text else { throw .failed }
        if reply.isRefusal { throw .declined }
        if reply.isCut { throw .truncated }
        let instruction = try Self.instruction(in: text)
        try check(instruction)
        guard known.insert(Self.key(instruction)).inserted else { throw .duplicate }
        return instruction
    }

    /// Says why an instruction may not be tried; duplicates apart.
    func check(_ instruction: String) throws(ProposalRefusal) {
        if instruction.isEmpty { throw .empty }
        if instruction.utf8.count > maximumBytes { throw .tooLong }
        if RefusalPhrases.begin(instruction) { throw .declined }
        if instruction.unicodeScalars.contains(where: Self.isControl) { throw .control }
        if Self.variables.contains(where: { instruction.contains($0) }) { throw .template }
        let lower = instruction.lowercased()
        if Self.tags.contains(where: { lower.contains($0) }) { throw .markup }
        if statesAnswer(instruction) { throw .answer }
        if sample.matches(instruction, except: "") { throw .sample }
        let probe = SearchCandidate(id: 0, round: 0, origin: .proposed, instruction: instruction)
        guard let template = try? InstructionFrame.template(of: probe, sampling: sampling),
            template.variables == [.problem, .reasoning, .answer]
        else { throw .template }
    }

    /// The text between the tags asked for, or the whole reply where there are none.
    static func instruction(in reply: String) throws(ProposalRefusal) -> String {
        var text = reply[...]
        if let open = text.range(of: "<think>"), text[..<open.lowerBound].allSatisfy(\.isWhitespace) {
            guard let close = text.range(of: "</think>") else { throw .truncated }
            text = text[close.upperBound...]
        }
        if let open = text.range(of: "<instruction>") {
            guard let close = text[open.upperBound...].range(of: "</instruction>") else { throw .truncated }
            text = text[open.upperBound..<close.lowerBound]
        }
        return text.replacing("\r\n", with: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "\n" || scalar == "\t" { return false }
        // Formatting characters hide text from a reader.
        return scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
    }

    /// Words and numbers only: another comma makes no new instruction.
    private static func key(_ instruction: String) -> String {
        instruction.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: " ")
    }

    /// Whether an answer is marked in the text, or a sample's long number stands in it.
    private func statesAnswer(_ text: String) -> Bool {
        if let found = AnswerExtractor.extract(from: text) {
            switch found.marker {
            case .boxed, .hashes, .answerTag, .phrase:
                if found.text.contains(where: \.isNumber) { return true }
                if answers.contains(where: { AnswerEquivalence.compare($0, found.text) == .equal }) { return true }
            case .choice, .bare, .lastNumber: break
            }
        }
        let plain = text.replacing(",", with: "")
        return plain.split { !$0.isNumber }.contains { longAnswers.contains(String($0)) }
    }
}
