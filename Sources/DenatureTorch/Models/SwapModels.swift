#if Torch
    import Antidistillation
    import Denature
    import Tokenizers
    import Torch
    import TorchAntidistillation
    import TorchModels
    import TrainingExamples

    /// Proxy, gradient and teacher, as the settings name them.
    public struct SwapModels {
        /// The proxy's tokenizer.
        public let tokenizer: Tokenizer
        /// How problems are put to the proxy.
        public let format: PromptFormat
        /// The tokens that may be exchanged.
        public let vocabulary: SwapVocabulary
        /// What a nat of the teacher's log-probability is worth in units of J.
        public let logProbabilityWeight: Double
        /// ‖g‖.
        public let gradientNorm: Double
        /// What decides the output's bytes, for the ledger.
        public let provenance: [String: String]
        /// Whether there is a teacher.
        public var hasTeacher: Bool { teacher != nil }

        private let proxy: DecoderModel
        private let gradient: ProxyGradient
        private let teacher: SwapTeacher?

        /// Loads the models and sets the number of threads.
        ///
        /// - Parameters:
        ///   - settings: Which models.
        ///   - runtime: Where tensors are computed.
        /// - Throws: ``SettingsError``; `ModelError`, `TokenizerError`, `GradientError` and `SafetensorsError` naming the
        ///   file.
        public init(_ settings: SwapModelSettings, runtime: RuntimeSettings) throws {
            guard let folder = settings.proxy, let file = settings.gradient else {
                throw SettingsError("proxy", "give `proxy` and `gradient`")
            }
            let device = try runtime.activate(usualThreads: PromptedModel.usualThreads(folder))
            let tokenizer = try Tokenizer.load(folder)
            format = try settings.prompts.format(tokenizer)
            _ = try format.endToken(tokenizer)
            // Differences of perturbed copies need at least single precision.
            proxy = try DecoderModel.load(folder, dtype: runtime.elementType ?? .float32, device: device)
            guard proxy.dtype == .float32 || proxy.dtype == .float64 else {
                throw SettingsError("dtype", "`dtype` must be float32 or float64: differences need the precision")
            }
            let digest = try ModelDigest.of(folder: folder)
            gradient = try GradientFile.load(file, for: proxy, modelDigest: digest)
            gradientNorm = gradient.norm
            vocabulary = SwapVocabulary(tokenizer, size: proxy.vocabularySize, scope: settings.swapScope)
            self.tokenizer = tokenizer
            // β is told in gradient norms, so that a value found with one proxy is a beginning with the next.
            logProbabilityWeight = settings.rhbBeta * gradient.norm
            var provenance = [
                "proxy": digest, "gradient": try InputDigest.of(file), "prompt-format": format.name,
                "separator": settings.prompts.separatorText, "dtype": proxy.dtype.rawValue,
                "swap-scope": settings.swapScope.rawValue,
            ]
            if let name = settings.teacher {
                let own = try Tokenizer.load(name)
                let model = try DecoderModel.load(name, dtype: runtime.elementType, device: device)
                let map = try VocabularyMap(
                    teacher: Self.vocabulary(own), proxy: Self.vocabulary(tokenizer),
                    teacherSize: model.vocabularySize, proxySize: proxy.vocabularySize)
                teacher = SwapTeacher(
                    model, tokenizer: own, format: try settings.prompts.format(own), map: map)
                provenance["teacher"] = try ModelDigest.of(folder: name)
                provenance["rhb-beta"] = String(settings.rhbBeta)
            } else {
                teacher = nil
            }
            self.provenance = provenance
        }

        /// The models as a search asks them.
        ///
        /// - Throws: `GradientError`.
        public func scorer(_ ranking: ProxySwapScorer.Ranking) throws -> ProxySwapScorer {
            try ProxySwapScorer(proxy, gradient: gradient, vocabulary: vocabulary, ranking: ranking, teacher: teacher)
        }

        private static func vocabulary(_ tokenizer: Tokenizer) -> Vocabulary {
            Vocabulary(
                name: tokenizer.file, tokens: (0..<Int32(tokenizer.idBound)).map { tokenizer.token(for: $0) },
                addedIDs: Set(tokenizer.addedTokens.map(\.id)))
        }
    }
#endif
