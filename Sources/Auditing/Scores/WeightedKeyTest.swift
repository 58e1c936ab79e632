import Foundation
import Marks
import Statistics

/// S = Σ w·(g − μ) of one scheme under any key, and its null law: g is a scheme's score of a (context, token) tuple, μ its
/// mean (<doc:AuditTests>).
///
/// g is the share of successes where a scheme counts, else a sum of exponential scores. Under a key that had no part in the
/// weights the g of different tuples are independent, so that the law of S is known from the weights alone.
package struct WeightedKeyTest: Sendable {
    /// What is tested.
    package let tuples: WeightedTuples
    /// How.
    package let configuration: TokenTestConfiguration
    /// The standard deviation of S under a key that had no part in the weights.
    package let deviation: Double
    private let law: TokenScoreLaw
    private let absoluteWeight: Double

    /// - Parameters:
    ///   - tuples: Weights that depend on no key; their contexts are as wide as the configuration's.
    ///   - configuration: The scheme.
    package init(_ tuples: WeightedTuples, configuration: TokenTestConfiguration) {
        self.tuples = tuples
        self.configuration = configuration
        law = configuration.mark.law
        deviation = (tuples.weights.reduce(0) { $0 + $1 * $1 } * law.variance).squareRoot()
        absoluteWeight = tuples.weights.reduce(0) { $0 + abs($1) }
    }

    /// The score of one key.
    ///
    /// - Throws: `WatermarkError` for a key that is not one of the scheme's, or contexts of another width.
    package func score(key: TokenTestKey) throws(WatermarkError) -> WeightedScore {
        try scores(keys: [key], threads: 1)[0]
    }

    /// The scores of many keys, in their order; the same for any number of threads.
    ///
    /// - Throws: As ``score(key:)``.
    package func scores(keys: [TokenTestKey], threads: Int) throws(WatermarkError) -> [WeightedScore] {
        guard tuples.width == configuration.width else {
            throw .invalidParameter(
                name: "the tuples' width", value: "\(tuples.width)", allowed: "\(configuration.width)")
        }
        let sums = parallelMap(count: keys.count, threads: threads) { index -> Result<Double, WatermarkError> in
            do throws(WatermarkError) {
                return .success(sum(under: try configuration.scorer(key: keys[index])))
            } catch {
                return .failure(error)
            }
        }
        var scores: [WeightedScore] = []
        for sum in sums { scores.append(score(sum: try sum.get())) }
        return scores
    }

    private func sum(under scorer: any TokenScorer) -> Double {
        tuples.contexts.withUnsafeBufferPointer { contexts in
            tuples.tokens.withUnsafeBufferPointer { tokens in
                tuples.weights.withUnsafeBufferPointer { weights in
                    scorer.weightedSum(
                        contexts: contexts, tokens: tokens, weights: weights, width: tuples.width, mean: law.mean)
                }
            }
        }
    }

    private func score(sum: Double) -> WeightedScore {
        let z = deviation > 0 ? sum / deviation : 0
        return WeightedScore(
            sum: sum, z: z, tuples: tuples.count, positions: tuples.positions,
            effect: tuples.positions > 0 ? z / Double(tuples.positions).squareRoot() : 0,
            excess: absoluteWeight > 0 ? sum / absoluteWeight : 0)
    }

    /// The standardised scores of decoys: independent draws of every g from its law under a key that had no part in the
    /// weights, which random keys would give too.
    ///
    /// The result depends on neither the number of threads nor, decoy by decoy, on their count. All are 0 where nothing was
    /// counted.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - seed: Of a generator that no secret depends on; fixed before the key is tested.
    ///   - threads: How many threads share the work.
    package func decoyScores(count: Int, seed: UInt64, threads: Int) -> [Double] {
        guard count > 0 else { return [] }
        guard deviation > 0 else { return Array(repeating: 0, count: count) }
        let groups = (count + DecoyDraws.lanes - 1) / DecoyDraws.lanes
        let offset = law.mean * tuples.weights.reduce(0, +)
        let sums = parallelMap(count: groups, threads: threads) { group in
            var draws = DecoyDraws(seed: seed, group: group)
            return draws.sums(of: tuples.weights, law: law)
        }
        return sums.joined().prefix(count).map { ($0 - offset) / deviation }
    }

    /// log10 of the Chernoff bound on the probability that a key which had no part in the weights scores as much. Valid at any
    /// depth; 0 for a sum of at most 0.
    package func log10Chernoff(_ score: WeightedScore) -> Double {
        LogSpace.log10(fromNatural: ChernoffBound(weights: tuples.weights, law: law).logUpperTail(atLeast: score.sum))
    }
}
