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
        /// Whether its weights, an endpoint, or outputs of it are at hand.
        public var kind: AuditPlan.SuspectKind
        /// How it is called; no secret.
        public var name: String
        /// SHA-256 of the weights or of the file; absent for an endpoint.
        public var digest: String?

        /// - Parameters:
        ///   - kind: Whether its weights, an endpoint, or outputs of it are at hand.
        ///   - name: How it is called; no secret.
        ///   - digest: SHA-256 of the weights or of the file, 64 hexadecimal digits; nil for an endpoint.
        public init(kind: AuditPlan.SuspectKind, name: String, digest: String? = nil) {
            self.kind = kind
            self.name = name
            self.digest = digest
        }
    }

    enum CodingKeys: String, CodingKey {
        case schema
        case title
        case date
        case program
        case suspect
        case conclusion
        case attributedTenants = "attributed_tenants"
        case alpha
        case round
        case level
        case familySize = "family_size"
        case tests
        case effort
        case digests
        case keys
        case remarks
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
