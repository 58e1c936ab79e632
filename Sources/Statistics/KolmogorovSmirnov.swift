import Foundation

/// The one-sample Kolmogorov-Smirnov test of uniformity on 0...1, two-sided, with the exact null distribution of D_n.
///
/// How P(D_n ≥ d) is found, with x = d√n:
/// - x² ≥ 4 or d ≥ ½: twice Smirnov's one-sided probability, a sum of positive terms in log space. Both sides can then
///   be crossed only with a probability below e^−24 of the result (and not at all for d ≥ ½).
/// - else n ≤ 20,000: the matrix of Marsaglia, Tsang and Wang (Journal of Statistical Software 8(18), 2003), applied to a
///   vector; all terms positive. The relative error of p is below 1e-8.
/// - else the expansion of Pelz and Good (Journal of the Royal Statistical Society B 38, 1976), whose error is O(n⁻²):
///   below 1e-8 relative to p.
public enum KolmogorovSmirnov {
    /// The largest sample for which the matrix method is used.
    static let largestMatrixSample = 20_000

    /// D_n = sup |F_n(u) − u| and its p-value. Values outside 0...1 are clamped; those that are not numbers are left out.
    /// No values give statistic 0 and p = 1.
    public static func oneSample(_ values: [Double]) -> (statistic: Double, pValue: Double) {
        let numbers = values.filter { !$0.isNaN }
        let statistic = statistic(numbers)
        return (statistic, exp(logUpperTail(atLeast: statistic, count: numbers.count)))
    }

    /// D_n alone, values as in ``oneSample(_:)``; 0 without values.
    package static func statistic(_ values: [Double]) -> Double {
        let sorted = values.filter { !$0.isNaN }.map { min(1, max(0, $0)) }.sorted()
        let n = Double(sorted.count)
        var statistic = 0.0
        for (index, value) in sorted.enumerated() {
            statistic = max(statistic, value - Double(index) / n, Double(index + 1) / n - value)
        }
        return statistic
    }

    /// An upper bound of ln P(D_n ≥ d) that costs nothing: ln 2 − 2·n·d² (P. Massart, Annals of Probability 18, 1990), for
    /// large n and small P all but exact. 0 for an empty sample or a d that is not a number.
    package static func logUpperBound(atLeast d: Double, count: Int) -> Double {
        guard count > 0, !d.isNaN else { return 0 }
        return LogSpace.capped(log(2) - 2 * Double(count) * max(0, d) * max(0, d))
    }

    /// ln P(D_n ≥ d) for a sample of `count` uniform values; 0 for an empty sample or a d that is not a number.
    public static func logUpperTail(atLeast d: Double, count: Int) -> Double {
        guard count > 0, !d.isNaN else { return 0 }
        let n = Double(count)
        if n * d <= 0.5 { return 0 }
        if d >= 1 { return -.infinity }
        if d >= 0.5 || n * d * d >= 4 {
            return LogSpace.capped(log(2) + logOneSidedTail(atLeast: d, count: count))
        }
        let below = count <= largestMatrixSample ? matrixCDF(d, count) : pelzGoodCDF(d, n)
        return log1p(-min(1, max(0, below)))
    }

    /// ln P(D_n⁺ ≥ d), D_n⁺ = sup (F_n(u) − u), by Smirnov's formula
    /// d Σ_{j=0}^{⌊n(1−d)⌋} C(n, j) (d + j/n)^{j−1} (1 − d − j/n)^{n−j}; 0 where d ≤ 0 or the sample is empty.
    public static func logOneSidedTail(atLeast d: Double, count: Int) -> Double {
        guard count > 0, d > 0 else { return 0 }
        if d > 1 { return -.infinity }
        let n = Double(count)
        var logSum = -Double.infinity
        var sum = 0.0
        for j in 0..<count {
            let level = d + Double(j) / n
            guard level < 1 else { break }
            let term = Binomial.logPMF(j, trials: count, probability: level) - log(level)
            if term > logSum {
                sum = sum * exp(logSum - term) + 1
                logSum = term
            } else {
                sum += exp(term - logSum)
            }
        }
        return LogSpace.capped(log(d) + logSum + log(sum))
    }

    /// P(D_n < d) = n!/nⁿ (Hⁿ)_{kk}. Only column k of the power is needed: n products with a vector. H's entries 1/j!
    /// are cut at 1/23!; longer jumps are that improbable in one of the n steps.
    static func matrixCDF(_ d: Double, _ n: Int) -> Double {
        let scaled = Double(n) * d
        let k = Int(scaled) + 1
        let size = 2 * k - 1
        let gap = Double(k) - scaled
        let band = 23
        var reciprocal = [1.0]
        for j in 1...(band + 1) { reciprocal.append(reciprocal[j - 1] / Double(j)) }
        // Corrections (gapʲ)/j! of the first column and the last row, and of the corner they share.
        let edge = (0...band).map { pow(gap, Double($0)) * reciprocal[$0] }
        let corner = size <= band && gap > 0.5 ? pow(2 * gap - 1, Double(size)) * reciprocal[size] : 0

        var vector = [Double](repeating: 0, count: size)
        var next = vector
        vector[k - 1] = 1
        var logScale = 0.0
        for step in 1...n {
            let weight = Double(step) / Double(n)
            vector.withUnsafeBufferPointer { vector in
                for i in 0..<size {
                    // Row i holds 1/(i − j + 1)! for j ≤ i + 1.
                    var sum = 0.0
                    let top = min(i + 1, size - 1)
                    let bottom = max(0, i + 1 - band)
                    if bottom <= top {
                        for j in bottom...top { sum += reciprocal[i + 1 - j] * vector[j] }
                    }
                    next[i] = sum
                }
                for i in 0..<min(band, size) { next[i] -= edge[i + 1] * vector[0] }
                for j in max(0, size - band)..<size { next[size - 1] -= edge[size - j] * vector[j] }
                next[size - 1] += corner * vector[0]
            }
            var largest = 0.0
            for i in 0..<size {
                next[i] *= weight
                largest = max(largest, next[i])
            }
            swap(&vector, &next)
            if largest < 1e-100 || largest > 1e100 {
                guard largest > 0 else { return 0 }
                for i in 0..<size { vector[i] /= largest }
                logScale += log(largest)
            }
        }
        return vector[k - 1] * exp(logScale)
    }

    /// P(√n D_n ≤ z) = K₀ + K₁/√n + K₂/n + K₃/n^{3/2}, the terms in the form that converges for small z.
    static func pelzGoodCDF(_ d: Double, _ n: Double) -> Double {
        let z2 = n * d * d
        let z = z2.squareRoot()
        let z4 = z2 * z2
        let z6 = z4 * z2
        let square = Double.pi * Double.pi
        var k0 = 0.0
        var k1 = 0.0
        var k2 = 0.0
        var k3 = 0.0
        var k2Whole = 0.0
        var k3Whole = 0.0
        for k in stride(from: (8 * z).rounded(.up) + 2, through: 1, by: -1) {
            // π²(k − ½)² of the odd sums and π²k² of the whole ones.
            let odd = square * (k - 0.5) * (k - 0.5)
            let oddWeight = exp(-odd / (2 * z2))
            k0 += oddWeight
            k1 += oddWeight * (odd - z2)
            k2 += oddWeight * (6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * odd + (1 - 2 * z2) * odd * odd)
            k3 +=
                oddWeight
                * (-30 * z6 - 90 * z4 * z4 + (135 * z4 - 96 * z6) * odd + (212 * z4 - 60 * z2) * odd * odd
                    + (5 - 30 * z2) * odd * odd * odd)
            let whole = square * k * k
            let wholeWeight = exp(-whole / (2 * z2))
            k2Whole += wholeWeight * whole
            k3Whole += wholeWeight * whole * (3 * z2 - whole)
        }
        let root = n.squareRoot()
        let first = k0 / z + k1 / (6 * z4 * root)
        let second = (k2 / (72 * z6 * z) - k2Whole / (36 * z2 * z)) / n
        let third = (k3 / (6480 * z6 * z4) + k3Whole / (216 * z6)) / (n * root)
        return (2 * Double.pi).squareRoot() * (first + second + third)
    }
}
