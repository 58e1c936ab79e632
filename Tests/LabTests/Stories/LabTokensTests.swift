import Lab
import Testing
import Tokenizers

/// What the lab's models rely on: one token a number, one a word, whatever the seed.
@Suite struct LabTokensTests {
    private func tokenizer(sample: Int) throws -> Tokenizer {
        var generator = LabGenerator(seed: 0)
        var texts: [String] = []
        for index in 0..<sample {
            let problem = generator.problem(steps: 1 + index % 3, split: .training)
            let record = generator.record(of: problem, trace: true)
            texts.append(record.problem + "\n" + (record.trace ?? ""))
        }
        let trainer = WordVocabularyTrainer(
            vocabularySize: 1_024, included: WordProblem.range.map { " \($0)" }, fallback: .asciiBytes)
        return try trainer.train(texts).tokenizer()
    }

    @Test func everyWordIsOneToken() throws {
        let tokenizer = try tokenizer(sample: 2_000)
        #expect(tokenizer.vocabularySize < 400)
        var generator = LabGenerator(seed: 77)
        var tokens = (prompt: 0, trace: 0)
        let count = 500
        for record in try generator.records(count, steps: [3], split: .evaluation, traces: true, distinct: true) {
            let trace = try #require(record.trace)
            for text in [record.problem, trace] {
                let ids = tokenizer.encode(text)
                #expect(tokenizer.decode(ids) == text)
                // Single characters appear only for words that the vocabulary lacks.
                let words = text.split(separator: " ").reduce(0) { $0 + Self.pieces(of: $1) }
                #expect(ids.count == words, "\(text)")
            }
            tokens.prompt += tokenizer.encode(record.problem).count
            tokens.trace += tokenizer.encode(trace).count
        }
        #expect((26...40).contains(tokens.prompt / count))
        #expect((26...45).contains(tokens.trace / count))
    }

    /// A word and the punctuation after it.
    private static func pieces(of word: Substring) -> Int {
        let last = word.last
        return word.count > 1 && last.map { ".,;:?".contains($0) } == true ? 2 : 1
    }
}
