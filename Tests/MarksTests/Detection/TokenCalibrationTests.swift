import Foundation
import Marks
import Statistics
import TestSupport
import Testing

/// p-values of random keys on streams that no key had a part in. `make test-calibration` tries 10,000 keys.
@Suite struct TokenCalibrationTests {
    private static let keys = CalibrationKeys.count(usually: 1_000)

    private func expectCalibrated(_ documents: [TokenDocument], _ scheme: TokenMark, seed: UInt64) throws {
        let corpus = TokenCorpus(try TokenTestConfiguration(scheme, width: 2))
        for document in documents { corpus.add(document) }
        #expect(corpus.count >= 60)
        var generator = SplitMix64(seed: seed)
        let calibration = try TokenCalibration(of: corpus, keys: Self.keys, using: &generator, threads: 2)
        #expect(calibration.uniformityP > 0.0001, "\(scheme), seed \(seed): D = \(calibration.uniformityStatistic)")
        for alarm in calibration.alarms {
            // Some fifty comparisons are one family here.
            let allowed = Binomial.quantile(0.9999, trials: Self.keys, probability: alarm.level)
            #expect(alarm.count <= allowed, "\(scheme), seed \(seed): \(alarm.count) alarms at \(alarm.level)")
        }
    }

    @Test(arguments: allTokenSchemes) func zipf(scheme: TokenMark) throws {
        try expectCalibrated(TokenStreams.zipf(documents: 2, length: 60, seed: 1), scheme, seed: 11)
    }

    @Test(arguments: allTokenSchemes) func looped(scheme: TokenMark) throws {
        try expectCalibrated(TokenStreams.looped(documents: 6, length: 400, seed: 2), scheme, seed: 12)
    }

    @Test(arguments: allTokenSchemes) func templated(scheme: TokenMark) throws {
        try expectCalibrated(TokenStreams.templated(documents: 6, length: 90, seed: 3), scheme, seed: 13)
    }

    @Test(arguments: [1, 3]) func manyKeysAtOnce(threads: Int) throws {
        let corpus = TokenCorpus(try TokenTestConfiguration(.gumbel, width: 2))
        for document in TokenStreams.zipf(documents: 3, length: 300, seed: 1) { corpus.add(document) }
        var generator = SplitMix64(seed: 16)
        let keys = (0..<10).map { _ in corpus.randomKey(using: &generator) }
        #expect(try corpus.totals(keys: keys, threads: threads) == keys.map { try corpus.totals(key: $0) })
        #expect(try corpus.totals(keys: [], threads: threads) == [])
        #expect(throws: WatermarkError.self) { try corpus.totals(keys: [.engine(EngineKey(1))], threads: threads) }
    }

    /// What de-duplication is for: without it a loop multiplies one accident.
    @Test func loopsAreNotCalibratedWithoutDeduplication() throws {
        let corpus = TokenCorpus(try TokenTestConfiguration(.green(gamma: 0.25), width: 2, deduplicates: false))
        for document in TokenStreams.looped(documents: 6, length: 400, seed: 2) { corpus.add(document) }
        var generator = SplitMix64(seed: 14)
        let calibration = try TokenCalibration(of: corpus, keys: 200, using: &generator)
        #expect(calibration.alarms.contains { !$0.isValid })
    }

    /// Text marked with another key is text that this key had no part in.
    @Test func textMarkedWithAnotherKey() throws {
        let marked = try MarkedStreams.decode(WatermarkConfiguration(.gumbel, width: 2), key: tokenKey(99))
        try expectCalibrated(Array(marked.prefix(4)), .gumbel, seed: 15)
    }
}
