import KeyedPRF
import Statistics

/// Everything about an audit that is fixed before the first query. Nothing in it is secret.
///
/// The JSON form has these members in snake case. A plan is kept in a ``SealedAuditPlan``.
public struct AuditPlan: Codable, Hashable, Sendable {
    /// The form of this structure; readers refuse what they do not know.
    public static let currentSchema = "denature-audit-plan/1"

    /// The member `schema`.
    public var schema: String
    /// What the audit is called.
    public var title: String
    /// When the plan was made, ISO 8601 in UTC.
    public var created: String
    /// The program and its version.
    public var program: String
    /// Public name of the ledger key that seals the plan and chains the evidence.
    public var ledgerKey: String
    /// What is under suspicion.
    public var suspect: SuspectKind
    /// The levels.
    public var levels: Levels
    /// The power below which a negative is called inconclusive.
    public var power: Double
    /// Decides every draw: seeds of samples, decoy keys.
    public var seed: UInt64
    /// How many decoy keys key randomisation draws.
    public var decoyKeys: Int
    /// The tested keys, of every purpose that a test needs.
    package var keys: [Key]
    /// The tests, in the order of the report.
    public var tests: [Test]
    /// The tokenizer in whose ids marks are made; absent where outputs come as ids, or no test needs them.
    public var tokenizer: File?
    /// The model that never saw marked text.
    public var reference: File?
    /// What is asked.
    public var questions: Questions?
    /// What is read.
    package var documents: Documents?
    /// The candidates of released traces.
    public var candidates: File?
    /// How answers are drawn.
    public var sampling: Sampling
    /// How trigger pairs are asked.
    package var trigger: Trigger?
    /// The most requests that may be sent, repeated ones included.
    public var maxQueries: Int
    /// What was asked for, as text: every setting that decides the plan, files by the SHA-256 of what they hold. Absent from
    /// plans that were made before settings were recorded.
    public var settings: [String: String]?

    /// What is under suspicion.
    public enum SuspectKind: String, Codable, CaseIterable, Hashable, Sendable {
        /// A folder with weights.
        case checkpoint
        /// An OpenAI-compatible endpoint.
        case endpoint
        /// A file of outputs that were collected before.
        case outputs
    }

    /// What a test compares.
    public enum TestKind: String, Codable, CaseIterable, Hashable, Sendable {
        /// Tokens of the answers, what repeats counted once.
        case outputs
        /// Tokens of the answers, less what a reference model would have written.
        case outputsReference = "outputs-reference"
        /// What the suspect's weights expect after the contexts of given texts.
        case reading
        /// The same, less what a reference model expects.
        case readingReference = "reading-reference"
        /// Words of the answers.
        case text
        /// What trigger identifiers are answered with.
        case trigger
        /// Whether the suspect finds released traces likelier than candidates that were not released.
        case candidates

        /// Whether its scheme is one of sampled tokens.
        public var testsTokens: Bool {
            switch self {
            case .outputs, .outputsReference, .reading, .readingReference: true
            case .text, .trigger, .candidates: false
            }
        }

        /// Whether ordinary questions are asked for it.
        public var needsAnswers: Bool { self == .outputs || self == .outputsReference || self == .text }
        /// Whether texts are read for it.
        public var needsDocuments: Bool { self == .reading || self == .readingReference }
        /// Whether a reference model is needed.
        public var needsReference: Bool { self == .outputsReference || self == .readingReference }
        /// Whether the suspect's weights are needed.
        public var needsWeights: Bool { needsDocuments || self == .candidates }
    }

    /// How the p-value on which the verdict rests is made.
    public enum Primary: String, Codable, Hashable, Sendable {
        /// The exact tail of a count or a sum.
        case exact
        /// The rank among decoy keys.
        case keyRandomisation = "key-randomisation"
        /// Chernoff's bound from the exact moment generating function.
        case chernoff
        /// One over the largest wealth of a bet.
        case eValue = "e-value"
    }

    enum CodingKeys: String, CodingKey {
        case schema, title, created, program, suspect, levels, power, seed, keys, tests, tokenizer, reference, questions
        case documents, candidates, sampling, trigger, settings
        case ledgerKey = "ledger_key"
        case decoyKeys = "decoy_keys"
        case maxQueries = "max_queries"
    }

    package init(
        schema: String = Self.currentSchema, title: String, created: String, program: String, ledgerKey: String,
        suspect: SuspectKind, levels: Levels, power: Double, seed: UInt64, decoyKeys: Int, keys: [Key], tests: [Test],
        sampling: Sampling, maxQueries: Int, settings: [String: String]? = nil
    ) {
        self.schema = schema
        self.title = title
        self.created = created
        self.program = program
        self.ledgerKey = ledgerKey
        self.suspect = suspect
        self.levels = levels
        self.power = power
        self.seed = seed
        self.decoyKeys = decoyKeys
        self.keys = keys
        self.tests = tests
        self.sampling = sampling
        self.maxQueries = maxQueries
        self.settings = settings
    }

    /// The number of tests: each test with each of its keys.
    public var familySize: Int { tests.reduce(0) { $0 + keys(of: $1).count } }

    /// What a test's keys are for.
    package static func purpose(of test: Test) -> KeyPurpose? {
        switch test.kind {
        case .outputs, .outputsReference, .reading, .readingReference: .token
        case .text: KeyPurpose(rawValue: test.scheme)
        case .trigger: .trigger
        case .candidates: .selection
        }
    }

    /// The keys that a test tries, in the order of the plan.
    package func keys(of test: Test) -> [Key] {
        let purpose = Self.purpose(of: test)
        return keys.filter { $0.purpose == purpose }
    }

    /// The seed of an answer: 53 bits, which every reader of JSON keeps.
    package func seed(of question: QuestionName) -> UInt64 {
        let kind: UInt64 = question.kind == .output ? 0 : 1
        let own = SeededGenerator.mix(SeededGenerator.mix(seed &+ kind) &+ UInt64(truncatingIfNeeded: question.number))
        return own >> 11
    }

    /// The file of a role, as it was when the plan was made; nil where the plan has none.
    public func file(_ role: AuditFileRole) -> File? {
        switch role {
        case .prompts: questions?.file
        case .tokenizer: tokenizer
        case .reference: reference
        case .documents: documents?.file
        case .candidates: candidates
        case .plan, .evidence, .suspect: nil
        }
    }
}
