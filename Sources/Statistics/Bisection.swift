/// Searches that end at the last bit: no tolerance to choose, no starting value to get wrong.
enum Bisection {
    /// The smallest non-negative `Double` in `low...high` at which a monotone predicate holds, `high` if none does.
    /// Halving the bit pattern takes at most 64 steps whatever the magnitudes.
    static func firstDouble(in range: ClosedRange<Double>, where holds: (Double) -> Bool) -> Double {
        var low = max(0, range.lowerBound).bitPattern
        var high = max(0, range.upperBound).bitPattern
        while low < high {
            let middle = low + (high - low) / 2
            if holds(Double(bitPattern: middle)) { high = middle } else { low = middle + 1 }
        }
        return Double(bitPattern: low)
    }

    /// The smallest integer in `range` at which a monotone predicate holds, the upper bound if none does.
    static func firstInteger(in range: ClosedRange<Int>, where holds: (Int) -> Bool) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = low + (high - low) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
