import Foundation

extension PoissonBinomial {
    /// Tilted weights of consecutive counts, `first` being the count of `values[0]`.
    private struct Window {
        var first: Int
        var values: [Double]

        /// Drops what is below 1e-24 of the largest weight at either end.
        mutating func trim() {
            let limit = (values.max() ?? 0) * 1e-24
            guard let start = values.firstIndex(where: { $0 > limit }),
                let end = values.lastIndex(where: { $0 > limit })
            else { return }
            first += start
            values = Array(values[start...end])
        }

        func convolved(with other: Window) -> Window {
            var result = [Double](repeating: 0, count: values.count + other.values.count - 1)
            result.withUnsafeMutableBufferPointer { result in
                other.values.withUnsafeBufferPointer { right in
                    for (i, left) in values.enumerated() {
                        for j in 0..<right.count { result[i + j] += left * right[j] }
                    }
                }
            }
            return Window(first: first + other.first, values: result)
        }
    }

    /// The sum by convolution of every group's tilted weights, each scaled to 1 at its tilted mean: only positive terms,
    /// and the scale is the exact log density at those means, so no large numbers cancel.
    func logConvolved(_ k: Int, _ side: Side, _ tilt: Tilt) -> Double {
        var anchors = 0
        var logScale = 0.0
        var sum = Window(first: 0, values: [1])
        for group in tilt.groups {
            let anchor = Int(min(group.count, (group.count * group.hit).rounded()))
            anchors += anchor
            logScale += Binomial.logPMF(anchor, trials: Int(group.count), probability: group.probability)
            sum = sum.convolved(with: Self.window(group, around: anchor))
            sum.trim()
        }
        var tail = 0.0
        for (index, value) in sum.values.enumerated() {
            let count = sum.first + index
            switch side {
            case .upper where count >= k, .lower where count <= k:
                tail += value * exp(-tilt.theta * Double(count - k))
            case .point where count == k:
                tail += value
            default:
                continue
            }
        }
        return logScale - tilt.theta * Double(k - anchors) + log(tail)
    }

    /// A group's tilted weights by the ratios of neighbouring terms, outward from the anchor.
    private static func window(_ group: Tilt.Group, around anchor: Int) -> Window {
        let limit = 1e-26
        var above: [Double] = []
        var weight = 1.0
        var hits = Double(anchor)
        while hits < group.count {
            weight *= (group.count - hits) / (hits + 1) * group.odds
            if weight < limit { break }
            above.append(weight)
            hits += 1
        }
        var below: [Double] = []
        weight = 1
        hits = Double(anchor)
        while hits > 0 {
            weight *= hits / (group.count - hits + 1) / group.odds
            if weight < limit { break }
            below.append(weight)
            hits -= 1
        }
        return Window(first: anchor - below.count, values: below.reversed() + [1] + above)
    }
}
