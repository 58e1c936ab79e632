#if Torch
    import Antidistillation
    import Tokenizers
    import TorchAntidistillation
    import TorchModels
    import TrainingExamples

    /// Proxy, gradient and teacher, as the options name them.
    struct SwapModels {
        let tokenizer: Tokenizer
        let format: PromptFormat
        let vocabulary: SwapVocabulary
        /// What a nat of the teacher's log-probability is worth in units of J.
        let logProbabilityWeight: Double
        /// ‖g‖.
        let gradientNorm: Double
        /// What decides the output's bytes, for the ledger.
        let provenance: [String: String]
        /// Whether there is a teacher.
        var hasTeacher: Bool { teacher != nil }

        private let proxy: DecoderModel
        private let gradient: ProxyGradient
        private let teacher: SwapTeacher?

        /// - Throws: whatever is wrong with a model or its gradient, naming the file.
        init(_ options: SwapModelOptions, torch: TorchOptions) throws {
            guard let folder = options.proxy, let file = options.gradient else {
                throw CommandFailure.usage("give --proxy DIR and --gradient FILE")
            }
            let device = try torch.activate(usualThreads: SampleModel.usualThreads(folder))
            let tokenizer = try Tokenizer.load(folder)
            format = try options.prompts.format(tokenizer)
            _ = try format.endToken(tokenizer)
            // Differences of perturbed copies need at least single precision.
            proxy = try DecoderModel.load(folder, dtype: torch.dtype() ?? .float32, device: device)
            guard proxy.dtype == .float32 || proxy.dtype == .float64 else {
                throw CommandFailure.usage("--dtype must be float32 or float64: differences need the precision")
            }
            let digest = try ModelDigest.of(folder: folder)
            gradient = try GradientFile.load(file, for: proxy, modelDigest: digest)
            gradientNorm = gradient.norm
            vocabulary = SwapVocabulary(tokenizer, size: proxy.vocabularySize, scope: options.swapScope)
            self.tokenizer = tokenizer
            // β is told in gradient norms, so that a value found with one proxy is a beginning with the next.
            logProbabilityWeight = options.rhbBeta * gradient.norm
            var provenance = [
                "proxy": digest, "gradient": SampleModel.digest(file: file) ?? "", "prompt-format": format.name,
                "separator": options.prompts.separatorText, "dtype": proxy.dtype.rawValue,
                "swap-scope": options.swapScope.rawValue,
            ]
            if let name = options.teacher {
                let own = try Tokenizer.load(name)
                let model = try DecoderModel.load(name, dtype: torch.dtype(), device: device)
                let map = try VocabularyMap(
                    teacher: Vocabulary(own), proxy: Vocabulary(tokenizer),
                    teacherSize: model.vocabularySize, proxySize: proxy.vocabularySize)
                teacher = SwapTeacher(
                    model, tokenizer: own,
                    format: try options.prompts.format(own), map: map)
                provenance["teacher"] = try ModelDigest.of(folder: name)
                provenance["rhb-beta"] = String(options.rhbBeta)
            } else {
                teacher = nil
            }
            self.provenance = provenance
        }

        /// The models as a search asks them.
        func scorer(_ ranking: ProxySwapScorer.Ranking) throws -> ProxySwapScorer {
            try ProxySwapScorer(proxy, gradient: gradient, vocabulary: vocabulary, ranking: ranking, teacher: teacher)
        }
    }
#endif
