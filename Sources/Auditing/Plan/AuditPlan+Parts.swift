import KeyedPRF
import Marks

extension AuditPlan {
    /// The levels of a chain of audits.
    package struct Levels: Codable, Hashable, Sendable {
        /// α of the whole chain.
        package var alpha: Double
        /// Which audit of the chain this is, from 1.
        package var round: Int
        /// Whether no other will follow, so that everything that is left may be spent.
        package var last: Bool
        /// What this audit may spend.
        package var level: Double
        /// The audit before this one.
        package var previous: Previous?
    }

    /// The audit before.
    package struct Previous: Codable, Hashable, Sendable {
        /// SHA-256 of its plan.
        package var plan: String
        /// Its evidence's last authentication code, from which this audit's evidence goes on.
        package var seal: String
    }

    /// A tested key by its package names.
    package struct Key: Codable, Hashable, Sendable {
        /// What it is for.
        package var purpose: String
        /// The customer whose outputs it marks.
        package var tenant: String
        /// The rotation period.
        package var epoch: String
        /// Its package name.
        package var id: String
        /// HMAC-SHA256(subkey, "denature/commit/v1"), 64 hexadecimal digits.
        package var commitment: String
        /// When the commitment was opened, if it was, ISO 8601.
        package var opened: String?

        package init(
            purpose: String, tenant: String, epoch: String, id: String, commitment: String, opened: String? = nil
        ) {
            self.purpose = purpose
            self.tenant = tenant
            self.epoch = epoch
            self.id = id
            self.commitment = commitment
            self.opened = opened
        }
    }

    /// One test; it has a result for every key of its purpose.
    package struct Test: Codable, Hashable, Sendable {
        /// Unique in the plan, such as `outputs-reference-green`.
        package var id: String
        /// What is compared.
        package var kind: TestKind
        /// The scheme's name.
        package var scheme: String
        /// γ, for schemes that have one.
        package var gamma: Double?
        /// Layers, for schemes that have some.
        package var layers: Int?
        /// Other parameters, by the settings that give them.
        package var parameters: [String: MarkValue]?
        /// Tokens of context, for schemes of tokens; words, for schemes of texts.
        package var width: Int?
        /// How the p-value on which the verdict rests is made.
        package var primary: Primary
        /// The effect that is planned for: z per square root of a unit; for triggers the share of pairs that are hit.
        package var plannedEffect: Double
        /// The power against it if everything that is planned is scored, 0 to 1.
        package var plannedPower: Double
        /// Units that are planned: answers, texts, pairs, traces.
        package var planned: Int

        enum CodingKeys: String, CodingKey {
            case id, kind, scheme, gamma, layers, parameters, width, primary, planned
            case plannedEffect = "planned_effect"
            case plannedPower = "planned_power"
        }

        package init(
            id: String, kind: TestKind, scheme: String, gamma: Double? = nil, layers: Int? = nil, width: Int? = nil,
            primary: Primary, plannedEffect: Double, plannedPower: Double = 0, planned: Int = 0
        ) {
            self.id = id
            self.kind = kind
            self.scheme = scheme
            self.gamma = gamma
            self.layers = layers
            self.width = width
            self.primary = primary
            self.plannedEffect = plannedEffect
            self.plannedPower = plannedPower
            self.planned = planned
        }
    }

    /// A file or folder by name and content.
    package struct File: Codable, Hashable, Sendable {
        /// Its name, without folders.
        package var name: String
        /// Where it was when the plan was made; a run may be told another place.
        package var path: String
        /// SHA-256 of its content, 64 hexadecimal digits.
        package var sha256: String

        /// - Parameters:
        ///   - path: Where it is.
        ///   - sha256: SHA-256 of its content.
        package init(path: String, sha256: String) {
            let parts = path.split(separator: "/")
            name = parts.last.map(String.init) ?? path
            self.path = path
            self.sha256 = sha256
        }
    }

    /// What is asked.
    package struct Questions: Codable, Hashable, Sendable {
        /// The file of prompts.
        package var file: File
        /// Prompts in it.
        package var prompts: Int
        /// How many questions are asked: question i is prompt i modulo their number.
        package var count: Int
        /// ``textDigest(_:)`` of each prompt that is asked, in their order, so that every question can be checked without
        /// the file.
        package var texts: [String]

        package init(file: File, prompts: Int, count: Int, texts: [String]) {
            self.file = file
            self.prompts = prompts
            self.count = count
            self.texts = texts
        }

        /// The first 32 hexadecimal digits of a text's SHA-256.
        package static func textDigest(_ text: String) -> String { String(SHA256Digest.of(text).hex.prefix(32)) }
    }

    /// What is read.
    package struct Documents: Codable, Hashable, Sendable {
        /// The file.
        package var file: File
        /// Texts in it.
        package var count: Int
        /// Whether the texts may carry the marks that are tested.
        package var marked: Bool

        package init(file: File, count: Int, marked: Bool) {
            self.file = file
            self.count = count
            self.marked = marked
        }
    }

    /// How answers are drawn.
    package struct Sampling: Codable, Hashable, Sendable {
        /// Divides the logits; 0 takes the likeliest token.
        package var temperature: Double
        /// Only the likeliest tokens that together have this probability.
        package var topP: Double?
        /// The most tokens of an answer.
        package var maxNewTokens: Int
        /// How a checkpoint is asked: `auto`, `plain` or a chat format.
        package var promptFormat: String
        /// Between prompt and answer in plain prompts.
        package var separator: String

        enum CodingKeys: String, CodingKey {
            case temperature, separator
            case topP = "top_p"
            case maxNewTokens = "max_new_tokens"
            case promptFormat = "prompt_format"
        }

        package init(
            temperature: Double = 1, topP: Double? = nil, maxNewTokens: Int = 512, promptFormat: String = "auto",
            separator: String = "\n"
        ) {
            self.temperature = temperature
            self.topP = topP
            self.maxNewTokens = maxNewTokens
            self.promptFormat = promptFormat
            self.separator = separator
        }
    }

    /// How trigger pairs are asked.
    package struct Trigger: Codable, Hashable, Sendable {
        /// What decides the schedule.
        package var settings: TriggerAuditSettings
        /// The schedule's digest: what is asked, and in which order.
        package var schedule: String
        /// Queries of the whole schedule.
        package var count: Int

        package init(settings: TriggerAuditSettings, schedule: String, count: Int) {
            self.settings = settings
            self.schedule = schedule
            self.count = count
        }
    }
}
