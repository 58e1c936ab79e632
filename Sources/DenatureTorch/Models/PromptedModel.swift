#if Torch
    import Denature
    import FineTuning
    import Safetensors
    import Tokenizers
    import Torch
    import TorchModels
    import TraceGeneration
    import TrainingExamples

    /// A model that is asked: weights, tokenizer, and the form of its prompts.
    public struct PromptedModel {
        /// The model's folder.
        public let folder: String
        /// The weights, on the device of the settings.
        public let model: DecoderModel
        /// Its tokenizer.
        public let tokenizer: Tokenizer
        /// How problems are put to it.
        public let format: PromptFormat

        /// Loads a model and sets the number of threads.
        ///
        /// - Parameters:
        ///   - folder: A checkpoint as Hugging Face writes it.
        ///   - runtime: Where tensors are computed.
        ///   - prompts: How problems are put to the model.
        ///   - adapter: Low-rank adapters in PEFT's layout, to be attached.
        ///   - architectures: The kinds of models that it may be of.
        /// - Throws: `SettingsError`; `ModelError`, `TokenizerError` or `SafetensorsError` naming the file.
        public init(
            _ folder: String, runtime: RuntimeSettings, prompts: PromptSettings, adapter: String? = nil,
            architectures: ArchitectureRegistry = .standard
        ) throws {
            let device = try runtime.activate(usualThreads: Self.usualThreads(folder))
            tokenizer = try Tokenizer.load(folder)
            format = try prompts.format(tokenizer)
            model = try DecoderModel.load(
                folder, dtype: runtime.elementType, device: device, architectures: architectures)
            if let adapter { try AdapterFolder.attach(adapter, to: model) }
            self.folder = folder
            let end = try format.endToken(tokenizer)
            guard Int(end) < model.vocabularySize else {
                throw TraceGenerationError(
                    .foreignToken,
                    "\(tokenizer.file): the end token \(end) is outside the model's vocabulary of "
                        + "\(model.vocabularySize): it belongs to another model")
            }
        }

        /// Problems as prompts that fit the model.
        ///
        /// - Throws: `TraceGenerationError` naming the record whose prompt is too long.
        public func prompts(_ problems: [Problem]) throws -> TokenizedProblems {
            try TokenizedProblems(
                problems, tokenizer: tokenizer, format: format, vocabularySize: model.vocabularySize,
                contextLength: model.contextLength)
        }

        /// Weights up to this many bytes are fastest on one thread: waking others takes longer than their share.
        private static let smallModel = 16 << 20

        /// One thread for small models; nil to leave it to libtorch.
        public static func usualThreads(_ folder: String) -> Int? {
            guard let checkpoint = try? Checkpoint(folder: folder) else { return nil }
            let bytes = checkpoint.tensorNames.reduce(0) { $0 + ((try? checkpoint.info($1).byteRange.count) ?? 0) }
            return bytes <= smallModel ? 1 : nil
        }
    }
#endif
