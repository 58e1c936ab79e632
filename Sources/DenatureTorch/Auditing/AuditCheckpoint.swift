#if Torch
    import Auditing
    import Denature
    import Tokenizers
    import TorchModels
    import TrainingExamples

    /// A checkpoint of an audit: the suspect's weights, or the reference.
    struct AuditCheckpoint {
        let model: DecoderModel
        let weights: AuditWeights
        /// Whether its token ids are those that marks are made in.
        let sharesMarkTokens: Bool

        init(_ folder: String, plan: AuditPlan, runtime: RuntimeSettings) throws {
            let sampling = plan.sampling
            let device = try runtime.activate(usualThreads: PromptedModel.usualThreads(folder))
            let tokenizer = try Tokenizer.load(folder)
            let format = try PromptFormat.named(
                sampling.promptFormat, tokenizer: tokenizer, separator: sampling.separator)
            model = try DecoderModel.load(folder, dtype: runtime.elementType, device: device)
            weights = AuditWeights(
                reader: ModelNextTokenReader(model), tokenizer: tokenizer, format: format,
                contextLength: model.contextLength)
            sharesMarkTokens = try weights.sharesTokens(with: plan)
        }

        /// The ids after which the suspect writes its answer.
        func prompt(_ question: EvidenceQuestion) throws -> [Int32] {
            let start = try weights.format.prompt(question.text, tokenizer: weights.tokenizer)
            guard let beginning = question.beginning else { return start }
            return start + weights.tokenizer.encode(beginning, addSpecialTokens: false, specialTokens: .text)
        }
    }

    /// Loads checkpoints for audits.
    ///
    ///     let auditor = try Auditor(plan: plan, keyring: keyring, models: CheckpointModels())
    public struct CheckpointModels: AuditModels {
        private let runtime: RuntimeSettings
        private let batchSize: Int

        /// - Parameters:
        ///   - runtime: Where tensors are computed.
        ///   - batchSize: Sequences decoded together; changes no token.
        public init(runtime: RuntimeSettings = RuntimeSettings(), batchSize: Int = 32) {
            self.runtime = runtime
            self.batchSize = batchSize
        }

        /// Loads a checkpoint as what an audit asks.
        ///
        /// - Throws: `ModelError`, `TokenizerError` or `SafetensorsError` naming the file.
        public func suspect(_ folder: String) -> any AuditSuspect {
            CheckpointSuspect(folder, runtime: runtime, batchSize: batchSize)
        }

        /// Loads a checkpoint as what an audit asks.
        ///
        /// - Throws: `ModelError`, `TokenizerError` or `SafetensorsError` naming the file.
        public func weights(_ folder: String, for plan: AuditPlan) throws -> AuditWeights {
            try AuditCheckpoint(folder, plan: plan, runtime: runtime).weights
        }
    }
#endif
