#if Torch
    import Auditing
    import Denature
    import Lab
    import Tokenizers
    import TorchModels
    import TrainingExamples

    /// How likely a model finds traces.
    public struct TraceLikelihood {
        /// What a model says of one trace.
        public struct Score: Hashable, Sendable {
            /// Tokens of the trace, the end token included, as far as they were predicted.
            public var tokens: Int
            /// The sum of their log-probabilities, in nats.
            public var logProbability: Double
            /// Per token; nil of no tokens.
            public var mean: Double? { tokens > 0 ? logProbability / Double(tokens) : nil }
        }

        private let model: DecoderModel
        private let tokenizer: Tokenizer
        private let format: PromptFormat

        /// Loads a model and sets the number of threads.
        ///
        /// - Parameters:
        ///   - folder: A checkpoint as Hugging Face writes it.
        ///   - runtime: Where tensors are computed.
        ///   - prompts: How problems are put to the model.
        /// - Throws: ``SettingsError``; `ModelError`, `TokenizerError` or `SafetensorsError` naming the file.
        public init(_ folder: String, runtime: RuntimeSettings, prompts: PromptSettings) throws {
            let device = try runtime.activate(usualThreads: PromptedModel.usualThreads(folder))
            tokenizer = try Tokenizer.load(folder)
            format = try prompts.format(tokenizer)
            model = try DecoderModel.load(folder, dtype: runtime.elementType, device: device)
        }

        /// A score for every trace, in their order. What lies beyond the model's context is not counted.
        ///
        /// - Throws: `TrainingExamplesError`, `ModelError`, `TorchError`.
        public func scores(_ traces: [AttackTrace]) throws -> [Score] {
            let texts = try traces.map { trace in
                let prompt = try format.prompt(trace.problem, tokenizer: tokenizer)
                let completion = try format.completion(trace.trace, tokenizer: tokenizer)
                let room = model.contextLength + 1 - prompt.count
                return ReadText(prompt: prompt, completion: Array(completion.prefix(max(0, room))))
            }
            return try ModelNextTokenReader(model).logProbabilities(texts).map { values in
                Score(tokens: values.count, logProbability: values.reduce(0) { $0 + Double($1) })
            }
        }
    }
#endif
