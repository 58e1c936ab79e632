import Foundation
import KeyedPRF
import Marks
import Statistics
import TestSupport
import Testing

@testable import Auditing

@Suite struct WeightedKeyTestTests {
    /// With unit weights on the tuples that a detector scores, S is the detector's sum without its mean.
    @Test(arguments: allTokenSchemes) func unitWeightsGiveTheDetectorsSums(scheme: TokenMark) throws {
        let width = 3
        let configuration = try TokenTestConfiguration(scheme, width: width)
        // Every context once, and of odd number so that lanes of four do not come out even.
        let tokens = (0..<303).map { Int32($0 * 7919 % 100_003) }
        var tuples = WeightedTuples(width: width, positions: 300)
        for i in width..<tokens.count {
            tuples.contexts += tokens[i - width..<i]
            tuples.tokens.append(tokens[i])
            tuples.weights.append(1)
        }
        if scheme.counting.padsContexts {
            let padded = [-1, -1, -1] + tokens
            for i in 0..<width {
                tuples.contexts += padded[i..<i + width]
                tuples.tokens.append(padded[i + width])
                tuples.weights.append(1)
            }
        }
        let corpus = TokenCorpus(configuration)
        corpus.add(TokenDocument(tokens: tokens))
        #expect(corpus.count == tuples.count)
        let test = WeightedKeyTest(tuples, configuration: configuration)
        for seed in UInt64(1)...4 {
            let key = try testKey(scheme, seed)
            let totals = try corpus.totals(key: key)
            let n = Double(tuples.count)
            let expected: Double =
                switch configuration.mark.law {
                case .count(let trials, let probability): Double(totals.hits) / Double(trials) - n * probability
                case .exponential(let a, let b): a * totals.sum + b * totals.secondSum - n * (a + b)
                }
            let score = try test.score(key: key)
            #expect(abs(score.sum - expected) < 1e-9 * n)
            #expect(abs(score.z - score.sum / test.deviation) < 1e-12)
            #expect(abs(score.excess - expected / n) < 1e-9)
            #expect(abs(score.effect - score.z / 300.0.squareRoot()) < 1e-12)
        }
    }

    /// Weights multiply the scores of single tuples, whether or not their contexts follow each other.
    @Test(arguments: allTokenSchemes) func weightsMultiply(scheme: TokenMark) throws {
        let configuration = try TokenTestConfiguration(scheme, width: 2)
        let tuples = randomTuples(601, seed: 3)
        let key = try testKey(scheme, 9)
        var expected = 0.0
        for i in stride(from: 0, to: tuples.count, by: 7) {
            let one = WeightedTuples(
                width: 2, contexts: Array(tuples.contexts[2 * i..<2 * i + 2]), tokens: [tuples.tokens[i]],
                weights: [tuples.weights[i]], positions: 1, distinctContexts: 1)
            expected += try WeightedKeyTest(one, configuration: configuration).score(key: key).sum
        }
        var sparse = tuples
        for i in 0..<sparse.count where i % 7 != 0 { sparse.weights[i] = 0 }
        let sum = try WeightedKeyTest(sparse, configuration: configuration).score(key: key).sum
        #expect(abs(sum - expected) < 1e-9)
    }

    @Test(arguments: allTokenSchemes) func threadsDecideNothing(scheme: TokenMark) throws {
        let configuration = try TokenTestConfiguration(scheme, width: 2)
        let test = WeightedKeyTest(randomTuples(57, seed: 1), configuration: configuration)
        let keys = try (0..<7).map { try testKey(scheme, $0) }
        let scores = try test.scores(keys: keys, threads: 1)
        #expect(try test.scores(keys: keys, threads: 3) == scores)
        #expect(try keys.map { try test.score(key: $0) } == scores)
        let decoys = test.decoyScores(count: 600, seed: 5, threads: 1)
        #expect(decoys.count == 600)
        #expect(test.decoyScores(count: 600, seed: 5, threads: 3) == decoys)
        // Fewer decoys are the first ones.
        #expect(test.decoyScores(count: 10, seed: 5, threads: 2) == Array(decoys.prefix(10)))
        #expect(test.decoyScores(count: 600, seed: 6, threads: 1) != decoys)
        #expect(Set(decoys).count > 590)
    }

    @Test(arguments: allTokenSchemes) func decoysAreStandardised(scheme: TokenMark) throws {
        let configuration = try TokenTestConfiguration(scheme, width: 2)
        let test = WeightedKeyTest(randomTuples(40, seed: 8), configuration: configuration)
        let decoys = test.decoyScores(count: 20_000, seed: 1, threads: 2)
        let mean = decoys.reduce(0, +) / 20_000
        let variance = decoys.reduce(0) { $0 + $1 * $1 } / 20_000
        #expect(abs(mean) < 0.03)
        #expect(abs(variance - 1) < 0.06)
    }

    @Test(arguments: allTokenSchemes) func nothingGivesNoEvidence(scheme: TokenMark) throws {
        let test = WeightedKeyTest(WeightedTuples(width: 4), configuration: try TokenTestConfiguration(scheme))
        let score = try test.score(key: testKey(scheme, 1))
        #expect(score == WeightedScore(sum: 0, z: 0, tuples: 0, positions: 0, effect: 0, excess: 0))
        #expect(test.log10Chernoff(score) == 0)
        let decoys = test.decoyScores(count: 99, seed: 1, threads: 2)
        #expect(KeyRandomisation.log10P(real: score.z, decoys: decoys) == 0)
        #expect(test.decoyScores(count: 0, seed: 1, threads: 2).isEmpty)
        #expect(try test.scores(keys: [], threads: 2).isEmpty)
    }

    @Test func wrongKeysAndWidthsAreRefused() throws {
        let tuples = randomTuples(4, seed: 1)
        func test(_ scheme: TokenMark, width: Int) throws -> WeightedKeyTest {
            WeightedKeyTest(tuples, configuration: try TokenTestConfiguration(scheme, width: width))
        }
        let native = try test(.gumbel, width: 2)
        #expect(throws: WatermarkError.self) { try native.score(key: .engine(EngineKey(1))) }
        let engine = try test(.engineGumbel(.philox), width: 2)
        #expect(throws: WatermarkError.self) { try engine.score(key: .subkey(auditKey(1))) }
        let wider = try test(.gumbel, width: 3)
        #expect(throws: WatermarkError.self) { try wider.score(key: .subkey(auditKey(1))) }
        let lexical = try Subkey(
            identity: KeyIdentity(purpose: .lexical, tenant: "t", epoch: "1"), secret: SecretBytes(count: 32))
        #expect(throws: WatermarkError.wrongPurpose(.lexical)) { try native.score(key: .subkey(lexical)) }
    }
}
