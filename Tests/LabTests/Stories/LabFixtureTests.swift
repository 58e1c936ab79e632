import Foundation
import Lab
import TestSupport
import Testing
import Tokenizers

/// The shipped lab is the one that the generator makes.
@Suite struct LabFixtureTests {
    private static let folder = Repository.path("fixtures/lab")

    private func lines(_ name: String) throws -> [String] {
        let data = try Data(contentsOf: URL(fileURLWithPath: Self.folder + "/" + name))
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test(arguments: [("evaluation.jsonl", LabSplit.evaluation, 400), ("prompts.jsonl", .distillation, 2_600)])
    func problemsAreMadeAgain(name: String, split: LabSplit, count: Int) throws {
        var generator = LabGenerator(seed: 1)
        // As many as the recipe asks for in one go; the file has the first of them.
        let records = try generator.records(
            split == .distillation ? 3_200 : count, steps: [3], split: split, traces: false, distinct: true)
        let shipped = try lines(name)
        #expect(shipped.count == count)
        #expect(try shipped == records.prefix(count).map { try $0.line() })
    }

    @Test(arguments: ["teacher", "proxy", "proxy-base", "student-base"])
    func everyWordIsOneToken(model: String) throws {
        let tokenizer = try Tokenizer.load(Self.folder + "/" + model)
        #expect(tokenizer.vocabularySize < 400)
        var generator = LabGenerator(seed: 77)
        var tokens = (prompt: 0, trace: 0)
        let count = 300
        for record in try generator.records(count, steps: [3], split: .evaluation, traces: true, distinct: true) {
            let trace = try #require(record.trace)
            for text in [record.problem, trace] {
                let ids = tokenizer.encode(text)
                #expect(tokenizer.decode(ids) == text)
                // Single characters appear only for words that the vocabulary lacks.
                #expect(ids.count == text.split(separator: " ").reduce(0) { $0 + Self.pieces(of: $1) }, "\(text)")
            }
            tokens.prompt += tokenizer.encode(record.problem).count
            tokens.trace += tokenizer.encode(trace).count
        }
        #expect((26...40).contains(tokens.prompt / count))
        #expect((26...45).contains(tokens.trace / count))
    }

    /// A word and the punctuation after it.
    private static func pieces(of word: Substring) -> Int {
        word.count > 1 && word.last.map { ".,;:?".contains($0) } == true ? 2 : 1
    }
}
