import Foundation
import Generation
import KeyedPRF
import Marks
import Statistics
import TestSupport
import Testing

/// What the schemes do to one step's distribution.
@Suite struct SchemeTests {
    private static let context: [Int32] = [3, 1, 4, 1]

    private static func randomRow(dense: Bool, seed: UInt64) -> CandidateScores {
        var generator = SplitMix64(seed: seed)
        var scores = (0..<40).map { _ in Float.random(in: -4...4, using: &generator) }
        guard !dense else { return CandidateScores(scores: scores) }
        scores.sort(by: >)
        var tokens: [Int32] = []
        while tokens.count < 40 {
            let token = Int32.random(in: 0..<150_000, using: &generator)
            if !tokens.contains(token) { tokens.append(token) }
        }
        return CandidateScores(tokens: tokens, scores: scores)
    }

    private static func softmax(_ logits: [Double]) -> [Double] {
        let maximum = logits.max() ?? 0
        let weights = logits.map { exp($0 - maximum) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }

    private static func byToken(_ row: CandidateScores) -> [Int32: Double] {
        let p = softmax(row.scores.map(Double.init))
        return Dictionary(uniqueKeysWithValues: p.indices.map { (row.token(at: $0), p[$0]) })
    }

    /// softmax(logits + bias), computed from the definition with a keyed word at a time.
    @Test(arguments: [true, false]) func greenIsSoftmaxOfLogitsAndBias(dense: Bool) throws {
        for seed in UInt64(0)..<100 {
            let row = Self.randomRow(dense: dense, seed: seed)
            let prf = try TokenPRF(secret: testSecret(seed), scheme: .green, width: 4)
            prf.select(Self.context)
            let expected = Self.softmax(
                row.scores.indices.map {
                    Double(row.scores[$0]) + (Double(prf.word32(row.token(at: $0))) < 0.25 * 0x1p32 ? 2 : 0)
                })
            var marked = row
            GreenWatermark(prf: prf, gamma: 0.25, delta: 2).apply(to: &marked, after: Self.context)
            let probabilities = Self.byToken(marked)
            for i in expected.indices {
                let p = try #require(probabilities[row.token(at: i)])
                #expect(abs(p - expected[i]) < 1e-6, "seed \(seed)")
            }
            #expect(dense || marked.scores == marked.scores.sorted(by: >))
        }
    }

    @Test(arguments: [true, false]) func fingerprintIsSoftmaxOfLogitsAndBias(dense: Bool) throws {
        for seed in UInt64(0)..<(dense ? 100 : 4) {
            let row = Self.randomRow(dense: dense, seed: seed)
            let size = dense ? 40 : 150_000
            var generator = SplitMix64(seed: seed + 1000)
            let q = Self.softmax((0..<size).map { _ in Double.random(in: -3...3, using: &generator) }).map(Float.init)
            let prf = try TokenPRF(secret: testSecret(seed), scheme: .fingerprint, width: 4)
            prf.select(Self.context)
            let isGreen = (0..<size).map { Double(prf.word32(Int32($0))) < 0.5 * 0x1p32 ? 1.0 : 0 }
            let mean = (0..<size).reduce(0.0) { $0 + Double(q[$1]) * isGreen[$1] }
            let lambda = dense ? 30.0 : 30_000
            let expected = Self.softmax(
                row.scores.indices.map {
                    let token = Int(row.token(at: $0))
                    return Double(row.scores[$0]) + lambda * Double(q[token]) * (isGreen[token] - mean)
                })
            var marked = row
            q.withUnsafeBufferPointer {
                FingerprintWatermark(prf: prf, gamma: 0.5, lambda: lambda)
                    .apply(to: &marked, after: Self.context, proxy: $0)
            }
            #expect(marked != row)
            let probabilities = Self.byToken(marked)
            for i in expected.indices {
                let p = try #require(probabilities[row.token(at: i)])
                #expect(abs(p - expected[i]) < 1e-6, "seed \(seed)")
            }
        }
    }

    /// The rule as it is written down, with a logarithm for every token.
    @Test(arguments: [true, false]) func gumbelIsTheArgmaxOfItsRule(dense: Bool) throws {
        for seed in UInt64(0)..<200 {
            var row = Self.randomRow(dense: dense, seed: seed)
            if seed % 3 == 0 {
                for i in row.scores.indices { row.scores[i] *= 20 }
                row.scores[39] = -.infinity
            }
            let prf = try TokenPRF(secret: testSecret(seed), scheme: .gumbel, width: 4)
            prf.select(Self.context)
            let values = row.scores.indices.map { i -> Double in
                let u = (Double(prf.word64(row.token(at: i)) >> 11) + 0.5) * 0x1p-53
                return Double(row.scores[i]) - log(-log(u))
            }
            let best = try #require(values.indices.max { values[$0] < values[$1] })
            let chosen = GumbelWatermark(prf: prf).choose(from: row, after: Self.context)
            #expect(chosen == row.token(at: best), "seed \(seed)")
        }
    }

    @Test func gumbelOverAWholeVocabulary() throws {
        var generator = SplitMix64(seed: 9)
        let row = CandidateScores(scores: (0..<20_003).map { _ in Float.random(in: -8...8, using: &generator) })
        let pairs = CandidateScores(tokens: (0..<20_003).map { Int32($0) }, scores: row.scores)
        for seed in UInt64(0)..<20 {
            let watermark = GumbelWatermark(
                prf: try TokenPRF(secret: testSecret(seed), scheme: .gumbel, width: 4))
            let chosen = watermark.choose(from: row, after: Self.context)
            #expect(chosen == watermark.choose(from: pairs, after: Self.context), "seed \(seed)")
        }
    }

    /// The layers by brute force: the expected result of tournaments between two independent candidates.
    @Test func tournamentLayersAreTwoCandidateTournaments() throws {
        let row = Self.randomRow(dense: true, seed: 5)
        let prf = try TokenPRF(secret: testSecret(5), scheme: .tournament, width: 4)
        prf.select(Self.context)
        var p = Self.softmax(row.scores.map(Double.init))
        for layer in 0..<3 {
            let g = p.indices.map { prf.word32(Int32($0)) >> UInt32(layer) & 1 }
            var next = [Double](repeating: 0, count: p.count)
            for a in p.indices {
                for b in p.indices {
                    if g[a] == g[b] {
                        next[a] += p[a] * p[b] / 2
                        next[b] += p[a] * p[b] / 2
                    } else {
                        next[g[a] > g[b] ? a : b] += p[a] * p[b]
                    }
                }
            }
            p = next
        }
        var marked = row
        TournamentWatermark(prf: prf, layers: 3).apply(to: &marked, after: Self.context)
        for (i, value) in marked.scores.enumerated() { #expect(abs(exp(Double(value)) - p[i]) < 1e-6) }
    }

    // MARK: The mean over keys

    private static let meanKeys = 20_000
    private static let meanRow = CandidateScores(
        tokens: [17, 3, 90_000, 4, 5, 250, 6, 151_000],
        scores: [0.3, 0.2, 0.14, 0.12, 0.1, 0.07, 0.05, 0.02].map { Float(log($0)) })

    /// ln P(X² ≥ x) with 7 degrees of freedom.
    private static func chiSquareP(_ counts: [Double], _ expected: [Double]) -> Double {
        let statistic = zip(counts, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / $1.1 }
        return exp(GammaDistribution.logUpperTail(above: statistic / 2, shape: Double(counts.count - 1) / 2))
    }

    @Test func gumbelSamplesTheModelsDistributionOverKeys() throws {
        var counts = [Int32: Double]()
        for key in 0..<UInt64(Self.meanKeys) {
            let watermark = GumbelWatermark(
                prf: try TokenPRF(secret: testSecret(1_000_000 + key), scheme: .gumbel, width: 4))
            counts[watermark.choose(from: Self.meanRow, after: Self.context), default: 0] += 1
        }
        let expected = Self.meanRow.scores.map { exp(Double($0)) * Double(Self.meanKeys) }
        #expect(Self.chiSquareP(Self.meanRow.tokens.map { counts[$0] ?? 0 }, expected) > 0.001)
    }

    @Test func tournamentSamplesTheModelsDistributionOverKeys() throws {
        var counts = [Int32: Double]()
        var generator = SplitMix64(seed: 77)
        var mean = [Int32: Double]()
        for key in 0..<UInt64(Self.meanKeys) {
            let watermark = TournamentWatermark(
                prf: try TokenPRF(secret: testSecret(2_000_000 + key), scheme: .tournament, width: 4), layers: 30)
            var row = Self.meanRow
            watermark.apply(to: &row, after: Self.context)
            for i in row.tokens.indices { mean[row.tokens[i], default: 0] += exp(Double(row.scores[i])) }
            let token = try CategoricalSampler().sample(
                row, sequence: SequenceContext(slot: 0, index: 0, prompt: []), using: &generator)
            counts[token, default: 0] += 1
        }
        let expected = Self.meanRow.scores.map { exp(Double($0)) * Double(Self.meanKeys) }
        #expect(Self.chiSquareP(Self.meanRow.tokens.map { counts[$0] ?? 0 }, expected) > 0.001)
        for (token, value) in zip(Self.meanRow.tokens, expected) {
            // The standard deviation of one key's probability is at most √(p(1 − p)).
            let deviation = (value * (1 - value / Double(Self.meanKeys))).squareRoot()
            #expect(abs((mean[token] ?? 0) - value) < 4 * deviation)
        }
    }
}
