import Foundation
import Marks
import Statistics
import TestSupport
import Testing

@testable import Auditing

/// p-values of random keys on streams that no key had a part in, weighted against a reference. `make test-calibration`
/// tries 10,000 keys.
@Suite struct WeightedCalibrationTests {
    private static let keys = CalibrationKeys.count(usually: 1_000)
    private static let decoys = 2 * keys

    /// Few positions, each with what was written and two tokens that a reference expected.
    private func test(_ scheme: TokenMark, _ streams: [[Int32]], seed: UInt64) throws -> WeightedKeyTest {
        let configuration = try TokenTestConfiguration(scheme, width: 2)
        let weights = TupleWeights(configuration, rule: .observedMinusReference)
        var generator = SplitMix64(seed: seed)
        for stream in streams {
            let reference = stream.map { token in
                let likely = Bool.random(using: &generator) ? token : Int32.random(in: 0..<9, using: &generator)
                return TopTokens(
                    tokens: [likely, 5001 + Int32.random(in: 0..<9, using: &generator)],
                    probabilities: [
                        Float.random(in: 0.4..<0.7, using: &generator), Float.random(in: 0.1..<0.3, using: &generator),
                    ])
            }
            weights.add(TokenDocument(tokens: stream), reference: reference)
        }
        let tuples = weights.tuples()
        #expect(tuples.count >= 25 && tuples.count <= 120)
        return WeightedKeyTest(tuples, configuration: configuration)
    }

    private func expectCalibrated(_ scheme: TokenMark, _ streams: [[Int32]], seed: UInt64) throws {
        let test = try test(scheme, streams, seed: seed)
        var generator = SplitMix64(seed: seed)
        let keys = (0..<Self.keys).map { _ in test.configuration.randomKey(using: &generator) }
        let scores = try test.scores(keys: keys, threads: 2)
        let decoys = test.decoyScores(count: Self.decoys, seed: seed, threads: 2).sorted()

        // Drawn scores and those of keys have one law: the share of draws above a key's score is uniform. Both samples
        // are random, as if the smaller were one and the larger exact, with fewer keys.
        let ranks = scores.map { score in
            let below = Self.first(in: decoys) { $0 > score.z - 1e-9 }
            let notAbove = Self.first(in: decoys) { $0 > score.z + 1e-9 }
            let rank =
                Double(decoys.count - notAbove) + Double.random(in: 0..<1, using: &generator)
                * Double(notAbove - below + 1)
            return rank / Double(decoys.count + 1)
        }
        let equivalent = Self.keys * Self.decoys / (Self.keys + Self.decoys)
        let statistic = KolmogorovSmirnov.statistic(ranks)
        let uniformity = exp(KolmogorovSmirnov.logUpperBound(atLeast: statistic, count: equivalent))
        #expect(uniformity > 0.0001, "\(scheme), seed \(seed): D = \(statistic)")

        for level in [0.01, 0.001] {
            let bounds = scores.count { test.log10Chernoff($0) <= log10(level) }
            let allowed = Binomial.quantile(0.9999, trials: Self.keys, probability: level)
            #expect(bounds <= allowed, "\(scheme), seed \(seed): \(bounds) alarms of the bound at \(level)")
        }
    }

    /// The first index of a sorted array at which a property holds that stays.
    private static func first(in sorted: [Double], where holds: (Double) -> Bool) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if holds(sorted[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    @Test(arguments: allTokenSchemes) func zipf(scheme: TokenMark) throws {
        try expectCalibrated(scheme, TokenSequences.zipf(documents: 1, length: 20, seed: 1), seed: 31)
    }

    @Test(arguments: allTokenSchemes) func looped(scheme: TokenMark) throws {
        try expectCalibrated(scheme, TokenSequences.looped(documents: 1, length: 36, seed: 2), seed: 32)
    }

    @Test(arguments: allTokenSchemes) func templated(scheme: TokenMark) throws {
        try expectCalibrated(scheme, TokenSequences.templated(documents: 1, length: 36, seed: 3), seed: 33)
    }

    /// Key randomisation with decoys of its own for every key: false alarms at the smallest p that 99 decoys can give.
    @Test(arguments: allTokenSchemes) func falseAlarmsOfKeyRandomisation(scheme: TokenMark) throws {
        let test = try test(scheme, TokenSequences.zipf(documents: 1, length: 12, seed: 5), seed: 34)
        var generator = SplitMix64(seed: 35)
        let keys = (0..<Self.keys).map { _ in test.configuration.randomKey(using: &generator) }
        let scores = try test.scores(keys: keys, threads: 2)
        let decoys = test.decoyScores(count: 99 * Self.keys, seed: 36, threads: 2)
        let logs = scores.indices.map { index in
            KeyRandomisation.log10P(real: scores[index].z, decoys: Array(decoys[99 * index..<99 * (index + 1)]))
        }
        for level in [0.01, 0.05, 0.5] {
            let alarms = logs.count { $0 <= log10(level) + 1e-12 }
            let most = Binomial.quantile(0.9999, trials: Self.keys, probability: level)
            #expect(alarms <= most, "\(scheme), \(level): \(alarms)")
            // Ties, of which there are few, only lower it.
            let least = Binomial.quantile(0.0001, trials: Self.keys, probability: 0.8 * level)
            #expect(alarms >= least, "\(scheme), \(level): \(alarms)")
        }
    }
}
