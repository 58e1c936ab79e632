/// The p-value of a statistic among the values that decoy keys give: exact when real and decoys are exchangeable.
public enum RankPValue {
    /// (1 + #{decoy ≥ real})/(M + 1). A decoy that is not a number counts as ≥; a real value that is not a number, or no
    /// decoys, gives 1.
    public static func upper(real: Double, decoys: [Double]) -> Double {
        guard !real.isNaN else { return 1 }
        let atLeast = decoys.reduce(into: 0) { count, decoy in
            if !(decoy < real) { count += 1 }
        }
        return Double(1 + atLeast) / Double(decoys.count + 1)
    }
}
