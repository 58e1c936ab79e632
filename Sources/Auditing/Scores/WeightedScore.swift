/// What a weighted test gives for one key.
package struct WeightedScore: Hashable, Sendable {
    /// S = Σ w·(g − μ).
    package var sum: Double
    /// S over its standard deviation under a key that had no part in the texts. For display, and for ranks among decoys;
    /// 0 where nothing was counted.
    package var z: Double
    /// Tuples with a weight.
    package var tuples: Int
    /// Positions that were counted.
    package var positions: Int
    /// z/√positions: the effect that ``AuditPower`` plans with. 0 where nothing was counted.
    package var effect: Double
    /// S/Σ|w|: by how much a score exceeds its mean where the weights lie; for green tokens a difference of shares. 0 where
    /// nothing was counted.
    package var excess: Double
}
