/// What is decided before the first text is read.
public struct DetectionSettings: Hashable, Sendable {
    /// A test whose adjusted p is at most this is `marked`.
    public var alpha: Double
    /// The power below which a negative is called `inconclusive`.
    public var power: Double
    /// The planned effect by scheme name, where it is not the scheme's own: how far the hit rate of marked text lies from
    /// chance (0) to certainty (1).
    ///
    /// Planned means fixed in advance, from what the embedder achieves on other texts; never the observed effect.
    public var plannedEffects: [String: Double]
    /// The confidence of the hit rate's interval.
    public var confidence: Double

    /// Creates settings.
    ///
    /// The schemes' own effects are deliberately below what the embedders reach on untouched outputs: half of the trigger
    /// statements survive, one scored lexical place in four follows the key, and the best of four candidates shifts the bits of
    /// a short trace by a twentieth.
    public init(
        alpha: Double = 0.01, power: Double = 0.8,
        plannedEffects: [String: Double] = [:], confidence: Double = 0.95
    ) {
        self.alpha = alpha
        self.power = power
        self.plannedEffects = plannedEffects
        self.confidence = confidence
    }
}
