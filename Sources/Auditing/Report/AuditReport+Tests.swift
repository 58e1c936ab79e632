extension AuditReport {
    /// One test of the plan, with a result for every key.
    public struct Test: Codable, Hashable, Sendable {
        /// Unique in the plan, such as `reference-green`.
        public var id: String
        /// The kind of test: `outputs`, `outputs-reference`, `reading`, `reading-reference`, `text`, `trigger`, `candidates`.
        public var kind: String
        /// The scheme's name.
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

        enum CodingKeys: String, CodingKey {
            case id
            case kind
            case scheme
            case summary
            case primary
            case isExact = "is_exact"
            case approximation
            case plannedEffect = "planned_effect"
            case effectUnit = "effect_unit"
            case power
            case needed
            case unit
            case results
        }

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

        enum CodingKeys: String, CodingKey {
            case tenant
            case epoch
            case keyID = "key_id"
            case scored
            case log10P = "log10_p"
            case log10PAdjusted = "log10_p_adjusted"
            case isFound = "is_found"
            case effect
            case interval
            case hits
            case expectedHits = "expected_hits"
            case z
            case randomisationLog10P = "randomisation_log10_p"
            case disagrees
            case decoys
            case evidence
            case notes
        }

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

        enum CodingKeys: String, CodingKey {
            case count
            case log10Evidence = "log10_evidence"
        }

        package init(count: Int, log10Evidence: Double) {
            self.count = count
            self.log10Evidence = log10Evidence
        }
    }
}
