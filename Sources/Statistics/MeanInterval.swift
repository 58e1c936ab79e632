/// The mean of independent values with Student's t interval: exact for normal values, else for many of them.
public struct MeanInterval: Hashable, Sendable {
    /// The mean.
    public var mean: Double
    /// Half the interval's width; nil of a single value, which says nothing of the spread.
    public var error: Double?

    /// The lower end.
    public var low: Double? { error.map { mean - $0 } }
    /// The upper end.
    public var high: Double? { error.map { mean + $0 } }

    /// - Parameters:
    ///   - values: Nil comes of none.
    ///   - confidence: In (0, 1).
    public init?(_ values: [Double], confidence: Double = 0.95) {
        guard !values.isEmpty else { return nil }
        let count = Double(values.count)
        mean = values.reduce(0, +) / count
        guard values.count > 1 else { return }
        let mean = mean
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        error =
            StudentT.quantile(confidence: confidence, degreesOfFreedom: values.count - 1)
            * (variance / count).squareRoot()
    }
}
