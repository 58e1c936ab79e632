import Generation
import Tokenizers
import TrainingExamples

/// Problems as the prompts of one model, found to fit it.
public struct TokenizedProblems: Sendable {
    /// The problems in the order of the input.
    public let problems: [Problem]
    /// For each problem the ids that ask the model for a trace.
    public let prompts: [[Int32]]
    /// The number of tokens of the longest prompt.
    public let longest: Int
    /// The most tokens of prompt and trace together.
    public let contextLength: Int

    /// Turns problems into prompts.
    ///
    /// - Parameters:
    ///   - problems: At least one.
    ///   - tokenizer: The model's tokenizer.
    ///   - format: How the model is asked.
    ///   - vocabularySize: The width of the model's logits.
    ///   - contextLength: The most tokens the model was made for.
    /// - Throws: ``TraceGenerationError``, naming file and line, for a prompt that leaves no room for a trace or holds a
    ///   token that the model does not know.
    public init(
        _ problems: [Problem], tokenizer: Tokenizer, format: PromptFormat, vocabularySize: Int, contextLength: Int
    ) throws(TraceGenerationError) {
        guard !problems.isEmpty else { throw TraceGenerationError(.input, "there is no problem") }
        var prompts: [[Int32]] = []
        prompts.reserveCapacity(problems.count)
        for problem in problems {
            let prompt: [Int32]
            do throws(TrainingExamplesError) {
                prompt = try format.prompt(problem.text, tokenizer: tokenizer)
            } catch {
                throw TraceGenerationError(.input, at: problem.location, error.message)
            }
            guard !prompt.isEmpty else {
                throw TraceGenerationError(
                    .input, at: problem.location, "the prompt has no token in \(tokenizer.file)")
            }
            guard prompt.count < contextLength else {
                throw TraceGenerationError(
                    .promptTooLong, at: problem.location,
                    "the prompt has \(prompt.count) tokens and the model's context \(contextLength): no room for a trace"
                )
            }
            if let foreign = prompt.first(where: { $0 < 0 || Int($0) >= vocabularySize }) {
                throw TraceGenerationError(
                    .foreignToken, at: problem.location,
                    "the prompt has the token \(foreign), and the model knows \(vocabularySize): "
                        + "\(tokenizer.file) belongs to another model")
            }
            prompts.append(prompt)
        }
        self.problems = problems
        self.prompts = prompts
        self.contextLength = contextLength
        longest = prompts.reduce(0) { max($0, $1.count) }
    }

    /// The most tokens that a cache must hold for one sequence.
    public func capacity(maxNewTokens: Int) -> Int {
        min(contextLength, longest + min(maxNewTokens, contextLength))
    }
}

extension PromptFormat {
    /// What the prompt already opens of the completion, such as `<think>`: part of a trace that stands by itself.
    var completionOpening: String {
        if case .chat(let format) = self { return format.generationSuffix }
        return ""
    }
}
