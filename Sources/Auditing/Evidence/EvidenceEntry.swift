import KeyedPRF

/// One line of an audit's evidence, without its authentication code.
package enum EvidenceEntry: Hashable, Sendable {
    /// The first line.
    case header(EvidenceHeader)
    /// The prompts that trigger queries are put in.
    case problems(EvidenceProblems)
    /// A question that is about to be sent. Sent again after an interruption or a failed attempt, it stands here again.
    case question(EvidenceQuestion)
    /// What came back.
    case answer(EvidenceAnswer)
    /// A text that is read.
    case document(EvidenceDocument)
    /// What a model reads in a text.
    case reading(EvidenceReading)
    /// A released trace with the candidates that were not released, and the suspect's likelihoods of them.
    case candidates(EvidenceCandidates)
    /// The run went on after it had ended before its end.
    case resumption(EvidenceResumption)
    /// The last line.
    case seal(EvidenceSeal)
}

/// What evidence is about.
package struct EvidenceHeader: Codable, Hashable, Sendable {
    /// The form of these lines; readers refuse what they do not know.
    package static let currentSchema = "denature-audit-evidence/1"

    package var schema = Self.currentSchema
    /// SHA-256 of the plan.
    package var plan: String
    /// Public name of the ledger key that chains the lines.
    package var ledgerKey: String
    /// What is under suspicion.
    package var suspect: AuditReport.Suspect
    /// When the run began, ISO 8601.
    package var started: String
    /// The program and its version.
    package var program: String
    /// α of the chain of audits.
    package var alpha: Double
    /// Which audit of the chain this is.
    package var round: Int
    /// Whether it is the last.
    package var last: Bool
    /// What the first line's code follows, 64 hexadecimal digits: the plan's digest, and in a later round of a chain the
    /// SHA-256 of the seal of the round before and the plan's digest.
    package var start: String
    /// Every setting that decides what the run finds, as text, files by the SHA-256 of what they hold: a run with others is
    /// another one. Absent where the run had no settings, and from evidence written before they were recorded.
    package var settings: [String: String]?

    enum CodingKeys: String, CodingKey {
        case schema, plan, suspect, started, program, alpha, round, last, start, settings
        case ledgerKey = "ledger_key"
    }

    package init(
        plan: AuditPlan, digest: String, suspect: AuditReport.Suspect, started: String, program: String,
        settings: [String: String]? = nil
    ) throws(AuditError) {
        self.plan = digest
        ledgerKey = plan.ledgerKey
        self.suspect = suspect
        self.started = started
        self.program = program
        self.settings = settings
        alpha = plan.levels.alpha
        round = plan.levels.round
        last = plan.levels.last
        start = try Self.start(of: plan, digest: digest).hex
    }

    /// Why evidence with this first line is not gone on with by a run that would write the other; nil where it is.
    func contradiction(with other: EvidenceHeader) -> String? {
        if suspect != other.suspect { return "it is about another suspect, \(suspect.name)" }
        guard let settings, let others = other.settings else { return nil }
        let names = Set(settings.keys).union(others.keys).sorted()
        return names.first { settings[$0] != others[$0] }.map { "the run so far had another '\($0)'" }
    }

    /// What the first line of a plan's evidence follows.
    static func start(of plan: AuditPlan, digest: String) throws(AuditError) -> Digest256 {
        guard let own = Digest256(hex: digest) else { throw .invalidPlan("the plan has no digest") }
        guard let previous = plan.levels.previous else { return own }
        guard let seal = Digest256(hex: previous.seal) else {
            throw .invalidPlan("the plan's link to the round before is not a code")
        }
        return SHA256Digest.of(seal.bytes + own.bytes)
    }
}

/// The prompts of the plan, in their order: from them the schedule of trigger queries can be made again.
package struct EvidenceProblems: Codable, Hashable, Sendable {
    package var texts: [String]

    package init(texts: [String]) { self.texts = texts }
}

/// Which of an audit's questions one is.
public struct QuestionName: Codable, Hashable, Sendable, Comparable {
    /// What it is asked for.
    public enum Kind: String, Codable, Hashable, Sendable {
        /// An ordinary answer.
        case output
        /// The value of an identifier.
        case trigger
    }

    /// What it is asked for.
    public var kind: Kind
    /// Its number among those of its kind, from 0, in the order that the plan commits to.
    public var number: Int

    /// - Parameters:
    ///   - kind: What it is asked for.
    ///   - number: Its number among those of its kind, from 0.
    public init(_ kind: Kind, _ number: Int) {
        self.kind = kind
        self.number = number
    }

    /// Ordinary answers first, each kind by number.
    public static func < (a: QuestionName, b: QuestionName) -> Bool {
        (a.kind.rawValue, a.number) < (b.kind.rawValue, b.number)
    }
}

/// A question as it is sent.
public struct EvidenceQuestion: Codable, Hashable, Sendable {
    /// Which one it is.
    public var name: QuestionName
    /// The text, without what a chat template or a prompt format adds.
    public var text: String
    /// The beginning of the answer that the suspect continues; nil if it starts anew.
    public var beginning: String?
    /// The question as a prompt in ids of the marks' tokenizer; empty if there is none.
    public var tokens: [Int32]
    /// Seeds the answer.
    public var seed: UInt64

    /// - Parameters:
    ///   - name: Which one it is.
    ///   - text: The text.
    ///   - beginning: The beginning of the answer that the suspect continues; nil if it starts anew.
    ///   - tokens: The question as a prompt in ids of the marks' tokenizer; empty if there is none.
    ///   - seed: Seeds the answer.
    public init(name: QuestionName, text: String, beginning: String? = nil, tokens: [Int32], seed: UInt64) {
        self.name = name
        self.text = text
        self.beginning = beginning
        self.tokens = tokens
        self.seed = seed
    }
}

/// What came back for a question.
package struct EvidenceAnswer: Codable, Hashable, Sendable {
    package var name: QuestionName
    /// The text that is scored; reasoning that came beside the answer stands before it.
    package var text: String
    /// The same in ids of the marks' tokenizer; empty if there is none.
    package var tokens: [Int32]
    /// Why it ended.
    package var finish: AnswerEnd

    package init(name: QuestionName, text: String, tokens: [Int32], finish: AnswerEnd) {
        self.name = name
        self.text = text
        self.tokens = tokens
        self.finish = finish
    }

    /// Whether there is nothing to score.
    package var isEmpty: Bool { text.allSatisfy(\.isWhitespace) && tokens.isEmpty }
}

/// A text that is read.
package struct EvidenceDocument: Codable, Hashable, Sendable {
    /// Its number in the plan's file, from 0.
    package var number: Int
    /// What was asked, in ids of the marks' tokenizer; empty if nothing.
    package var prompt: [Int32]
    /// What followed.
    package var tokens: [Int32]

    package init(number: Int, prompt: [Int32], tokens: [Int32]) {
        self.number = number
        self.prompt = prompt
        self.tokens = tokens
    }
}

/// What a model reads in a text: the likeliest tokens at every position.
package struct EvidenceReading: Codable, Hashable, Sendable {
    /// Who reads.
    package enum Reader: String, Codable, Hashable, Sendable {
        case suspect
        case reference
    }
    /// What is read.
    package enum Subject: String, Codable, Hashable, Sendable {
        /// An ordinary answer, by its question's number.
        case answer
        /// A text of the plan's file.
        case document
    }

    package var reader: Reader
    package var subject: Subject
    package var number: Int
    /// One row per token, see ``PackedRows``.
    package var rows: PackedRows

    package init(reader: Reader, subject: Subject, number: Int, rows: PackedRows) {
        self.reader = reader
        self.subject = subject
        self.number = number
        self.rows = rows
    }
}

/// A released trace and its competitors.
package struct EvidenceCandidates: Codable, Hashable, Sendable {
    /// Its number in the plan's file, from 0.
    package var number: Int
    /// The candidates that passed the gate.
    package var texts: [String]
    /// The one that was released, as an index into `texts`.
    package var released: Int
    /// The suspect's log-probability per token of each, in nats.
    package var likelihoods: [Double]

    package init(number: Int, texts: [String], released: Int, likelihoods: [Double]) {
        self.number = number
        self.texts = texts
        self.released = released
        self.likelihoods = likelihoods
    }
}

/// The run went on.
package struct EvidenceResumption: Codable, Hashable, Sendable {
    /// When, ISO 8601.
    package var date: String
    /// Bytes of an unfinished last line that were cut off.
    package var cut: Int

    package init(date: String, cut: Int) {
        self.date = date
        self.cut = cut
    }
}

/// The end.
package struct EvidenceSeal: Codable, Hashable, Sendable {
    /// When, ISO 8601.
    package var date: String
    /// Lines before this one.
    package var lines: Int
    /// Questions among them, repeated ones included.
    package var questions: Int
    /// Answers among them.
    package var answers: Int
    /// Why it is the end although the plan is not fulfilled; nil if it is.
    package var reason: String?

    package init(date: String, lines: Int, questions: Int, answers: Int, reason: String?) {
        self.date = date
        self.lines = lines
        self.questions = questions
        self.answers = answers
        self.reason = reason
    }
}

extension EvidenceEntry: Codable {
    private enum CodingKeys: String, CodingKey {
        case header, problems, question, answer, document, reading, candidates, resumption, seal
    }

    /// Reads an object with one member, which names the kind of line.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard let key = container.allKeys.first, container.allKeys.count == 1 else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no known kind of line"))
        }
        switch key {
        case .header: self = .header(try container.decode(EvidenceHeader.self, forKey: key))
        case .problems: self = .problems(try container.decode(EvidenceProblems.self, forKey: key))
        case .question: self = .question(try container.decode(EvidenceQuestion.self, forKey: key))
        case .answer: self = .answer(try container.decode(EvidenceAnswer.self, forKey: key))
        case .document: self = .document(try container.decode(EvidenceDocument.self, forKey: key))
        case .reading: self = .reading(try container.decode(EvidenceReading.self, forKey: key))
        case .candidates: self = .candidates(try container.decode(EvidenceCandidates.self, forKey: key))
        case .resumption: self = .resumption(try container.decode(EvidenceResumption.self, forKey: key))
        case .seal: self = .seal(try container.decode(EvidenceSeal.self, forKey: key))
        }
    }

    /// Writes an object with one member, which names the kind of line.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .header(let value): try container.encode(value, forKey: .header)
        case .problems(let value): try container.encode(value, forKey: .problems)
        case .question(let value): try container.encode(value, forKey: .question)
        case .answer(let value): try container.encode(value, forKey: .answer)
        case .document(let value): try container.encode(value, forKey: .document)
        case .reading(let value): try container.encode(value, forKey: .reading)
        case .candidates(let value): try container.encode(value, forKey: .candidates)
        case .resumption(let value): try container.encode(value, forKey: .resumption)
        case .seal(let value): try container.encode(value, forKey: .seal)
        }
    }
}
