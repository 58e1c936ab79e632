#if Torch
    import Antidistillation
    import Generation
    import Tokenizers
    import Torch
    import TorchModels
    import TraceRewriting
    import TrainingExamples

    /// The teacher's opinion of a proxy's tokens.
    public final class SwapTeacher {
        let model: DecoderModel
        private let tokenizer: Tokenizer
        private let format: PromptFormat
        /// The teacher's id of every id of the proxy, −1 where the teacher lacks it.
        private let ids: [Int32]
        private let options: ScoringOptions

        /// - Parameters:
        ///   - model: The teacher.
        ///   - tokenizer: Its tokenizer.
        ///   - format: How it is asked.
        ///   - map: The proxy's id of every id of the teacher.
        ///   - options: How texts are put into passes.
        public init(
            _ model: DecoderModel, tokenizer: Tokenizer, format: PromptFormat, map: VocabularyMap,
            options: ScoringOptions = ScoringOptions()
        ) {
            self.model = model
            self.tokenizer = tokenizer
            self.format = format
            self.options = options
            var ids = [Int32](repeating: -1, count: map.proxySize)
            for (teacher, proxy) in map.proxyIDs.enumerated() where proxy >= 0 { ids[Int(proxy)] = Int32(teacher) }
            self.ids = ids
        }

        /// The teacher's id of a token of the proxy, nil if it lacks the token.
        func id(of token: Int32) -> Int32? {
            guard ids.indices.contains(Int(token)), ids[Int(token)] >= 0 else { return nil }
            return ids[Int(token)]
        }

        /// A completion of the proxy as the teacher reads it: its own prompt, its own end.
        ///
        /// - Throws: `RewriteError` with `failed` for a token that it lacks, a text longer than its context, or a missing
        ///   problem where its format needs one.
        func sequence(_ text: SwapText, _ completion: [Int32]) throws -> TeacherForcedSequence {
            var prompt = tokenizer.prefixIDs
            if let problem = text.problem {
                prompt = try format.prompt(problem, tokenizer: tokenizer)
            } else if case .chat = format {
                throw RewriteError.failed("the trace has no problem, and the teacher's chat format needs one")
            }
            var own = try completion.dropLast().map { token in
                guard let id = id(of: token) else {
                    throw RewriteError.failed("the teacher lacks a token of the trace")
                }
                return id
            }
            own.append(try format.endToken(tokenizer))
            let length = prompt.count + own.count
            guard length - 1 <= model.contextLength else {
                throw RewriteError.failed(
                    "the trace has \(length) tokens with its prompt, the teacher's context \(model.contextLength)")
            }
            return TeacherForcedSequence(prompt: prompt, completion: own)
        }

        /// log p of each completion in nats.
        func logProbabilities(_ text: SwapText, _ completions: [[Int32]]) throws -> [Double] {
            let sequences = try completions.map { try sequence(text, $0) }
            return try Autograd.noGrad {
                if let variants = TextVariants(sequences) {
                    return try variants.logProbabilities(model, options: options)
                }
                return try TeacherForcedBatch.perToken(sequences, options: options, model: model, missing: 0) {
                    try $0.logProbabilities(model)
                }
            }.map { $0.reduce(0, +) }
        }
    }
#endif
