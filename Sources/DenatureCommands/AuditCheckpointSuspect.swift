#if Torch
    import Auditing
    import Foundation
    import Generation
    import Synchronization
    import Tokenizers
    import TorchModels
    import TrainingExamples

    /// A model of the audit: the suspect's weights, or the reference.
    final class AuditModel {
        let folder: String
        let model: DecoderModel
        let tokenizer: Tokenizer
        let format: PromptFormat
        /// Whether its token ids are those that marks are made in.
        let sharesMarkTokens: Bool

        init(_ folder: String, plan: AuditPlan, torch: TorchOptions) throws {
            let sampling = plan.sampling
            let device = try torch.activate(usualThreads: SampleModel.usualThreads(folder))
            tokenizer = try Tokenizer.load(folder)
            format = try PromptFormat.named(
                sampling.promptFormat, tokenizer: tokenizer, separator: sampling.separator)
            model = try DecoderModel.load(folder, dtype: torch.dtype(), device: device)
            let digest = try AuditFiles.tokenizer(folder).sha256
            sharesMarkTokens = plan.tokenizer.map { $0.sha256 == digest } ?? true
            self.folder = folder
        }

        /// The ids after which the suspect writes its answer.
        func prompt(_ question: EvidenceQuestion) -> [Int32] {
            let start = format.prompt(question.text, tokenizer: tokenizer)
            guard let beginning = question.beginning else { return start }
            return start + tokenizer.encode(beginning, addSpecialTokens: false, specialTokens: .text)
        }
    }

    /// A checkpoint under suspicion, sampled here.
    struct AuditCheckpointSuspect: AuditSuspect {
        /// The most tokens of a reply to the beginning of a statement: a value, and what follows it.
        static let statementTokens = 16

        // Used by one task at a time.
        nonisolated(unsafe) let asked: AuditModel
        let sampling: AuditPlan.Sampling
        let slots: Int

        func ask(_ questions: [EvidenceQuestion], session: AuditSession) async throws {
            guard !questions.isEmpty else { return }
            var processors: [any LogitsProcessor] = []
            let isGreedy = sampling.temperature == 0
            if !isGreedy, sampling.temperature != 1 {
                processors.append(try TemperatureLogitsWarper(sampling.temperature))
            }
            if !isGreedy, let topP = sampling.topP, topP < 1 { processors.append(try TopPLogitsWarper(topP)) }
            let loop = try GenerationLoop(
                model: asked.model, processors: processors,
                sampler: isGreedy ? GreedySampler() : CategoricalSampler(), slots: min(slots, questions.count))
            let prompts = questions.map(asked.prompt)
            let limits = questions.map {
                $0.beginning == nil
                    ? sampling.maxNewTokens : min(Self.statementTokens, sampling.maxNewTokens)
            }
            for (question, prompt) in zip(questions, prompts) where prompt.count >= asked.model.contextLength {
                throw CommandFailure(
                    description: "\(asked.folder): question \(question.name.number) has \(prompt.count) tokens and the "
                        + "model's context \(asked.model.contextLength): no room for an answer")
            }
            let capacity = zip(prompts, limits).map { $0.count + min($1, asked.model.contextLength) }.max() ?? 1
            let stops = asked.format.stopTokens(asked.tokenizer)
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
                    try session.deliver(
                        questions[result.index].name, text: asked.tokenizer.decode(content),
                        tokens: asked.sharesMarkTokens ? content : nil, finish: result.finishReason.rawValue)
                })
            if summary.wasStopped { throw CancellationError() }
            if isSpent { throw AuditSession.BudgetSpent() }
        }
    }
#endif
