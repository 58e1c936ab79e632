import ArgumentParser
import Tokenizers
import TrainingExamples

/// How problems are put to a model: the same words for every command.
struct PromptOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How the model is asked: auto (its chat template, else plain), plain, chatml, llama-3 or deepseek-r1.",
            valueName: "format"))
    var promptFormat = "auto"
    @Option(
        help: ArgumentHelp(
            "Between problem and trace in plain prompts; \\n and \\t may be written out (default: a line end).",
            valueName: "text"))
    var separator: String?

    /// What stands between problem and trace in plain prompts.
    var separatorText: String { separator.map(Self.unescaped) ?? PromptFormat.defaultSeparator }

    /// The format for a model with this tokenizer.
    func format(_ tokenizer: Tokenizer) throws -> PromptFormat {
        try PromptFormat.named(promptFormat, tokenizer: tokenizer, separator: separatorText)
    }

    /// A text with `\n` and `\t` written out, as a shell makes it hard to type them.
    static func unescaped(_ text: String) -> String {
        text.replacing("\\n", with: "\n").replacing("\\t", with: "\t")
    }
}
