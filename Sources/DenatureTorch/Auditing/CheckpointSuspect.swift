#if Torch
    import Auditing
    import Denature
    import Generation
    import Safetensors
    import Synchronization
    import TorchModels

    /// A checkpoint under suspicion, sampled here. One run at a time may use it.
    public final class CheckpointSuspect: AuditSuspect {
        /// The most tokens of a reply to the beginning of a statement: a value, and what follows it.
        static let statementTokens = 16

        /// What kind of suspect it is.
        public let kind = AuditPlan.SuspectKind.checkpoint
        /// The folder's name.
        public let name: String
        private let folder: String
        private let runtime: RuntimeSettings
        private let slots: Int
        private let loaded = Mutex<Loaded?>(nil)

        private struct Loaded {
            // Used by the one run that the suspect is in.
            nonisolated(unsafe) let checkpoint: AuditCheckpoint
        }

        /// - Parameters:
        ///   - folder: A checkpoint as Hugging Face writes it.
        ///   - runtime: Where tensors are computed.
        ///   - batchSize: Sequences decoded together; changes no token.
        public init(_ folder: String, runtime: RuntimeSettings = RuntimeSettings(), batchSize: Int = 32) {
            self.folder = folder
            self.runtime = runtime
            slots = max(1, batchSize)
            name = AuditPlan.File(path: folder, sha256: "").name
        }

        /// SHA-256 of its tensors.
        ///
        /// - Throws: ``AuditInputError`` where the folder holds no checkpoint.
        public func digest() throws -> String? {
            do {
                return try Checkpoint(folder: folder).contentDigest()
            } catch {
                throw AuditInputError("\(error)")
            }
        }

        /// Loads it, once.
        ///
        /// - Throws: What the model throws.
        public func weights(for plan: AuditPlan) throws -> AuditWeights? { try checkpoint(plan).weights }

        /// Lets go of the weights.
        public func finish() async { loaded.withLock { $0 = nil } }

        private func checkpoint(_ plan: AuditPlan) throws -> AuditCheckpoint {
            if let loaded = loaded.withLock({ $0 }) { return loaded.checkpoint }
            let made = Loaded(checkpoint: try AuditCheckpoint(folder, plan: plan, runtime: runtime))
            loaded.withLock { $0 = made }
            return made.checkpoint
        }

        /// Samples as the plan says.
        ///
        /// - Throws: What the model throws; evidence that was written stays.
        public func ask(_ questions: [EvidenceQuestion], _ session: AuditSession) async throws {
            guard !questions.isEmpty else { return }
            let sampling = session.plan.sampling
            let asked = try checkpoint(session.plan)
            var processors: [any LogitsProcessor] = []
            let isGreedy = sampling.temperature == 0
            if !isGreedy, sampling.temperature != 1 {
                processors.append(try TemperatureLogitsWarper(sampling.temperature))
            }
            if !isGreedy, let topP = sampling.topP, topP < 1 { processors.append(try TopPLogitsWarper(topP)) }
            let loop = try GenerationLoop(
                model: asked.model, processors: processors,
                sampler: isGreedy ? GreedySampler() : CategoricalSampler(), slots: min(slots, questions.count))
            let prompts = try questions.map(asked.prompt)
            let limits = questions.map {
                $0.beginning == nil
                    ? sampling.maxNewTokens : min(Self.statementTokens, sampling.maxNewTokens)
            }
            for (question, prompt) in zip(questions, prompts) where prompt.count >= asked.model.contextLength {
                throw AuditInputError(
                    "\(folder): question \(question.name.number) has \(prompt.count) tokens and the model's context "
                        + "\(asked.model.contextLength): no room for an answer")
            }
            let capacity = zip(prompts, limits).map { $0.count + min($1, asked.model.contextLength) }.max() ?? 1
            let stops = asked.weights.format.stopTokens(asked.weights.tokenizer)
            var position = 0
            var isSpent = false
            let summary = try loop.run(
                capacity: capacity, shouldStop: { Task.isCancelled },
                next: {
                    guard position < questions.count, !isSpent else { return nil }
                    defer { position += 1 }
                    do {
                        try session.willSend(questions[position])
                    } catch is AuditSession.BudgetSpent {
                        isSpent = true
                        return nil
                    }
                    return GenerationRequest(
                        prompt: prompts[position], seed: questions[position].seed, maxNewTokens: limits[position],
                        stopTokens: stops)
                },
                deliver: { result in
                    let content = Array(result.contentTokens)
                    let answer = SuspectAnswer(
                        asked.weights.tokenizer.decode(content), tokens: asked.sharesMarkTokens ? content : nil,
                        end: AnswerEnd(rawValue: result.finishReason.rawValue))
                    try session.deliver(answer, to: questions[result.index].name)
                })
            if summary.wasStopped { throw CancellationError() }
            if isSpent { throw AuditSession.BudgetSpent() }
        }
    }
#endif
