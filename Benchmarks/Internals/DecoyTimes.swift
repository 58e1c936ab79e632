import Auditing
import Foundation
import Marks
import Statistics

/// How long an audit's decoy keys take: through the keyed function, and as random draws.
public struct DecoyTimes: Sendable {
    /// Positions that are scored.
    public let scored: Int
    /// All decoy keys through the keyed function.
    public let keyedSeconds: Double
    /// Weighted tuples of context and token.
    public let tuples: Int
    /// All decoy keys as draws.
    public let drawnSeconds: Double
    /// One real key on the tuples.
    public let realKeySeconds: Double
    /// The Chernoff bound of one score.
    public let boundSeconds: Double

    /// Measures.
    ///
    /// - Parameters:
    ///   - configuration: The scheme.
    ///   - tokens: What was written.
    ///   - keys: How many decoys.
    ///   - threads: On how many threads.
    ///   - likely: Likely tokens per position that the reference has.
    /// - Throws: `WatermarkError`.
    public init(
        _ configuration: TokenTestConfiguration, _ tokens: [Int32], keys: Int, threads: Int, likely: Int
    ) throws {
        let document = TokenDocument(tokens: tokens)
        let corpus = TokenCorpus(configuration)
        corpus.add(document)
        var generator = SeededGenerator(seed: 1)
        let decoys = (0..<keys).map { _ in corpus.randomKey(using: &generator) }
        let clock = ContinuousClock()
        let keyed = try clock.measure { _ = try corpus.totals(keys: decoys, threads: threads) }

        let reference = tokens.map { _ in
            TopTokens(
                tokens: (0..<likely).map { Int32(200_000 + $0) },
                probabilities: (0..<likely).map { _ in Float.random(in: 0..<1 / Float(likely), using: &generator) })
        }
        let weights = TupleWeights(configuration, rule: .observedMinusReference)
        weights.add(document, reference: reference)
        let test = WeightedKeyTest(weights.tuples(), configuration: configuration)
        let drawn = clock.measure { _ = test.decoyScores(count: keys, seed: 1, threads: threads) }
        var score = try test.score(key: decoys[0])
        let realKey = try clock.measure { score = try test.score(key: decoys[0]) }
        score.sum = 10 * test.deviation
        let bound = clock.measure { _ = test.log10Chernoff(score) }
        scored = corpus.count
        keyedSeconds = keyed / .seconds(1)
        self.tuples = test.tuples.count
        drawnSeconds = drawn / .seconds(1)
        realKeySeconds = realKey / .seconds(1)
        boundSeconds = bound / .seconds(1)
    }

    /// Token ids that follow Zipf's law; the same at every call.
    public static func zipf(_ count: Int) -> [Int32] {
        var generator = SeededGenerator(seed: 2)
        return (0..<count).map { _ in Int32(pow(50_000, Double.random(in: 0..<1, using: &generator))) - 1 }
    }
}
