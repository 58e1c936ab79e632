#if Torch
    import FineTuning
    import Foundation
    import KeyedPRF
    import Safetensors
    import Tokenizers
    import Torch
    import TorchModels
    import TraceGeneration
    import TrainingExamples

    /// A model that is asked: weights, tokenizer, and the form of its prompts.
    struct SampleModel {
        let folder: String
        let model: DecoderModel
        let tokenizer: Tokenizer
        let format: PromptFormat

        init(
            _ folder: String, torch: TorchOptions, prompts: PromptOptions, adapter: String?
        ) throws {
            let device = try torch.activate(usualThreads: Self.usualThreads(folder))
            tokenizer = try Tokenizer.load(folder)
            format = try prompts.format(tokenizer)
            model = try DecoderModel.load(folder, dtype: torch.dtype(), device: device)
            if let adapter { try AdapterFolder.attach(adapter, to: model) }
            self.folder = folder
            let end = try format.endToken(tokenizer)
            guard Int(end) < model.vocabularySize else {
                throw CommandFailure(
                    description: "\(tokenizer.file): the end token \(end) is outside the model's vocabulary of "
                        + "\(model.vocabularySize): it belongs to another model")
            }
        }

        /// Problems as prompts that fit the model.
        func prompts(_ problems: [Problem]) throws -> TokenizedProblems {
            try TokenizedProblems(
                problems, tokenizer: tokenizer, format: format, vocabularySize: model.vocabularySize,
                contextLength: model.contextLength)
        }

        /// Weights up to this many bytes are fastest on one thread: waking others takes longer than their share.
        private static let smallModel = 16 << 20

        /// One thread for small models; nil to leave it to libtorch.
        static func usualThreads(_ folder: String) -> Int? {
            guard let checkpoint = try? Checkpoint(folder: folder) else { return nil }
            let bytes = checkpoint.tensorNames.reduce(0) { $0 + ((try? checkpoint.info($1).byteRange.count) ?? 0) }
            return bytes <= smallModel ? 1 : nil
        }

        /// SHA-256, in hexadecimal, of a file; nil if it cannot be read.
        static func digest(file: String) -> String? {
            FileManager.default.contents(atPath: file).map { SHA256Digest.of([UInt8]($0)).hex }
        }

        /// A failure as the program reports it.
        static func failure(_ error: any Error) -> any Error {
            if error is CommandFailure { return error }
            if let error = error as? TraceGenerationError, error.code == .interrupted {
                return CommandFailure(description: error.description, status: ExitStatus.interrupted)
            }
            return CommandFailure(description: "\(error)")
        }
    }
#endif
