import KeyedPRF

/// What a file is to an audit.
public enum AuditFileRole: String, Codable, Hashable, Sendable, CaseIterable {
    /// What is asked.
    case prompts
    /// That in whose ids marks are made.
    case tokenizer
    /// The model that never saw marked text.
    case reference
    /// What is read.
    case documents
    /// Released traces with what was passed over.
    case candidates
    /// The plan itself.
    case plan
    /// What was asked, answered and read.
    case evidence
    /// The weights, or the outputs, of the suspect.
    case suspect
}

extension AuditReport {
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

        enum CodingKeys: String, CodingKey {
            case queries
            case queryBudget = "query_budget"
            case answers
            case emptyAnswers = "empty_answers"
            case tokens
            case readTexts = "read_texts"
            case resumptions
        }

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
        /// Of what.
        public var name: AuditFileRole
        /// 64 hexadecimal digits.
        public var sha256: String

        package init(name: AuditFileRole, sha256: String) {
            self.name = name
            self.sha256 = sha256
        }
    }

    /// A tested key by its public names.
    public struct Key: Codable, Hashable, Sendable {
        /// What the subkey is for.
        public var purpose: KeyPurpose
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

        enum CodingKeys: String, CodingKey {
            case purpose
            case tenant
            case epoch
            case keyID = "key_id"
            case commitment
            case opened
        }

        package init(
            purpose: KeyPurpose, tenant: String, epoch: String, keyID: String, commitment: String, opened: String? = nil
        ) {
            self.purpose = purpose
            self.tenant = tenant
            self.epoch = epoch
            self.keyID = keyID
            self.commitment = commitment
            self.opened = opened
        }
    }
}
