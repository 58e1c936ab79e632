import ArgumentParser
import Lab
import Sanitizing
import Tokenizers

/// `denature lab`.
struct LabCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab", abstract: "Make the data and models of the lab: arithmetic stories for small models.",
        discussion: """
            Everything follows from the seed. The splits (training, distillation, holdout, evaluation) share no problem,
            whatever the seeds.

              denature lab problems --split evaluation --steps 3 --count 400 --distinct -o eval.jsonl
              denature lab traces --split training --steps 1,2 --count 50000 --seed 1 -o base.jsonl
              denature lab facts --count 40000 --seed 1 -o facts.jsonl
              denature lab rewrites --count 60000 --seed 1 -o rewrites.jsonl
              denature lab tokenizer -o DIR
            """,
        subcommands: [
            Problems.self, Traces.self, Facts.self, Rewrites.self, JudgeRewrites.self, TokenizerFiles.self,
        ])
}

/// Where the lab's records come from and go to.
struct LabOutput: ParsableArguments {
    @Option(help: "How many records to make.") var count = 1_000
    @Option(help: "Decides all draws.") var seed: UInt64 = 1
    @Flag(help: "One step at a time: never two in one equation.") var singleSteps = false
    @Option(name: .shortAndLong, help: "Where to write, or - for standard output.") var output = "-"
    @Flag(help: "Replace an existing output.") var force = false

    func validate() throws {
        guard (1...10_000_000).contains(count) else { throw ValidationError("--count must be from 1 to 10000000") }
    }

    /// Writes the records that `next` gives, one a line.
    func write(_ body: (LineOutput) throws -> Void) throws {
        let writer: LineOutput
        do {
            writer = try LineOutput(argument: output, force: force, inputs: [])
        } catch {
            throw CommandFailure(description: error.description)
        }
        do {
            try body(writer)
            try writer.finish()
        } catch {
            writer.abandon()
            throw CommandFailure(description: "\(error)")
        }
    }
}

/// Which stories to make.
struct LabStories: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Numbers of changes, taken in turn: 1, 2, 3, or several such as 1,2.", valueName: "numbers"))
    var steps = "3"
    @Option(help: "Which part of all problems: training, distillation, holdout or evaluation.")
    var split = LabSplit.training
    @Flag(help: "No arithmetic twice, however it is worded.") var distinct = false

    /// The numbers of a list such as 1,2.
    static func numbers(_ list: String) throws -> [Int] {
        try list.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let number = Int(part) else { throw CommandFailure.usage("--steps: '\(part)' is no number") }
            return number
        }
    }

    /// Makes and writes them.
    func write(to output: LabOutput, traces: Bool) throws {
        let numbers = try Self.numbers(steps)
        var generator = LabGenerator(seed: output.seed, mergesSteps: !output.singleSteps)
        try output.write { writer in
            let records = try generator.records(
                output.count, steps: numbers, split: split, traces: traces, distinct: distinct)
            for record in records { try writer.write(Array(record.line().utf8)) }
        }
    }
}

extension LabSplit: ExpressibleByArgument {}

extension LabCommand {
    /// `denature lab problems`.
    struct Problems: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Problems with their answers.")
        @OptionGroup var stories: LabStories
        @OptionGroup var output: LabOutput

        mutating func run() async throws { try stories.write(to: output, traces: false) }
    }

    /// `denature lab traces`.
    struct Traces: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Problems with worked solutions.")
        @OptionGroup var stories: LabStories
        @OptionGroup var output: LabOutput

        mutating func run() async throws { try stories.write(to: output, traces: true) }
    }

    /// `denature lab facts`.
    struct Facts: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Texts of arithmetic facts.")
        @Option(help: "Facts in one text.") var facts = 6
        @OptionGroup var output: LabOutput

        mutating func run() async throws {
            guard (1...100).contains(facts) else { throw CommandFailure.usage("--facts must be from 1 to 100") }
            var generator = LabGenerator(seed: output.seed, mergesSteps: !output.singleSteps)
            try output.write { writer in
                for _ in 0..<output.count { try writer.write(Array(generator.facts(facts).line().utf8)) }
            }
        }
    }

    /// `denature lab tokenizer`.
    struct TokenizerFiles: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tokenizer",
            abstract: "The lab's tokenizer: one token a word and a number, the same every time.")
        @Option(name: .shortAndLong, help: "The folder to write tokenizer.json and tokenizer_config.json into.")
        var output: String
        @Flag(help: "With the words of commands and rewrites.") var rewrites = false

        mutating func run() async throws {
            do {
                try LabTokenizer.make(rewrites: rewrites).write(to: output)
            } catch {
                throw CommandFailure(description: error.description)
            }
        }
    }
}

/// The tokenizer of the lab's texts.
enum LabTokenizer {
    /// Large enough for every word; only as many tokens are made as there are words.
    private static let limit = 1_024
    /// Texts among which every word is certain to occur.
    private static let sampleSize = 4_000

    /// Takes the words of a fixed sample. Any other ASCII text is spelt in single characters.
    ///
    /// - Parameter rewrites: Whether the words of rewrites are among them.
    static func make(rewrites: Bool = false) throws(TokenizerError) -> TrainedTokenizer {
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
