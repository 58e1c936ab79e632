import Tokenizers
import TrainingExamples

/// How problems are put to a model: the same words for every job.
public struct PromptSettings: SettingsGroup {
    /// `auto` (the model's chat template, else plain), `template`, `plain`, `chatml`, `llama-3` or `deepseek-r1`.
    public var promptFormat = "auto"
    /// Between problem and trace in plain prompts, `\n` and `\t` written out or not; nil for a line end.
    public var separator: String?

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<PromptSettings>] = [
        .value(
            "prompt_format", \.promptFormat,
            "How the model is asked: auto (its chat template, else plain), template, plain, chatml, llama-3, deepseek-r1.",
            .called("format")),
        .value(
            "separator", \.separator,
            "Between problem and trace in plain prompts; \\n and \\t may be written out (default: a line end).",
            .called("text")),
    ]

    /// What stands between problem and trace in plain prompts.
    public var separatorText: String { separator.map(Self.unescaped) ?? PromptFormat.defaultSeparator }

    /// The format for a model with this tokenizer.
    ///
    /// - Throws: `TrainingExamplesError` for a format that is not known, or that the tokenizer has no tokens for.
    public func format(_ tokenizer: Tokenizer) throws -> PromptFormat {
        try PromptFormat.named(promptFormat, tokenizer: tokenizer, separator: separatorText)
    }

    /// A text with `\n` and `\t` written out, as a shell makes it hard to type them.
    public static func unescaped(_ text: String) -> String {
        text.replacing("\\n", with: "\n").replacing("\\t", with: "\t")
    }
}
