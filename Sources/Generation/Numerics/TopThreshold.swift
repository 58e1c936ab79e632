/// A cheap lower bound on the k-th largest number of a long row, so that only few numbers need ranking.
enum TopThreshold {
    /// A number that is not above the k-th largest, nor above any number that a division could round to the same quotient.
    ///
    /// The k-th largest of the maxima of disjoint blocks is such a bound: k blocks hold a number at least as large.
    static func lowerBound(_ values: UnsafeBufferPointer<Float>, count: Int) -> Float {
        // At least four blocks per number wanted make the bound tight; shorter blocks than 16 cost more than they save.
        var blockLength = 512
        while blockLength > 16, values.count / blockLength < 4 * count { blockLength /= 2 }
        let blocks = values.count / blockLength
        guard let base = values.baseAddress, count > 0, blocks >= 2 * count else { return -.infinity }
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: blocks) { maxima in
            let raw = UnsafeRawPointer(base)
            for block in 0..<blocks {
                var a = SIMD8<Float>(repeating: -.infinity)
                var b = a
                var i = block * blockLength * 4
                let end = i + blockLength * 4
                while i < end {
                    let x = raw.loadUnaligned(fromByteOffset: i, as: SIMD8<Float>.self)
                    let y = raw.loadUnaligned(fromByteOffset: i + 32, as: SIMD8<Float>.self)
                    a.replace(with: x, where: x .> a)
                    b.replace(with: y, where: y .> b)
                    i += 64
                }
                a.replace(with: b, where: b .> a)
                maxima.initializeElement(
                    at: block, to: RankKeys.key(score: a.max(), token: UInt32(truncatingIfNeeded: block)))
            }
            RankKeys.selectLargest(count, of: maxima)
            var bound = Float.infinity
            for key in maxima[..<count] { bound = min(bound, RankKeys.score(key)) }
            guard bound > -.infinity else { return bound }
            return bound - 4 * bound.ulp
        }
    }
}
