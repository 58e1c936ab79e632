import Marks
import TestSupport
import Testing

@testable import Auditing

@Suite struct TupleWeightsTests {
    private func row(_ pairs: (Int32, Float)...) -> TopTokens {
        TopTokens(tokens: pairs.map(\.0), probabilities: pairs.map(\.1))
    }

    private func configuration(_ scheme: TokenMark = .green(gamma: 0.25), width: Int = 1) throws
        -> TokenTestConfiguration
    {
        try TokenTestConfiguration(scheme, width: width)
    }

    /// Weights by context and token.
    private func table(_ tuples: WeightedTuples) -> [[Int32]: Double] {
        var table: [[Int32]: Double] = [:]
        for i in 0..<tuples.count {
            let context = tuples.contexts[i * tuples.width..<(i + 1) * tuples.width]
            table[context + [tuples.tokens[i]]] = tuples.weights[i]
        }
        return table
    }

    @Test func outputsAgainstTheReference() throws {
        let weights = TupleWeights(try configuration(), rule: .observedMinusReference)
        // Context 1 twice, followed by 2 and by 3; context 2 once, followed by 1.
        weights.add(
            TokenDocument(tokens: [1, 2, 1, 3]),
            reference: [TopTokens(), row((2, 0.5), (4, 0.25)), row((1, 0.75)), row((2, 0.5), (4, 0.25))])
        let tuples = weights.tuples()
        let half = 1 / 2.0.squareRoot()
        // 1 2 was written as often as expected, and is not there.
        let expected: [[Int32]: Double] = [[1, 3]: half, [1, 4]: -0.5 * half, [2, 1]: 0.25]
        #expect(table(tuples) == expected)
        #expect(tuples.tokens == [3, 4, 1])
        #expect(tuples.positions == 3 && weights.positions == 3 && tuples.distinctContexts == 2)
    }

    @Test func massAndMassAgainstTheReference() throws {
        let document = TokenDocument(tokens: [5, 1, 5, 9, 1])
        let observed = (0..<5).map { _ in row((2, 0.5), (3, 0.5)) }
        let reference = (0..<5).map { _ in row((2, 0.75)) }
        let mass = TupleWeights(try configuration(), rule: .mass)
        mass.add(document, observed: observed)
        mass.add(document, observed: observed)
        // Contexts 5, 1, 9 in each document; the second 5 has been read before.
        #expect(table(mass.tuples())[[5, 2]] == 1)
        #expect(mass.tuples().count == 6 && mass.positions == 6)
        let difference = TupleWeights(try configuration(), rule: .massMinusReference)
        difference.add(document, observed: observed, reference: reference)
        difference.add(document, observed: observed, reference: reference)
        let root = 2.0.squareRoot()
        let found = table(difference.tuples())
        #expect(found.count == 6)
        for context: Int32 in [1, 5, 9] {
            let less: Double = found[[context, 2]] ?? 0
            let more: Double = found[[context, 3]] ?? 0
            #expect(abs(less + 0.5 / root) < 1e-15)
            #expect(abs(more - 1 / root) < 1e-15)
        }
    }

    @Test(arguments: TupleWeights.Rule.allCases) func contextsOfThePromptNeverCount(rule: TupleWeights.Rule) throws {
        let weights = TupleWeights(try configuration(width: 2), rule: rule)
        let rows = (0..<6).map { _ in row((0, 1)) }
        weights.add(
            TokenDocument(tokens: [1, 2, 3, 4, 5, 6], prompt: [9, 2, 3, 8]), observed: rows, reference: rows)
        // Contexts 1 2, 3 4, 4 5: not 2 3.
        #expect(weights.positions == 3)
        weights.add(TokenDocument(tokens: [2, 3, 4], prompt: [2]), observed: rows, reference: rows)
        #expect(weights.positions == 4)
    }

    /// What was asked and what followed are one text to a reader.
    @Test func windowsReachAcrossTheBorder() throws {
        let rows = (0..<4).map { _ in row((0, 1)) }
        let document = TokenDocument(tokens: [7, 3, 7, 3], prompt: [5, 3])
        let reading = TupleWeights(try configuration(width: 2), rule: .mass)
        reading.add(document, observed: rows)
        // 7 3 counts; 3 7 was read across the border.
        #expect(reading.positions == 1)
        let writing = TupleWeights(try configuration(width: 2), rule: .observedMinusReference)
        writing.add(document, reference: rows)
        #expect(writing.positions == 2)
    }

    /// Positions that count, against a slow rule: no equal context earlier in the window.
    @Test func readingWindowsAgainstTheDefinition() throws {
        for seed in UInt64(0)..<200 {
            var generator = SplitMix64(seed: seed)
            let width = Int.random(in: 1...3, using: &generator)
            func tokens(_ most: Int) -> [Int32] {
                (0..<Int.random(in: 0...most, using: &generator)).map { _ in Int32.random(in: 0..<3, using: &generator)
                }
            }
            let document = TokenDocument(tokens: tokens(25), prompt: tokens(8))
            let weights = TupleWeights(try configuration(width: width), rule: .mass)
            weights.add(document, observed: document.tokens.map { _ in row((0, 1)) })
            let text = document.prompt + document.tokens
            var expected = 0
            for position in document.tokens.indices where position >= width {
                let end = document.prompt.count + position
                let context = text[end - width..<end]
                let earlier = (width..<end).contains { text[$0 - width..<$0].elementsEqual(context) }
                if !earlier { expected += 1 }
            }
            #expect(weights.positions == expected, "seed \(seed)")
        }
    }

    @Test func enginesScoreTheBeginning() throws {
        let weights = TupleWeights(try configuration(.engineGumbel(.philox), width: 2), rule: .mass)
        weights.add(TokenDocument(tokens: [4, 5]), observed: [row((1, 1)), row((1, 1))])
        #expect(weights.tuples().contexts == [-1, -1, -1, 4])
    }

    @Test func positionsWithoutTheirRowsDoNotCount() throws {
        let document = TokenDocument(tokens: [1, 2, 3, 4])
        let outputs = TupleWeights(try configuration(), rule: .observedMinusReference)
        outputs.add(document)
        #expect(outputs.positions == 0)
        outputs.add(document, reference: [TopTokens(), row((1, 1)), TopTokens()])
        #expect(outputs.positions == 1)
        let reading = TupleWeights(try configuration(), rule: .massMinusReference)
        reading.add(document, observed: [TopTokens(), row((1, 1))], reference: [])
        #expect(reading.positions == 0)
    }

    /// Beyond the cut a token has probability 0; what is no probability is left out.
    @Test func rowsAreCut() throws {
        let many = TopTokens(
            tokens: (0..<100).map { Int32($0) },
            probabilities: (0..<100).map { (i: Int) -> Float in i == 3 ? .nan : (i == 4 ? -1 : 0.01) })
        let weights = TupleWeights(try configuration(), rule: .mass)
        weights.add(TokenDocument(tokens: [1, 2]), observed: [many, many])
        let expected = (0..<64).filter { $0 != 3 && $0 != 4 }.map { Int32($0) }
        #expect(weights.tuples().tokens == expected)
    }

    @Test func theOrderOfDocumentsDecidesNothing() throws {
        let documents = TokenSequences.templated(documents: 6, length: 60, seed: 4).map { TokenDocument(tokens: $0) }
        func tuples(_ documents: [TokenDocument]) throws -> WeightedTuples {
            let weights = TupleWeights(try configuration(width: 2), rule: .observedMinusReference)
            for document in documents {
                weights.add(document, reference: document.tokens.map { row(($0, 0.5), ($0 + 1, 0.25)) })
            }
            return weights.tuples()
        }
        let forward = try tuples(documents)
        #expect(try tuples(documents.reversed()) == forward)
        let keys = (0..<forward.count).map {
            Array(forward.contexts[2 * $0..<2 * $0 + 2]) + [forward.tokens[$0]]
        }
        #expect(keys.count > 50)
        #expect(zip(keys, keys.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
    }

    @Test(arguments: TupleWeights.Rule.allCases) func nothingGivesNothing(rule: TupleWeights.Rule) throws {
        let weights = TupleWeights(try configuration(), rule: rule)
        weights.add(TokenDocument(tokens: []), observed: [], reference: [])
        weights.add(TokenDocument(tokens: [1]), observed: [row((1, 1))], reference: [row((1, 1))])
        #expect(weights.tuples() == WeightedTuples(width: 1))
    }
}
