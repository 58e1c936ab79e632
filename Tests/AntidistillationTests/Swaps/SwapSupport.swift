import Foundation
import TestSupport
import Tokenizers
import TraceRewriting
import Traces
import TrainingExamples

@testable import Antidistillation

/// The lab's tokenizer and traces.
enum Lab {
    static let folder = Repository.path("fixtures/lab")

    static func tokenizer() throws -> Tokenizer { try Tokenizer.load(folder + "/proxy") }

    static func turns(_ count: Int) throws -> [AnalysedTurn] {
        let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/warm-traces.jsonl"))
        return try data.split(separator: 0x0A).prefix(count).enumerated().flatMap { index, line in
            try Data(line).withUnsafeBytes {
                try TraceParser.parse(line: $0, format: nil, location: SourceLocation(file: "warm", line: index + 1))
                    .turns
            }.map(AnalysedTurn.init)
        }
    }

    static func texts(_ count: Int) throws -> [SwapText] {
        let tokenizer = try tokenizer()
        let vocabulary = SwapVocabulary(tokenizer, size: tokenizer.idBound)
        return try turns(count).map {
            try SwapText($0, tokenizer: tokenizer, format: .plain(separator: "\n"), vocabulary: vocabulary)
        }
    }
}

/// What must never change, found in the plainest way: numerals and signs in their order.
func numeralsAndSigns(_ text: String) -> [Substring] {
    text.split { !"0123456789+-*/=#".contains($0) }
}

/// J and log-probability as sums over tokens that depend on the token and the one before it, without any model.
final class ArithmeticScorer: SwapScorer {
    let hasTeacher: Bool
    let vocabulary: SwapVocabulary
    private(set) var evaluations = 0

    init(_ vocabulary: SwapVocabulary, hasTeacher: Bool = false) {
        self.vocabulary = vocabulary
        self.hasTeacher = hasTeacher
    }

    /// In −1...1.
    private func value(_ token: Int32, after before: Int32, _ salt: UInt64) -> Double {
        var random = SplitMix64(
            seed: UInt64(bitPattern: Int64(token)) &* 1_000_003 ^ UInt64(before.magnitude) ^ salt << 40)
        return Double.random(in: -1...1, using: &random)
    }

    func sum(_ completion: [Int32], _ salt: UInt64) -> Double {
        zip(completion, [0] + completion).reduce(0) { $0 + value($1.0, after: $1.1, salt) }
    }

    func proposals(
        for text: SwapText, completion: [Int32], sites: [SwapText.Site], count: Int
    ) throws -> [[SwapProposal]] {
        sites.map { site in
            let old = value(completion[site.index], after: completion[site.index - 1], 1)
            return Array(
                vocabulary.tokens(site.kind).filter { $0 != completion[site.index] }
                    .map { SwapProposal(token: $0, gain: value($0, after: completion[site.index - 1], 1) - old) }
                    .sorted { $0.gain > $1.gain }
                    .prefix(count))
        }
    }

    func objectives(of text: SwapText, completions: [[Int32]]) throws -> [Double] {
        evaluations += completions.count
        return completions.map { sum($0, 1) }
    }

    func logProbabilities(of text: SwapText, completions: [[Int32]]) throws -> [Double] {
        hasTeacher ? completions.map { 4 * sum($0, 2) } : []
    }
}
