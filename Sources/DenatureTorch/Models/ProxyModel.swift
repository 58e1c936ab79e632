#if Torch
    import Antidistillation
    import Denature
    import Tokenizers
    import TorchAntidistillation
    import TorchModels
    import TraceGeneration

    /// A proxy student beside a teacher.
    struct ProxyModel {
        let folder: String
        let model: DecoderModel
        /// Of its weights.
        let digest: String
        /// The proxy's ids of the teacher's.
        let map: VocabularyMap

        /// - Throws: An error that names both tokenizers where they differ by more than added tokens.
        init(
            _ folder: String, runtime: RuntimeSettings, teacher: PromptedModel, architectures: ArchitectureRegistry
        ) throws {
            self.folder = folder
            model = try DecoderModel.load(
                folder, dtype: runtime.elementType, device: teacher.model.device, architectures: architectures)
            digest = try ModelDigest.of(folder: folder)
            map = try VocabularyMap(
                teacher: Vocabulary(teacher.tokenizer), proxy: Vocabulary(Tokenizer.load(folder)),
                teacherSize: teacher.model.vocabularySize, proxySize: model.vocabularySize)
        }

        /// The proxies read prompts and sampled tokens, and no forced answers.
        func requireContext(_ capacity: Int) throws {
            guard capacity > model.contextLength else { return }
            throw TraceGenerationError(
                .promptTooLong,
                "\(folder): the proxy's context has \(model.contextLength) tokens, and prompt and trace may have "
                    + "\(capacity); lower --max-new-tokens")
        }
    }
#endif
