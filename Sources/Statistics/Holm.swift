import Foundation

/// Holm's step-down correction for a family of tests (Scandinavian Journal of Statistics 6, 1979).
public enum Holm {
    /// Adjusted log10 p-values in the order of the input: with the p-values sorted, max_{j ≤ i} (m − j + 1)·p_(j), at
    /// most 1. Nothing underflows: log10 p = −5000 stays apart from −5001. A value that is not a number, or above 0,
    /// counts as 0 (p = 1).
    public static func adjust(log10P: [Double]) -> [Double] {
        let values = log10P.map { $0.isNaN ? 0 : min(0, $0) }
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        var adjusted = values
        var largest = -Double.infinity
        for (rank, index) in order.enumerated() {
            largest = max(largest, min(0, values[index] + log10(Double(values.count - rank))))
            adjusted[index] = largest
        }
        return adjusted
    }
}
