#if Torch
    import ArgumentParser
    import Lab
    import Auditing
    import Tokenizers
    import DenatureTorch
    import TorchModels
    import TrainingExamples

    /// How likely a model finds traces.
    struct TraceLikelihood {
        /// What a model says of one trace.
        struct Score {
            /// Tokens of the trace, the end token included, as far as they were predicted.
            var tokens: Int
            /// The sum of their log-probabilities, in nats.
            var logProbability: Double
            /// Per token; nil of no tokens.
            var mean: Double? { tokens > 0 ? logProbability / Double(tokens) : nil }
        }

        private let folder: String
        private let model: DecoderModel
        private let tokenizer: Tokenizer
        private let format: PromptFormat

        init(_ folder: String, torch: TorchOptions, prompts: PromptOptions) throws {
            let device = try torch.activate(usualThreads: SampleModel.usualThreads(folder))
            self.folder = folder
            tokenizer = try Tokenizer.load(folder)
            format = try prompts.format(tokenizer)
            model = try DecoderModel.load(folder, dtype: torch.dtype(), device: device)
        }

        /// A score for every trace, in their order. What lies beyond the model's context is not counted.
        func scores(_ traces: [AttackTrace]) throws -> [Score] {
            let texts = try traces.map { trace in
                let prompt = format.prompt(trace.problem, tokenizer: tokenizer)
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
