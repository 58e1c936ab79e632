#if Torch
    import Antidistillation
    import Tokenizers
    import TorchAntidistillation
    import TorchModels

    /// A proxy student beside a teacher.
    struct SampleProxy {
        let folder: String
        let model: DecoderModel
        let digest: String
        /// The proxy's ids of the teacher's.
        let map: VocabularyMap

        /// - Throws: an error that names both tokenizers where they differ by more than added tokens.
        init(_ folder: String, torch: TorchOptions, teacher: SampleModel) throws {
            self.folder = folder
            model = try DecoderModel.load(folder, dtype: torch.dtype(), device: teacher.model.device)
            digest = try ModelDigest.of(folder: folder)
            map = try VocabularyMap(
                teacher: Self.vocabulary(teacher.tokenizer), proxy: Self.vocabulary(Tokenizer.load(folder)),
                teacherSize: teacher.model.vocabularySize, proxySize: model.vocabularySize)
        }

        /// The proxies read prompts and sampled tokens, and no forced answers.
        func requireContext(_ capacity: Int) throws {
            guard capacity > model.contextLength else { return }
            throw CommandFailure(
                description:
                    "\(folder): the proxy's context has \(model.contextLength) tokens, and prompt and trace may "
                    + "have \(capacity); lower --max-new-tokens")
        }

        /// The tokens of a tokenizer, to be compared with another's.
        static func vocabulary(_ tokenizer: Tokenizer) -> Vocabulary {
            Vocabulary(
                name: tokenizer.file, tokens: (0..<Int32(tokenizer.idBound)).map { tokenizer.token(for: $0) },
                addedIDs: Set(tokenizer.addedTokens.map(\.id)))
        }
    }
#endif
