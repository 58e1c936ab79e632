import ArgumentParser
import Denature

extension LabCommand {
    /// `denature lab rewrites`.
    struct Rewrites: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Traces with a command before them, and what the command makes of them.",
            discussion: """
                The problem of a record is a command, a colon and a trace; its trace is the rewrite. Commands are formal, terse,
                insert-watermark WORD and paraphrase; all keep the answer and every equation.

                EXAMPLES:
                  denature lab rewrites --count 60000 --seed 1 -o train.jsonl
                  denature lab rewrites --split evaluation --count 800 --prompts-only -o prompts.jsonl
                """)
        @OptionGroup var options: SettingsOptions<LabRewritesSettings>

        func run() async throws { _ = try await LabGeneration(options.settings).run().report() }
    }

    /// `denature lab judge-rewrites`.
    struct JudgeRewrites: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "judge-rewrites", abstract: "How well a rewriter did what it was told.",
            discussion: """
                Reads what denature sample made of the prompts of denature lab rewrites, and prints one JSON object: for every
                command the rewrites and the shares of those that keep the answer, that keep all equations and no others, that
                are worded as the command wants, and that do all three.

                EXAMPLE:
                  denature lab judge-rewrites rewrites.jsonl
                """)
        @OptionGroup var options: SettingsOptions<LabJudgeRewritesSettings>

        func run() async throws { try Console.json(await RewriteJudging(options.settings).run().report()) }
    }
}
