import Foundation
import Generation
import TestSupport
import Testing

/// Rows after transformers' own processors (scripts/golden/golden_generation.py).
@Suite struct GoldenTests {
    struct Step: Decodable {
        let name: String
        let value: Double
        let minimum: Int?

        func processor() throws -> any LogitsProcessor {
            switch name {
            case "temperature": try TemperatureLogitsWarper(value)
            case "top_k": try TopKLogitsWarper(Int(value))
            case "top_p": try TopPLogitsWarper(value, minimumTokens: minimum ?? 1)
            case "min_p": try MinPLogitsWarper(value, minimumTokens: minimum ?? 1)
            case "repetition_penalty": try RepetitionPenaltyLogitsProcessor(value)
            case "suppress": try SuppressTokensLogitsProcessor([Int32(value), Int32(value) + 3])
            default: throw Unknown(name: name)
            }
        }
    }

    struct Unknown: Error { let name: String }

    struct Row: Decodable, Equatable {
        let tokens: [Int32]
        let scores: [Float]
    }

    struct Case: Decodable {
        let row: [Float]
        let ids: [Int32]
        let chain: [Step]
        let kept: Row
    }

    struct File: Decodable {
        let cases: [Case]
    }

    static func load() throws -> [Case] {
        let file = URL(fileURLWithPath: Repository.path("fixtures/golden/generation/processors.json"))
        return try JSONDecoder().decode(File.self, from: Data(contentsOf: file)).cases
    }

    /// Tokens with a finite score, ascending.
    static func kept(_ row: CandidateScores) -> Row {
        let kept = (0..<row.count).filter { row.scores[$0] > -.infinity }.sorted {
            row.token(at: $0) < row.token(at: $1)
        }
        return Row(tokens: kept.map { row.token(at: $0) }, scores: kept.map { row.scores[$0] })
    }

    static func isInOrder(_ row: CandidateScores) -> Bool {
        row.isDense
            || (1..<max(1, row.count)).allSatisfy {
                row.scores[$0 - 1] > row.scores[$0]
                    || (row.scores[$0 - 1] == row.scores[$0] && row.tokens[$0 - 1] < row.tokens[$0])
            }
    }

    @Test func chainsLeaveWhatTransformersLeaves() throws {
        let cases = try Self.load()
        #expect(cases.count >= 60)
        for (number, example) in cases.enumerated() {
            let sequence = SequenceContext(slot: 2, index: 0, prompt: example.ids)
            var rows = [CandidateScores(scores: example.row)]
            for step in example.chain {
                let processor = try step.processor()
                try processor.begin(sequence)
                try processor.process(&rows, sequences: [sequence])
                #expect(Self.isInOrder(rows[0]), "case \(number)")
            }
            #expect(Self.kept(rows[0]) == example.kept, "case \(number): \(example.chain.map(\.name))")
        }
    }

    /// The loop reads supports straight from the model's logits where it can; nothing else may come of it.
    @Test func theLoopPassesTheSameRowsToTheSampler() throws {
        for (number, example) in try Self.load().enumerated() {
            let model = TableModel(vocabularySize: example.row.count)
            model.override = { _ in example.row }
            let seen = SeenRows()
            let loop = try GenerationLoop(
                model: model, processors: example.chain.map { try $0.processor() }, sampler: seen, slots: 1)
            _ = try loop.generate([GenerationRequest(prompt: example.ids, seed: 1, maxNewTokens: 1)])
            #expect(seen.rows.map(Self.kept) == [example.kept], "case \(number): \(example.chain.map(\.name))")
        }
    }

    final class SeenRows: TokenSampler {
        var rows: [CandidateScores] = []

        func sample(
            _ row: CandidateScores, sequence: SequenceContext, using generator: inout some RandomNumberGenerator
        ) throws -> Int32 {
            rows.append(row)
            return row.token(at: 0)
        }
    }
}
