import Lab
import Tokenizers

/// The tokenizer of the lab's texts: one token a word and a number, the same every time.
///
///     var settings = LabTokenizerSettings()
///     settings.output = "tokenizer"
///     try await LabTokenizer(settings).run().report()
public struct LabTokenizer: Sendable {
    /// Large enough for every word; only as many tokens are made as there are words.
    private static let limit = 1_024
    /// Texts among which every word is certain to occur.
    private static let sampleSize = 4_000

    private let settings: LabTokenizerSettings

    /// - Throws: ``SettingsError``.
    public init(_ settings: LabTokenizerSettings) throws(SettingsError) {
        try settings.validate()
        self.settings = settings
    }

    /// Makes the tokenizer and writes it into its folder. Errors of the run: `TokenizerError`.
    public func run() -> JobRun<Never, Void> {
        JobRun { _ in try Self.make(rewrites: settings.rewrites).write(to: settings.output) }
    }

    /// Takes the words of a fixed sample. Any other ASCII text is spelt in single characters.
    ///
    /// - Parameter rewrites: Whether the words of rewrites are among them.
    /// - Throws: `TokenizerError`.
    public static func make(rewrites: Bool = false) throws(TokenizerError) -> TrainedTokenizer {
        var generator = LabGenerator(seed: 0)
        var texts: [String] = []
        for index in 0..<sampleSize {
            let problem = generator.problem(steps: 1 + index % 3, split: .training)
            let record = generator.record(of: problem, trace: true)
            texts.append(record.problem + "\n" + (record.trace ?? ""))
        }
        let facts = generator.facts(6)
        texts.append(facts.problem + "\n" + (facts.trace ?? ""))
        if rewrites {
            // Steps of 1 to 3 are always there.
            let records = (try? generator.rewrites(sampleSize, steps: [1, 2, 3], split: .training, traces: true)) ?? []
            texts += records.map { $0.problem + "\n" + ($0.trace ?? "") }
        }
        let trainer = WordVocabularyTrainer(
            vocabularySize: limit, included: WordProblem.range.map { " \($0)" }, fallback: .asciiBytes)
        return try trainer.train(texts)
    }
}
