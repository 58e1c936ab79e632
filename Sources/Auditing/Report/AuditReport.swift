/// What an audit found: everything that its report shows. The JSON form is this structure; members are named in snake case
/// and absent where they are nil.
public struct AuditReport: Codable, Hashable, Sendable {
    /// The form of this structure; readers refuse what they do not know.
    public static let currentSchema = "denature-audit-report/1"

    /// The conclusion about the suspect.
    public enum Conclusion: String, Codable, Hashable, Sendable {
        /// At least one adjusted p-value is at most the level.
        case trained = "trained on marked outputs"
        /// None is, and the planned effect would probably have been seen.
        case noEvidence = "no evidence"
        /// None is, and the planned effect would probably not have been seen either.
        case inconclusive
    }

    /// The member `schema`.
    public var schema: String
    /// What the plan calls the audit.
    public var title: String
    /// When the evidence was complete, ISO 8601 in UTC.
    public var date: String
    /// The program and its version.
    public var program: String
    /// The suspect as the plan's operator named it: a folder's name and digest, an endpoint's URL and model, a file.
    public var suspect: Suspect
    /// The conclusion.
    public var conclusion: Conclusion
    /// The tenants whose keys were found, in order of their smallest adjusted p.
    public var attributedTenants: [String]
    /// α of the whole chain of audits.
    public var alpha: Double
    /// Which audit of the chain this is, from 1.
    public var round: Int
    /// The level that this audit may spend.
    public var level: Double
    /// The number of tests: tests × keys.
    public var familySize: Int
    /// The tests in the order of the plan.
    public var tests: [Test]
    /// What was asked and read.
    public var effort: Effort
    /// Digests that name exactly what was used.
    public var digests: [Digest]
    /// The tested keys.
    public var keys: [Key]
    /// What a reader must know before relying on it: limits, approximations, interruptions. Whole sentences.
    public var remarks: [String]

    /// The suspect.
    public struct Suspect: Codable, Hashable, Sendable {
        /// `checkpoint`, `endpoint` or `outputs`.
        public var kind: String
        /// How it is called; no secret.
        public var name: String
        /// SHA-256 of the weights or of the file; absent for an endpoint.
        public var digest: String?
        package init(kind: String, name: String, digest: String? = nil) {
            self.kind = kind
            self.name = name
            self.digest = digest
        }
    }

    /// One test of the plan, with a result for every key.
    public struct Test: Codable, Hashable, Sendable {
        /// Unique in the plan, such as `reference-green`.
        public var id: String
        /// The kind of test: `outputs`, `outputs-reference`, `reading`, `reading-reference`, `text`, `trigger`, `candidates`.
        public var kind: String
        /// The scheme: `green`, `fingerprint`, `gumbel`, `tournament`, `lexical`, `selection`, `trigger`.
        public var scheme: String
        /// One line for a reader: what is compared with what.
        public var summary: String
        /// How the primary p-value is made: `exact`, `key-randomisation`, `chernoff`, `e-value`.
        public var primary: String
        /// False if the p-value is an approximation, whose reason is in `approximation`.
        public var isExact: Bool
        /// Why it is not.
        public var approximation: String?
        /// The planned effect, in the test's own unit (`effectUnit`).
        public var plannedEffect: Double
        /// What the planned effect and the results' `effect` are measured in.
        public var effectUnit: String
        /// The power against the planned effect with what was scored, 0 to 1.
        public var power: Double
        /// How many outputs, texts or pairs the planned effect would need, if more than there were.
        public var needed: Int?
        /// What `needed` and `scored` count: `tokens`, `contexts`, `words`, `pairs`, `traces`.
        public var unit: String
        /// By key, in the order of the plan.
        public var results: [Result]
        package init(
            id: String, kind: String, scheme: String, summary: String, primary: String, isExact: Bool,
            approximation: String? = nil, plannedEffect: Double, effectUnit: String, power: Double, needed: Int? = nil,
            unit: String, results: [Result]
        ) {
            self.id = id
            self.kind = kind
            self.scheme = scheme
            self.summary = summary
            self.primary = primary
            self.isExact = isExact
            self.approximation = approximation
            self.plannedEffect = plannedEffect
            self.effectUnit = effectUnit
            self.power = power
            self.needed = needed
            self.unit = unit
            self.results = results
        }
    }

    /// One test with one key.
    public struct Result: Codable, Hashable, Sendable {
        /// The customer whose key it is.
        public var tenant: String
        /// The key's epoch.
        public var epoch: String
        /// The key's public name.
        public var keyID: String
        /// What was scored, in the test's unit.
        public var scored: Int
        /// Base-10 logarithm of the primary p-value, unclamped; 0 where nothing was scored.
        public var log10P: Double
        /// The same after Holm's correction for the whole family.
        public var log10PAdjusted: Double
        /// Whether it is at most the level.
        public var isFound: Bool
        /// The effect in the test's unit.
        public var effect: Double
        /// 95 % interval of the effect, where there is an exact one.
        public var interval: [Double]?
        /// Hits, for counts.
        public var hits: Int?
        /// What chance gives of them.
        public var expectedHits: Double?
        /// The standardised score, for display only.
        public var z: Double?
        /// The check by key randomisation, where it is not the primary: log10 p and the number of decoy keys.
        public var randomisationLog10P: Double?
        /// Whether that check disagrees with the primary p-value in the bulk.
        public var disagrees: Bool?
        /// A histogram of what decoy keys score, for the plot.
        public var decoys: Histogram?
        /// ln of the evidence after each step, for the plot: an e-process's wealth, or −ln p after growing shares.
        public var evidence: [EvidencePoint]?
        /// What a decoy trigger was answered with, and such; whole sentences.
        public var notes: [String]
        package init(
            tenant: String, epoch: String, keyID: String, scored: Int, log10P: Double, log10PAdjusted: Double = 0,
            isFound: Bool = false, effect: Double, interval: [Double]? = nil, hits: Int? = nil,
            expectedHits: Double? = nil, z: Double? = nil, randomisationLog10P: Double? = nil, disagrees: Bool? = nil,
            decoys: Histogram? = nil, evidence: [EvidencePoint]? = nil, notes: [String] = []
        ) {
            self.tenant = tenant
            self.epoch = epoch
            self.keyID = keyID
            self.scored = scored
            self.log10P = log10P
            self.log10PAdjusted = log10PAdjusted
            self.isFound = isFound
            self.effect = effect
            self.interval = interval
            self.hits = hits
            self.expectedHits = expectedHits
            self.z = z
            self.randomisationLog10P = randomisationLog10P
            self.disagrees = disagrees
            self.decoys = decoys
            self.evidence = evidence
            self.notes = notes
        }
    }

    /// Scores of decoy keys in bins of equal width, and the real key's.
    public struct Histogram: Codable, Hashable, Sendable {
        /// The lower end of the first bin.
        public var start: Double
        /// The width of a bin.
        public var width: Double
        /// Decoys per bin.
        public var counts: [Int]
        /// The real key's score.
        public var real: Double
        package init(start: Double, width: Double, counts: [Int], real: Double) {
            self.start = start
            self.width = width
            self.counts = counts
            self.real = real
        }
    }

    /// A point of a curve of evidence.
    public struct EvidencePoint: Codable, Hashable, Sendable {
        /// Queries, outputs or pairs so far.
        public var count: Int
        /// log10 of 1/p so far.
        public var log10Evidence: Double
        package init(count: Int, log10Evidence: Double) {
            self.count = count
            self.log10Evidence = log10Evidence
        }
    }

    /// What was asked and read.
    public struct Effort: Codable, Hashable, Sendable {
        /// Questions sent.
        public var queries: Int
        /// The most the plan allows.
        public var queryBudget: Int
        /// Answers received, empty ones included.
        public var answers: Int
        /// Empty answers and refusals.
        public var emptyAnswers: Int
        /// Tokens of the answers, in the marks' tokenizer.
        public var tokens: Int
        /// Texts that the suspect's weights read.
        public var readTexts: Int
        /// Interruptions after which the run went on.
        public var resumptions: Int
        package init(
            queries: Int, queryBudget: Int, answers: Int, emptyAnswers: Int, tokens: Int, readTexts: Int,
            resumptions: Int
        ) {
            self.queries = queries
            self.queryBudget = queryBudget
            self.answers = answers
            self.emptyAnswers = emptyAnswers
            self.tokens = tokens
            self.readTexts = readTexts
            self.resumptions = resumptions
        }
    }

    /// A named digest.
    public struct Digest: Codable, Hashable, Sendable {
        /// Of what: `plan`, `evidence`, `prompts`, `tokenizer`, `reference`, `documents` ...
        public var name: String
        /// 64 hexadecimal digits.
        public var sha256: String
        package init(name: String, sha256: String) {
            self.name = name
            self.sha256 = sha256
        }
    }

    /// A tested key by its public names.
    public struct Key: Codable, Hashable, Sendable {
        /// What the subkey is for.
        public var purpose: String
        /// The customer whose outputs it marks.
        public var tenant: String
        /// The rotation period.
        public var epoch: String
        /// Its public name.
        public var keyID: String
        /// HMAC-SHA256(subkey, "denature/commit/v1"), 64 hexadecimal digits.
        public var commitment: String
        /// When the commitment was opened, if it was: whoever knows the key since then can forge or strip the mark.
        public var opened: String?
        package init(
            purpose: String, tenant: String, epoch: String, keyID: String, commitment: String, opened: String? = nil
        ) {
            self.purpose = purpose
            self.tenant = tenant
            self.epoch = epoch
            self.keyID = keyID
            self.commitment = commitment
            self.opened = opened
        }
    }

    package init(
        title: String, date: String, program: String, suspect: Suspect, conclusion: Conclusion,
        attributedTenants: [String], alpha: Double, round: Int, level: Double, familySize: Int, tests: [Test],
        effort: Effort, digests: [Digest], keys: [Key], remarks: [String]
    ) {
        schema = Self.currentSchema
        self.title = title
        self.date = date
        self.program = program
        self.suspect = suspect
        self.conclusion = conclusion
        self.attributedTenants = attributedTenants
        self.alpha = alpha
        self.round = round
        self.level = level
        self.familySize = familySize
        self.tests = tests
        self.effort = effort
        self.digests = digests
        self.keys = keys
        self.remarks = remarks
    }
}
