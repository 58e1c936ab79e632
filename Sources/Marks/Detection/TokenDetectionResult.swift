/// One test of token ids: one scheme with one key. The same members as ``DetectionResult``, where they apply.
public struct TokenDetectionResult: Hashable, Codable, Sendable {
    /// The scheme.
    public var scheme: String
    /// The tenant of the key; empty for a serving engine's key.
    public var tenant: String
    /// The epoch of the key; empty for a serving engine's key.
    public var epoch: String
    /// The key's public name; empty for a serving engine's key.
    public var keyID: String
    /// Base-10 logarithm of the exact upper-tail p-value; not clamped. 0 when nothing was scored.
    public var log10P: Double
    /// The same after Holm's correction for the whole family.
    public var log10PAdjusted: Double
    /// Scored positions.
    public var scored: Int
    /// Successes among trials: green tokens, or bits that are 1; absent where scores are not counts.
    public var hits: Int?
    /// The same expected without a mark.
    public var expectedHits: Double?
    /// The scheme's score as the literature has it: a sum of scores, the mean bit, or the standardised count. 0 when nothing
    /// was scored.
    public var score: Double
    /// Hit rate minus expected hit rate; where scores are not counts the mean score minus its expectation. 0 when nothing was scored.
    public var effect: Double
    /// Bounds of the hit rate, or of the mean score; absent for two keys.
    public var interval: [Double]?
    /// The conclusion.
    public var verdict: DetectionVerdict
    /// The number of tests in the family.
    public var familySize: Int
    /// For `inconclusive`: how many scored positions the planned effect needs.
    public var neededObservations: Int?
    /// Whether p is approximate, because scoring was limited to contexts of texts that may depend on the key.
    public var isApproximate: Bool?

    private enum CodingKeys: String, CodingKey {
        case scheme
        case tenant
        case epoch
        case keyID = "key_id"
        case log10P = "log10_p"
        case log10PAdjusted = "log10_p_adjusted"
        case scored = "n_scored"
        case hits
        case expectedHits = "expected_hits"
        case score
        case effect
        case interval
        case verdict
        case familySize = "family_size"
        case neededObservations = "needed_n"
        case isApproximate = "approximate"
    }
}
