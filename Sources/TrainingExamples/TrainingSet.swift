import KeyedPRF
import Tokenizers
import Traces

/// Examples ready for training.
public struct TrainingSet: Sendable {
    /// The examples in the order of the input, without those left out.
    public let examples: [TokenizedExample]
    /// Lines of examples that were left out because they are too long, or because their completion is empty.
    public let skippedLines: [Int]
    /// Lines of examples whose completion was cut.
    public let truncatedLines: [Int]
    /// ``TraceExampleFile/digest`` of the input.
    public let digest: String

    /// Takes examples that are tokens already.
    public init(
        examples: [TokenizedExample], digest: String, skippedLines: [Int] = [], truncatedLines: [Int] = []
    ) {
        self.examples = examples
        self.digest = digest
        self.skippedLines = skippedLines
        self.truncatedLines = truncatedLines
    }

    /// Turns the examples of a file into tokens.
    ///
    /// - Parameters:
    ///   - file: The examples as text.
    ///   - tokenizer: The model's tokenizer.
    ///   - format: How problem and completion are put together.
    ///   - maximumLength: The number of tokens that an example may have, nil for any number.
    ///   - tooLong: What becomes of longer ones.
    ///   - requiresProblem: Whether an example without a problem is an error; otherwise its prompt holds no more than the
    ///     tokens that begin every text. Chat formats always require one.
    /// - Throws: ``TrainingExamplesError`` naming file and line.
    public init(
        _ file: TraceExampleFile, tokenizer: Tokenizer, format: PromptFormat, maximumLength: Int? = nil,
        tooLong: TooLongPolicy = .skip, requiresProblem: Bool = true
    ) throws(TrainingExamplesError) {
        var examples: [TokenizedExample] = []
        var skipped: [Int] = []
        var truncated: [Int] = []
        for source in file.examples {
            let line = source.location.line
            // Nothing but the end to learn: the model would be taught to say nothing.
            if source.completion.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) {
                skipped.append(line)
                continue
            }
            var example = TokenizedExample(
                prompt: try Self.prompt(source, tokenizer, format, requiresProblem: requiresProblem),
                completion: try format.completion(source.completion, tokenizer: tokenizer), line: line)
            if let maximumLength, example.count > maximumLength {
                let room = maximumLength - example.prompt.count
                switch tooLong {
                case .error:
                    throw TrainingExamplesError(
                        .tooLong, at: source.location,
                        "the example has \(example.count) tokens, \(maximumLength) are allowed")
                case .truncate where room > 0:
                    example.completion.removeLast(example.completion.count - room)
                    truncated.append(line)
                case .truncate, .skip:
                    skipped.append(line)
                    continue
                }
            }
            examples.append(example)
        }
        guard !examples.isEmpty else {
            let reason = skipped.isEmpty ? "" : ": all \(skipped.count) are empty or too long"
            throw TrainingExamplesError(.noExamples, "there is no example to train on\(reason)")
        }
        self.init(examples: examples, digest: file.digest, skippedLines: skipped, truncatedLines: truncated)
    }

    private static func prompt(
        _ source: TraceExample, _ tokenizer: Tokenizer, _ format: PromptFormat, requiresProblem: Bool
    ) throws(TrainingExamplesError) -> [Int32] {
        if let problem = source.problem {
            do throws(TrainingExamplesError) {
                return try format.prompt(problem, tokenizer: tokenizer)
            } catch {
                throw TrainingExamplesError(error.code, at: source.location, error.message)
            }
        }
        if case .plain = format, !requiresProblem { return tokenizer.prefixIDs }
        throw TrainingExamplesError(
            .missingProblem, at: source.location, "the record has no problem, question, prompt or user message")
    }

    /// The largest id in any example, -1 if there is none.
    public var largestID: Int32 {
        examples.reduce(-1) { max($0, $1.prompt.max() ?? -1, $1.completion.max() ?? -1) }
    }

    /// The number of tokens in all completions.
    public var completionTokenCount: Int {
        examples.reduce(0) { $0 + $1.completion.count }
    }

    /// SHA-256, in hexadecimal, of the examples' ids: equal sets, however they were written, train equally.
    public var tokenDigest: String {
        var bytes: [UInt8] = []
        func append(_ ids: [Int32]) {
            withUnsafeBytes(of: UInt64(ids.count).littleEndian) { bytes += $0 }
            for id in ids { withUnsafeBytes(of: id.littleEndian) { bytes += $0 } }
        }
        for example in examples {
            append(example.prompt)
            append(example.completion)
        }
        return SHA256Digest.of(bytes).hex
    }
}
