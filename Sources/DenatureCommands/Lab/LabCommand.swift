import ArgumentParser
import Denature

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

extension LabCommand {
    /// `denature lab problems`.
    struct Problems: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Problems with their answers.")
        @OptionGroup var options: SettingsOptions<LabProblemsSettings>

        func run() async throws { _ = try await LabGeneration(options.settings).run().report() }
    }

    /// `denature lab traces`.
    struct Traces: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Problems with worked solutions.")
        @OptionGroup var options: SettingsOptions<LabTracesSettings>

        func run() async throws { _ = try await LabGeneration(options.settings).run().report() }
    }

    /// `denature lab facts`.
    struct Facts: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Texts of arithmetic facts.")
        @OptionGroup var options: SettingsOptions<LabFactsSettings>

        func run() async throws { _ = try await LabGeneration(options.settings).run().report() }
    }

    /// `denature lab tokenizer`.
    struct TokenizerFiles: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tokenizer",
            abstract: "The lab's tokenizer: one token a word and a number, the same every time.")
        @OptionGroup var options: SettingsOptions<LabTokenizerSettings>

        func run() async throws { try await LabTokenizer(options.settings).run().report() }
    }
}
