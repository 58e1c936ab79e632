import Antidistillation
import Foundation
import TestSupport
import Testing

@Suite("The tilt of one row")
struct PenaltyTiltTests {
    /// A random row: scores of a random spread, Δ of a random spread, some tokens fixed, some without probability.
    struct Row {
        var scores: [Float]
        var derivatives: [Float]

        init(_ random: inout SplitMix64) {
            let count = Int.random(in: 1...60, using: &random)
            let spread = Float(pow(10, Double.random(in: -2...1.5, using: &random)))
            let scale = Float(pow(10, Double.random(in: -3...3, using: &random)))
            scores = (0..<count).map { _ in
                Int.random(in: 0..<20, using: &random) == 0
                    ? -.infinity : Float.random(in: -1...1, using: &random) * spread
            }
            derivatives = (0..<count).map { _ in
                Int.random(in: 0..<5, using: &random) == 0
                    ? .nan : Float.random(in: -1...1, using: &random) * scale
            }
        }
    }

    /// The definition, without care for overflow: for rows in which nothing is extreme.
    static func definition(_ scores: [Float], _ derivatives: [Float], lambda: Double) -> [Double] {
        let raw = scores.map { exp(Double($0)) }
        let p = raw.map { $0 / raw.reduce(0, +) }
        let isFixed = derivatives.map(\.isNaN)
        let mass = zip(p, isFixed).reduce(0) { $1.1 ? $0 : $0 + $1.0 }
        let weights = p.indices.map { isFixed[$0] ? 0 : p[$0] * exp(lambda * Double(derivatives[$0])) }
        let sum = weights.reduce(0, +)
        return p.indices.map { isFixed[$0] ? p[$0] : mass * weights[$0] / sum }
    }

    static func probabilities(_ scores: [Float]) -> [Double] {
        PenaltyTilt.logProbabilities(scores).map { exp($0) }
    }

    @Test("The distribution is that of the page on the penalty", arguments: 0..<20 as Range<UInt64>)
    func definition(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let scores = (0..<12).map { _ in Float.random(in: -4...4, using: &random) }
        var derivatives = (0..<12).map { _ in Float.random(in: -2...2, using: &random) }
        derivatives[3] = .nan
        derivatives[7] = .nan
        let lambda = Double.random(in: 0.1...3, using: &random)
        var tilted = scores
        let outcome = try PenaltyTilt(lambda: lambda).apply(to: &tilted, derivatives: derivatives)
        let expected = Self.definition(scores, derivatives, lambda: lambda)
        for (a, b) in zip(Self.probabilities(tilted), expected) { #expect(abs(a - b) < 1e-6) }
        let p = Self.definition(scores, derivatives, lambda: 0)
        let divergence = zip(expected, p).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
        #expect(abs(outcome.divergence - divergence) < 1e-6)
        #expect(abs(outcome.teacherEntropy - p.reduce(0) { $0 - $1 * log($1) }) < 1e-9)
        #expect(abs(outcome.entropy - expected.reduce(0) { $0 - $1 * log($1) }) < 1e-5)
        #expect(outcome.lambda == lambda)
        #expect(!outcome.isLimited)
    }

    @Test("A constant added to every derivative changes nothing")
    func constantsCancel() throws {
        let scores: [Float] = [1, 0.5, -1, -2]
        let derivatives: [Float] = [-1, 2, 0.25, .nan]
        let tilt = try PenaltyTilt(lambda: 0.75)
        var plain = scores
        var shifted = scores
        _ = tilt.apply(to: &plain, derivatives: derivatives)
        _ = tilt.apply(to: &shifted, derivatives: derivatives.map { $0 + 64 })
        #expect(plain == shifted)
    }

    @Test("Fixed tokens keep their probability to 1e-6, with and without a budget")
    func exemptTokens() throws {
        var random = SplitMix64(seed: 11)
        var tilted = 0
        for trial in 0..<3000 {
            let row = Row(&random)
            let lambda = pow(10, Double.random(in: -3...3, using: &random))
            let budget = Bool.random(using: &random) ? pow(10, Double.random(in: -6...1, using: &random)) : nil
            var scores = row.scores
            let outcome = try PenaltyTilt(lambda: lambda, budget: budget)
                .apply(to: &scores, derivatives: row.derivatives)
            let before = Self.probabilities(row.scores)
            let after = Self.probabilities(scores)
            for index in scores.indices {
                if row.derivatives[index].isNaN {
                    #expect(abs(before[index] - after[index]) <= 1e-6, "trial \(trial) of seed 11")
                }
                if before[index] == 0 { #expect(after[index] == 0, "trial \(trial) of seed 11") }
                #expect(!scores[index].isNaN, "trial \(trial) of seed 11")
            }
            if outcome.lambda > 0 { tilted += 1 } else { #expect(scores == row.scores) }
        }
        #expect(tilted > 2000)
    }

    @Test("The budget is never exceeded, and λ is the largest that keeps it")
    func budget() throws {
        var random = SplitMix64(seed: 12)
        var limited = 0
        for trial in 0..<4000 {
            let row = Row(&random)
            let lambda = pow(10, Double.random(in: -3...6, using: &random))
            let budget = trial % 50 == 0 ? 0 : pow(10, Double.random(in: -7...1, using: &random))
            var scores = row.scores
            let outcome = try PenaltyTilt(lambda: lambda, budget: budget)
                .apply(to: &scores, derivatives: row.derivatives)
            let before = Self.probabilities(row.scores)
            let after = Self.probabilities(scores)
            var divergence = 0.0
            for (q, p) in zip(after, before) where q > 0 { divergence += q * log(q / p) }
            // Summation in another order may differ in the last digits of a double.
            #expect(divergence <= budget + 1e-14, "trial \(trial) of seed 12")
            #expect(outcome.divergence <= budget, "trial \(trial) of seed 12")
            #expect(outcome.lambda <= lambda)
            guard outcome.isLimited, budget > 1e-5 else { continue }
            limited += 1
            var beyond = row.scores
            let more = try PenaltyTilt(lambda: min(lambda, outcome.lambda * 1.02))
                .apply(to: &beyond, derivatives: row.derivatives)
            #expect(more.divergence > budget * 0.999, "trial \(trial) of seed 12")
        }
        #expect(limited > 500)
    }

    @Test("Rows that nothing can be done to stay as they are, bit by bit")
    func untouched() throws {
        let tilt = try PenaltyTilt(lambda: 1)
        let rows: [(scores: [Float], derivatives: [Float])] = [
            ([1, 2, 3], [.nan, .nan, .nan]),
            ([1, 2, 3], [.nan, 5, .nan]),
            ([1, 2, 3], [4, 4, 4]),
            ([1, -.infinity, -.infinity], [1, 2, 3]),
            ([1, 2, 3], []),
            ([], []),
            ([-.infinity, -.infinity], [1, 2]),
            ([0.1, 0.2, 0.3], [.infinity, -.infinity, 1]),
        ]
        for row in rows {
            var scores = row.scores
            let outcome = tilt.apply(to: &scores, derivatives: row.derivatives)
            #expect(scores == row.scores)
            #expect(outcome.lambda == 0)
            #expect(outcome.divergence == 0)
        }
        var scores: [Float] = [0.3, 0.2, 0.1]
        _ = try PenaltyTilt(lambda: 0).apply(to: &scores, derivatives: [1, 2, 3])
        #expect(scores == [0.3, 0.2, 0.1])
        _ = try PenaltyTilt(lambda: 5, budget: 0).apply(to: &scores, derivatives: [1, 2, 3])
        #expect(scores == [0.3, 0.2, 0.1])
    }

    @Test("An extreme λ leaves the likeliest by Δ, without NaN")
    func extremes() throws {
        for lambda in [1e30, 1e300, Double.greatestFiniteMagnitude] {
            var scores: [Float] = [0, -3, -80, -.infinity]
            let outcome = try PenaltyTilt(lambda: lambda).apply(
                to: &scores, derivatives: [-1e30, 1, 2, .greatestFiniteMagnitude])
            let p = Self.probabilities(scores)
            #expect(abs(p[2] - 1) < 1e-6)
            #expect(p[3] == 0)
            #expect(outcome.divergence.isFinite)
            #expect(outcome.divergence > 79)
        }
        var scores: [Float] = [0, .nan, 1]
        _ = try PenaltyTilt(lambda: 1).apply(to: &scores, derivatives: [1, 2, 3])
        #expect(Self.probabilities(scores)[1] == 0)
    }

    @Test(
        "Values outside their range are refused",
        arguments: [(-1, nil), (.nan, nil), (.infinity, nil), (1, -0.1), (1, .nan)] as [(Double, Double?)])
    func refusals(lambda: Double, budget: Double?) {
        #expect(throws: AntidistillationError.self) { try PenaltyTilt(lambda: lambda, budget: budget) }
    }
}

@Suite("Strength")
struct PenaltyStrengthTests {
    @Test("A scale-free strength is divided by the gradient's norm, a raw one is not")
    func lambda() throws {
        #expect(try PenaltyStrength.scaleFree(0.5).lambda(gradientNorm: 4) == 0.125)
        #expect(try PenaltyStrength.raw(0.5).lambda(gradientNorm: 4) == 0.5)
        #expect(try PenaltyStrength.scaleFree(0.5).lambda(gradientNorm: 0) == 0)
    }

    @Test(
        "What is no strength is refused",
        arguments: [PenaltyStrength.scaleFree(-1), .raw(.nan), .raw(.infinity), .scaleFree(-.infinity)])
    func refusals(strength: PenaltyStrength) {
        #expect(throws: AntidistillationError.self) { try strength.lambda(gradientNorm: 1) }
    }

    @Test("A norm that is no number is refused")
    func norm() {
        #expect(throws: AntidistillationError.self) { try PenaltyStrength.raw(1).lambda(gradientNorm: .nan) }
    }
}
