import Dispatch
import Foundation
import KeyedPRF
import Statistics

/// The scored positions of one configuration, kept, so that any number of keys can be tried without reading the tokens
/// again. 4·(width + 1) bytes per position.
package final class TokenCorpus {
    package let configuration: TokenTestConfiguration
    package let null: TokenNull
    private let reader: TokenObservationReader
    private var blocks: [TokenObservationBlock] = []

    package init(_ configuration: TokenTestConfiguration, filter: TokenContextSet? = nil) {
        self.configuration = configuration
        null = TokenNull(configuration)
        reader = TokenObservationReader(configuration, filter: filter)
    }

    /// Adds a document's positions.
    package func add(_ document: TokenDocument) {
        reader.collect(document, into: &blocks)
    }

    /// The number of scored positions.
    package var count: Int {
        complete()
        return blocks.reduce(0) { $0 + $1.count }
    }

    /// What a key's words add up to.
    package func totals(key: TokenTestKey) throws(WatermarkError) -> TokenTotals {
        complete()
        let scorer = try configuration.scorer(key: key)
        for block in blocks { scorer.add(block) }
        return scorer.totals
    }

    /// The same for many keys at once, in their order.
    package func totals(keys: [TokenTestKey], threads: Int) throws(WatermarkError) -> [TokenTotals] {
        complete()
        var scorers: [any TokenScorer] = []
        for key in keys { scorers.append(try configuration.scorer(key: key)) }
        let work = ParallelScoring(blocks: blocks, scorers: scorers)
        let threads = max(1, min(threads, keys.count))
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            for index in stride(from: thread, to: work.scorers.count, by: threads) { work.score(index) }
        }
        return scorers.map(\.totals)
    }

    private func complete() {
        reader.collectRest(into: &blocks)
    }

    /// A key that nobody chose: for calibration, and as a decoy.
    package func randomKey(using generator: inout some RandomNumberGenerator) -> TokenTestKey {
        configuration.randomKey(using: &generator)
    }
}

/// What threads share while keys are scored: blocks that nobody changes any more, and scorers, each of which is one
/// thread's.
private final class ParallelScoring: @unchecked Sendable {
    let blocks: [TokenObservationBlock]
    let scorers: [any TokenScorer]

    init(blocks: [TokenObservationBlock], scorers: [any TokenScorer]) {
        self.blocks = blocks
        self.scorers = scorers
    }

    func score(_ index: Int) {
        for block in blocks { scorers[index].add(block) }
    }
}

/// Whether a scheme's p-values hold what they promise on given tokens, tried with many random keys.
///
/// As in ``Calibration``: uniformity is checked on the randomised p-value, the reported one from one side.
package struct TokenCalibration: Sendable {
    /// Keys tried.
    package let keys: Int
    /// Scored positions.
    package let scored: Int
    /// Kolmogorov-Smirnov statistic of the randomised p-values against the uniform distribution.
    package let uniformityStatistic: Double
    /// At 1 % and 0.1 %.
    package let alarms: [Calibration.Alarms]

    /// The p-value of the statistic, at most by its bound: `KolmogorovSmirnov.logUpperBound(atLeast:count:)`.
    package var uniformityP: Double {
        exp(KolmogorovSmirnov.logUpperBound(atLeast: uniformityStatistic, count: keys))
    }

    /// Tries keys drawn from a seeded generator, which must be made for this purpose. Threads share the work and decide
    /// nothing.
    package init(
        of corpus: TokenCorpus, keys: Int, using generator: inout some RandomNumberGenerator, threads: Int = 1
    ) throws(WatermarkError) {
        var randomKeys: [TokenTestKey] = []
        var uniforms: [Double] = []
        for _ in 0..<keys {
            randomKeys.append(corpus.randomKey(using: &generator))
            uniforms.append(Double.random(in: 0..<1, using: &generator))
        }
        let null = corpus.null
        let totals = try corpus.totals(keys: randomKeys, threads: threads)
        let reported = totals.map { LogSpace.log10(fromNatural: null.logUpperTail($0)) }
        let randomised = zip(totals, uniforms).map { null.randomised($0, uniform: $1) }
        self.keys = keys
        scored = corpus.count
        uniformityStatistic = KolmogorovSmirnov.statistic(randomised)
        alarms = [-2.0, -3.0].map { level in
            let probability = level == -2 ? 0.01 : 0.001
            return Calibration.Alarms(
                level: probability, count: reported.count { $0 <= level },
                allowed: Binomial.quantile(0.995, trials: keys, probability: probability))
        }
    }
}
