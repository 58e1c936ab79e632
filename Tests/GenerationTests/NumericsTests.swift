import Foundation
import TestSupport
import Testing

@testable import Generation

@Suite struct NumericsTests {
    @Test func exponentialsAreAccurate() {
        var generator = SplitMix64(seed: 11)
        for _ in 0..<5000 {
            let x = Float.random(in: -87...88, using: &generator)
            let exact = exp(Double(x))
            #expect(abs(Double(VectorMath.exponential(x)) - exact) <= 3e-7 * exact, "\(x)")
        }
        #expect(VectorMath.exponential(Float(0)) == 1)
        #expect(VectorMath.exponential(-Float.infinity) == 0)
        #expect(VectorMath.exponential(Float(-200)) == 0)
    }

    @Test(arguments: [0, 1, 7, 8, 15, 16, 17, 127, 129, 1000]) func sumsTakeEveryNumber(count: Int) {
        var generator = SplitMix64(seed: UInt64(count))
        let values = (0..<count).map { _ in Float.random(in: -9...3, using: &generator) }
        let exact = values.reduce(0) { $0 + exp(Double($1) - 2) }
        let sum = values.withUnsafeBufferPointer { VectorMath.sumOfExponentials($0, shift: 2) }
        #expect(abs(sum - exact) <= 1e-6 * exact)
        var weights = [Float](repeating: -1, count: count)
        let second = weights.withUnsafeMutableBufferPointer { weights in
            values.withUnsafeBufferPointer { VectorMath.exponentials($0, shift: 2, into: weights) }
        }
        #expect(abs(second - exact) <= 1e-6 * exact)
        #expect(weights == values.map { VectorMath.exponential($0 - 2) })
        #expect(values.withUnsafeBufferPointer(VectorMath.maximum) == values.max() ?? -.infinity)
    }

    @Test func maximumFindsInvalidNumbersAnywhere() {
        for count in [1, 16, 37] {
            for position in 0..<count {
                for value in [Float.nan, -.nan, .infinity] {
                    var values = [Float](repeating: 1, count: count)
                    values[position] = value
                    #expect(values.withUnsafeBufferPointer(VectorMath.maximum) == nil, "\(value) at \(position)")
                }
                var values = [Float](repeating: -.infinity, count: count)
                values[position] = -5
                #expect(values.withUnsafeBufferPointer(VectorMath.maximum) == -5)
            }
        }
    }

    @Test func keysOrderAndKeepScoresAndTokens() {
        let scores: [Float] = [-.infinity, -3e38, -2, -1e-37, 0, .leastNonzeroMagnitude, 0.5, 7, 3e38]
        for (i, score) in scores.enumerated() {
            let key = RankKeys.key(score: score, token: 151_935)
            #expect(RankKeys.score(key) == score)
            #expect(RankKeys.token(key) == 151_935)
            if i > 0 { #expect(key > RankKeys.key(score: scores[i - 1], token: 0)) }
        }
        #expect(RankKeys.key(score: 1, token: 3) > RankKeys.key(score: 1, token: 4))
        #expect(RankKeys.key(score: -0.0, token: 3) == RankKeys.key(score: 0, token: 3))
    }

    /// Random, equal, rising, falling and organ-pipe inputs: the last kinds defeat poor choices of pivots.
    @Test(arguments: 0..<5) func selectionAndSortAgreeWithTheLibrary(kind: Int) {
        var generator = SplitMix64(seed: 77)
        for count in [0, 1, 2, 12, 13, 14, 50, 333, 2000] {
            var keys = (0..<count).map { i in
                let score: Float
                switch kind {
                case 0: score = .random(in: -1...1, using: &generator)
                case 1: score = 0
                case 2: score = Float(i)
                case 3: score = Float(-i)
                default: score = Float(min(i, count - i))
                }
                return RankKeys.key(score: score, token: UInt32(i))
            }
            let sorted = keys.sorted(by: >)
            for wanted in [0, 1, 5, count / 2, count] where wanted <= count {
                keys.withUnsafeMutableBufferPointer { RankKeys.selectLargest(wanted, of: $0) }
                #expect(keys[..<wanted].sorted(by: >) == Array(sorted[..<wanted]), "\(wanted) of \(count)")
            }
            keys.withUnsafeMutableBufferPointer { RankKeys.sortDescending($0) }
            #expect(keys == sorted)
        }
    }

    @Test func theThresholdIsABoundAndClose() {
        var generator = SplitMix64(seed: 5)
        for count in [200, 3000, 20_000] {
            let values = (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
            let sorted = values.sorted(by: >)
            for wanted in [1, 5, 50] {
                let bound = values.withUnsafeBufferPointer { TopThreshold.lowerBound($0, count: wanted) }
                #expect(bound <= sorted[wanted - 1])
                if count >= 128 * wanted { #expect(bound > sorted[3 * wanted]) }
            }
        }
    }
}
