import Generation
import TestSupport
import Testing

@Suite struct WarperTests {
    @Test func parametersOutsideTheirRangeAreErrors() {
        for value in [0, -1, .nan, .infinity, 1e-60] {
            #expect(throws: GenerationError.self) { try TemperatureLogitsWarper(value) }
            #expect(throws: GenerationError.self) { try RepetitionPenaltyLogitsProcessor(value) }
        }
        for value in [0, -0.1, 1.01, .nan, .infinity] {
            #expect(throws: GenerationError.self) { try TopPLogitsWarper(value) }
        }
        for value in [-0.1, 1.01, .nan] { #expect(throws: GenerationError.self) { try MinPLogitsWarper(value) } }
        for value in [0, -5] {
            #expect(throws: GenerationError.self) { try TopKLogitsWarper(value) }
            #expect(throws: GenerationError.self) { try TopPLogitsWarper(0.5, minimumTokens: value) }
            #expect(throws: GenerationError.self) { try MinPLogitsWarper(0.5, minimumTokens: value) }
        }
        #expect(throws: GenerationError.self) { try SuppressTokensLogitsProcessor([3, -1]) }
        #expect(
            GenerationError.invalidParameter(name: "top_p", value: "2.0", allowed: "above 0 and at most 1").description
                == "top_p is 2.0; it must be above 0 and at most 1")
    }

    /// Long rows go through the threshold and the fast paths; a plain sort decides what is right.
    @Test(arguments: [UInt64(1), 2, 3]) func longRowsAgreeWithASort(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for spread in [Float(0.5), 3, 12] {
            var scores = (0..<4000).map { _ in spread * Float.random(in: -1...1, using: &generator) }
            // Equal scores, at the boundary among others, and excluded tokens.
            for i in 0..<500 { scores[i] = (scores[i] * 4).rounded() / 4 }
            for i in stride(from: 3, to: 4000, by: 17) { scores[i] = -.infinity }
            let order = (0..<4000).filter { scores[$0] > -.infinity }
                .sorted { scores[$0] > scores[$1] || (scores[$0] == scores[$1] && $0 < $1) }
            let weights = order.map { Double(VectorMath.exponential(scores[$0] - scores[order[0]])) }
            let total = weights.reduce(0, +)
            for limit in [0.1, 0.6, 0.95] {
                var above = 0.0
                let count = weights.prefix { weight in
                    defer { above += weight }
                    return above < limit * total
                }.count
                var row = CandidateScores(scores: scores)
                try TopPLogitsWarper(limit).process(&row, sequence: someSequence())
                #expect(row.tokens == order[..<count].map(Int32.init), "top-p \(limit), spread \(spread)")
                #expect(row.scores == order[..<count].map { scores[$0] })
                row = CandidateScores(scores: scores)
                try MinPLogitsWarper(limit).process(&row, sequence: someSequence())
                #expect(row.tokens.count == weights.prefix { $0 >= limit }.count, "min-p \(limit), spread \(spread)")
            }
            for k in [1, 20, 300, 3999] {
                var count = min(k, order.count)
                while count < order.count, scores[order[count]] == scores[order[count - 1]] { count += 1 }
                var row = CandidateScores(scores: scores)
                try TopKLogitsWarper(k).process(&row, sequence: someSequence())
                #expect(row.tokens == order[..<count].map(Int32.init), "top-k \(k), spread \(spread)")
            }
        }
    }

    @Test func logProbabilitiesAddUpToOne() {
        let row = CandidateScores(tokens: [5, 2, 8], scores: [1000, 999, 990])
        let sum = row.logProbabilities().reduce(0.0) { $0 + Double(VectorMath.exponential($1)) }
        #expect(abs(sum - 1) < 1e-6)
        #expect(row.logProbability(of: 2) == row.logProbabilities()[1])
        #expect(row.logProbability(of: 1) == -.infinity)
        #expect(CandidateScores(scores: [0, 0]).logProbability(of: 1) == -0.693_147_2)
        #expect(CandidateScores(scores: [0, 0]).logProbability(of: 2) == -.infinity)
    }

    @Test func restoringTheOrderMovesTokensWithTheirScores() {
        var row = CandidateScores(tokens: [1, 2, 3, 4], scores: [0, 5, -.infinity, 5])
        row.restoreOrder()
        #expect(row.tokens == [2, 4, 1])
        #expect(row.scores == [5, 5, 0])
        var dense = CandidateScores(scores: [0, 5, 1])
        dense.restoreOrder()
        #expect(dense.scores == [0, 5, 1])
    }

    @Test func suppressingASupportRemovesTokens() throws {
        let suppress = try SuppressTokensLogitsProcessor([9, 4, 4, 70])
        var row = CandidateScores(tokens: [9, 1, 4, 2], scores: [4, 3, 2, 1])
        try suppress.process(&row, sequence: someSequence())
        #expect(row == CandidateScores(tokens: [1, 2], scores: [3, 1]))
        row = CandidateScores(tokens: [9, 4], scores: [4, 2])
        #expect(throws: GenerationError.invalidScores(index: 0, position: 0, value: -.infinity)) {
            try suppress.process(&row, sequence: someSequence())
        }
    }

    @Test func repetitionsAreCountedFromTheGeneratedTokensToo() throws {
        let penalty = try RepetitionPenaltyLogitsProcessor(2, countsPrompt: false)
        var sequence = someSequence(prompt: [0])
        try penalty.begin(sequence)
        sequence.generated = [2, 2]
        var row = CandidateScores(tokens: [2, 0, 1], scores: [3, 2, -1])
        try penalty.process(&row, sequence: sequence)
        #expect(row == CandidateScores(tokens: [0, 2, 1], scores: [2, 1.5, -1]))
        sequence.generated.append(1)
        row = CandidateScores(scores: [2, -1, 3])
        try penalty.process(&row, sequence: sequence)
        #expect(row.scores == [2, -2, 1.5])
        // The slot's next sequence starts afresh.
        penalty.end(sequence)
        sequence.generated = []
        try penalty.begin(sequence)
        try penalty.process(&row, sequence: sequence)
        #expect(row.scores == [2, -2, 1.5])
    }
}
