import Foundation
import Statistics

/// The real key's score among those of decoys: exact when the weights depend on no key, down to 1/(decoys + 1).
package enum KeyRandomisation {
    /// log10 of (1 + #{decoy ≥ real})/(M + 1). A decoy within 1e-9 of the real score counts as equal: the same sum added
    /// up in another order differs in its last digits. No decoys, or a score that is not a number, give 0.
    package static func log10P(real: Double, decoys: [Double]) -> Double {
        log10(RankPValue.upper(real: real - tolerance(real), decoys: decoys))
    }

    private static func tolerance(_ real: Double) -> Double { 1e-9 * max(1, abs(real)) }

    /// Whether Holm's first step can succeed: the smallest p, 1/(M + 1), times the number of tests is at most the level.
    /// If not, a test by randomisation alone would be in vain, and the plan names the Chernoff bound as primary.
    package static func canReach(level: Double, familySize: Int, decoys: Int) -> Bool {
        Double(max(familySize, 1)) <= level * Double(max(decoys, 0) + 1)
    }

    /// Whether decoys contradict another p-value of the same score: where that holds, the number of decoys that score as much
    /// is Binomial(M, p), and one as extreme has a probability below 0.1 %. Meant for the bulk; deep in the tail decoys
    /// cannot tell.
    ///
    /// - Parameters:
    ///   - log10P: The other p-value.
    ///   - isBound: Whether it is only an upper bound, which too few decoys do not contradict.
    ///   - real: The real key's score.
    ///   - decoys: The decoys' scores.
    package static func contradicts(log10P: Double, isBound: Bool, real: Double, decoys: [Double]) -> Bool {
        guard !decoys.isEmpty, !real.isNaN else { return false }
        let probability = min(1, exp(LogSpace.natural(fromLog10: log10P)))
        let threshold = real - tolerance(real)
        let count = decoys.count { !($0 < threshold) }
        let level = log(0.0005)
        if Binomial.logUpperTail(atLeast: count, trials: decoys.count, probability: probability) < level { return true }
        guard !isBound else { return false }
        return Binomial.logLowerTail(atMost: count, trials: decoys.count, probability: probability) < level
    }

    /// A histogram of decoys for the report, from the least to the greatest of them; values that are not finite are left out.
    ///
    /// - Parameter bins: At least 1.
    package static func histogram(real: Double, decoys: [Double], bins: Int) -> AuditReport.Histogram {
        let values = decoys.filter(\.isFinite)
        let bins = max(bins, 1)
        let low = values.min() ?? 0
        let span = (values.max() ?? 0) - low
        // Equal decoys, or none, stand in the middle of a range of one.
        let start = span > 0 ? low : low - 0.5
        let width = (span > 0 ? span : 1) / Double(bins)
        var counts = [Int](repeating: 0, count: bins)
        for value in values { counts[min(bins - 1, max(0, Int((value - start) / width)))] += 1 }
        return AuditReport.Histogram(start: start, width: width, counts: counts, real: real.isFinite ? real : 0)
    }
}
