import Foundation
import Generation
import Statistics
import Testing

@Suite struct SamplerTests {
    /// Pearson's statistic against its distribution; the seeds are fixed, so this passes always or never.
    static func pValue(_ counts: [Int], _ probabilities: [Double]) -> Double {
        let total = Double(counts.reduce(0, +))
        var statistic = 0.0
        for (count, probability) in zip(counts, probabilities) {
            let difference = Double(count) - total * probability
            statistic += difference * difference / (total * probability)
        }
        return exp(GammaDistribution.logUpperTail(above: statistic / 2, shape: Double(counts.count - 1) / 2))
    }

    @Test(arguments: [UInt64(1), 2, 3]) func denseRowsAreSampledInProportion(seed: UInt64) throws {
        let scores: [Float] = [0.3, -1.2, 1.7, 0, -0.4, 0.9, -2, 0.1, 1.1, -0.7, 0.5]
        let row = CandidateScores(scores: scores)
        var generator = SeededGenerator(seed: seed)
        var counts = [Int](repeating: 0, count: scores.count)
        for _ in 0..<20_000 {
            counts[Int(try CategoricalSampler().sample(row, sequence: someSequence(), using: &generator))] += 1
        }
        let probabilities = row.logProbabilities().map { exp(Double($0)) }
        #expect(abs(probabilities.reduce(0, +) - 1) < 1e-6)
        #expect(Self.pValue(counts, probabilities) > 1e-3)
        // The same counts do not fit another distribution.
        #expect(Self.pValue(counts, probabilities.reversed()) < 1e-9)
    }

    @Test(arguments: [UInt64(4), 5]) func supportsAreSampledInProportion(seed: UInt64) throws {
        let row = CandidateScores(tokens: [907, 3, 11, 45], scores: [2, 1.5, 0, -1])
        var generator = SeededGenerator(seed: seed)
        var counts = [Int](repeating: 0, count: 4)
        for _ in 0..<20_000 {
            let token = try CategoricalSampler().sample(row, sequence: someSequence(), using: &generator)
            counts[try #require(row.index(of: token))] += 1
        }
        let probabilities = row.logProbabilities().map { exp(Double($0)) }
        #expect(Self.pValue(counts, probabilities) > 1e-3)
    }

    /// With temperature 0.8 the loop's first tokens follow softmax(logits / 0.8).
    @Test func theLoopSamplesFromTheTemperedModel() throws {
        let model = TableModel(vocabularySize: 12)
        let loop = try GenerationLoop(model: model, processors: [TemperatureLogitsWarper(0.8)], slots: 50)
        let results = try loop.generate((0..<5000).map { .init(prompt: [3, 5], seed: $0, maxNewTokens: 1) })
        var counts = [Int](repeating: 0, count: 12)
        for result in results { counts[Int(result.tokens[0])] += 1 }
        let tempered = CandidateScores(scores: model.logits(after: [3, 5]).map { $0 / 0.8 })
        #expect(Self.pValue(counts, tempered.logProbabilities().map { exp(Double($0)) }) > 1e-3)
    }

    @Test func everyStepTakesOneDraw() throws {
        struct Counting: RandomNumberGenerator {
            var draws = 0
            mutating func next() -> UInt64 {
                draws += 1
                return .max
            }
        }
        for row in [
            CandidateScores(tokens: [4], scores: [1]), CandidateScores(scores: [0, 0, 0]),
            CandidateScores(tokens: [9, 2], scores: [3, -80]),
        ] {
            var generator = Counting()
            _ = try CategoricalSampler().sample(row, sequence: someSequence(), using: &generator)
            #expect(generator.draws == 1)
        }
    }

    /// The largest draw must not fall behind the last token, nor onto an excluded one.
    @Test func theEndsOfTheUnitIntervalGiveTokensOfTheSupport() throws {
        struct Constant: RandomNumberGenerator {
            let value: UInt64
            mutating func next() -> UInt64 { value }
        }
        let row = CandidateScores(scores: [-.infinity, 0, 1, -.infinity])
        var low = Constant(value: 0)
        var high = Constant(value: .max)
        #expect(try CategoricalSampler().sample(row, sequence: someSequence(), using: &low) == 1)
        #expect(try CategoricalSampler().sample(row, sequence: someSequence(), using: &high) == 2)
    }

    @Test func greedyTakesTheLowestOfEqualTokens() throws {
        var generator = SeededGenerator(seed: 1)
        let before = generator.next()
        generator = SeededGenerator(seed: 1)
        let dense = CandidateScores(scores: [1, 3, 2, 3])
        let support = CandidateScores(tokens: [9, 4, 7], scores: [3, 3, 1])
        #expect(try GreedySampler().sample(dense, sequence: someSequence(), using: &generator) == 1)
        #expect(try GreedySampler().sample(support, sequence: someSequence(), using: &generator) == 4)
        #expect(generator.next() == before)
    }

    @Test(arguments: [Float.nan, .infinity]) func invalidScoresAreErrors(value: Float) throws {
        var generator = SeededGenerator(seed: 1)
        for position in 0..<40 {
            var scores = [Float](repeating: 0, count: 40)
            scores[position] = value
            let row = CandidateScores(scores: scores)
            #expect(throws: GenerationError.self) {
                try CategoricalSampler().sample(row, sequence: someSequence(), using: &generator)
            }
            #expect(throws: GenerationError.self) {
                try GreedySampler().sample(row, sequence: someSequence(), using: &generator)
            }
        }
        for scores in [[], [-Float.infinity, -.infinity]] {
            #expect(throws: GenerationError.invalidScores(index: 0, position: 0, value: -.infinity)) {
                try CategoricalSampler().sample(.init(scores: scores), sequence: someSequence(), using: &generator)
            }
        }
    }
}
