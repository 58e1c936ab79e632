/// What a test concluded.
public enum DetectionVerdict: String, Codable, Sendable {
    /// The adjusted p is at most α: the text was exposed to this key's mark.
    case marked
    /// Enough was scored to find the planned effect, and it was not found.
    case noEvidence = "no evidence"
    /// Too little was scored to find the planned effect.
    case inconclusive
}

/// One test: one scheme with one key.
public struct DetectionResult: Hashable, Codable, Sendable {
    /// The text channel.
    public var scheme: String
    /// The tenant of the key.
    public var tenant: String
    /// The epoch of the key.
    public var epoch: String
    /// The key's public name.
    public var keyID: String
    /// Base-10 logarithm of the exact upper-tail p-value; not clamped. 0 when nothing was scored.
    public var log10P: Double
    /// The same after Holm's correction for the whole family.
    public var log10PAdjusted: Double
    /// Distinct observations.
    public var scored: Int
    /// Observations that agree with the key.
    public var hits: Int
    /// Hits expected without a mark.
    public var expectedHits: Double
    /// Standardised hits, (hits − expected) / σ; for display, p is not computed from it. 0 when nothing was scored.
    public var score: Double
    /// Hit rate minus expected hit rate. 0 when nothing was scored.
    public var effect: Double
    /// Lower and upper Clopper-Pearson bound of the hit rate.
    public var interval: [Double]
    /// The conclusion.
    public var verdict: DetectionVerdict
    /// The number of tests in the family.
    public var familySize: Int
    /// For `inconclusive`: how many observations the planned effect needs.
    public var neededObservations: Int?

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
    }
}
