import Foundation
import KeyedPRF
import Statistics

/// Whether a scheme's p-values hold what they promise on a given corpus, tried with many random keys.
///
/// Exact p-values of a discrete statistic are conservative. Their distribution is therefore checked on the randomised
/// p-value (exactly uniform if the null distribution is right), and the reported p-value only from one side.
package struct Calibration: Sendable {
    /// Alarms of the reported p at one level.
    package struct Alarms: Sendable {
        /// The level.
        package let level: Double
        /// Keys with reported p at most the level.
        package let count: Int
        /// The largest number that chance explains: the upper end of the 99 % interval of Binomial(keys, level).
        package let allowed: Int
        /// Whether the reported p is valid at this level.
        package var isValid: Bool { count <= allowed }
    }

    /// Keys tried.
    package let keys: Int
    /// Distinct observations.
    package let observations: Int
    /// Kolmogorov-Smirnov p-value of the randomised p-values against the uniform distribution.
    package let uniformityP: Double
    /// Kolmogorov-Smirnov statistic of the same.
    package let uniformityStatistic: Double
    /// At 1 % and 0.1 %.
    package let alarms: [Alarms]

    /// Tries keys drawn from a seeded generator, which must be made for this purpose: a real key must never come from it.
    ///
    /// - Parameters:
    ///   - corpus: The observations.
    ///   - keys: How many keys.
    ///   - generator: Keys and randomisation.
    package init(
        of corpus: ObservationCorpus, keys: Int, using generator: inout some RandomNumberGenerator
    ) throws(KeyedPRFError) {
        let null = corpus.null
        var tails: [Int: (log10P: Double, above: Double, at: Double)] = [:]
        var randomised: [Double] = []
        var reported: [Double] = []
        for _ in 0..<keys {
            let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let hits = try corpus.hits(key: SecretBytes(copying: bytes))
            let tail =
                tails[hits]
                ?? (
                    LogSpace.log10(fromNatural: null.logUpperTail(atLeast: hits)),
                    null.logUpperTail(atLeast: hits + 1), null.logPMF(hits)
                )
            tails[hits] = tail
            reported.append(tail.log10P)
            let uniform = Double.random(in: 0..<1, using: &generator)
            randomised.append(RandomizedPValue.upper(logAbove: tail.above, logPMF: tail.at, uniform: uniform))
        }
        self.keys = keys
        observations = corpus.count
        let uniformity = KolmogorovSmirnov.oneSample(randomised)
        uniformityP = uniformity.pValue
        uniformityStatistic = uniformity.statistic
        alarms = [0.01, 0.001].map { level in
            Alarms(
                level: level, count: reported.count { $0 <= log10(level) },
                allowed: Binomial.quantile(0.995, trials: keys, probability: level))
        }
    }
}
