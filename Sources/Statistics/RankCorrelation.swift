/// Correlation of the order of values.
package enum RankCorrelation {
    /// Spearman's ρ of two lists of one length, equal values at the mean of their ranks (Kendall and Gibbons, *Rank
    /// Correlation Methods*, 5th edition, sections 1.8 and 3.8); nil for lists of different lengths, with fewer than two
    /// values, with a value that is not a number, or in which all are equal.
    package static func spearman(_ a: [Double], _ b: [Double]) -> Double? {
        guard a.count == b.count, a.count > 1, !a.contains(where: \.isNaN), !b.contains(where: \.isNaN) else {
            return nil
        }
        let (x, y) = (ranks(a), ranks(b))
        let mean = Double(a.count - 1) / 2
        var (xy, xx, yy) = (0.0, 0.0, 0.0)
        for (p, q) in zip(x, y) {
            xy += (p - mean) * (q - mean)
            xx += (p - mean) * (p - mean)
            yy += (q - mean) * (q - mean)
        }
        guard xx > 0, yy > 0 else { return nil }
        return xy / (xx * yy).squareRoot()
    }

    /// The rank of each value, from 0.
    private static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + end - 1) / 2 }
            start = end
        }
        return ranks
    }
}
