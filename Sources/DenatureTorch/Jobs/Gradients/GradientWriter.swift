#if Torch
    import Antidistillation
    import Denature
    import Foundation
    import Tokenizers
    import Torch
    import TorchAntidistillation
    import TorchModels
    import TrainingExamples

    /// Computes the gradient of a proxy's loss on held-out traces and writes it, or a control made of one.
    ///
    ///     var settings = GradientSettings()
    ///     settings.proxy = "proxy"
    ///     settings.holdout = "holdout.jsonl"
    ///     settings.output = "g.safetensors"
    ///     let report = try await GradientWriter(settings).run().report()
    public struct GradientWriter: Sendable {
        /// What is computed, and how.
        public let settings: GradientSettings

        /// - Throws: ``SettingsError``.
        public init(_ settings: GradientSettings) throws(SettingsError) {
            try settings.validate()
            self.settings = settings
        }

        /// Runs the job.
        ///
        /// Errors of the run: `SettingsError` for an output that is there already; `GradientError`, `ModelError`,
        /// `TokenizerError`, `TraceError`, `TrainingExamplesError`, `SafetensorsError` and `TorchError`; `JobError`, with
        /// the code `interrupted` when the task was cancelled: then nothing was written.
        public func run() -> JobRun<GradientJob.Progress, GradientReport> {
            JobRun { reporter in
                do {
                    return try report(reporter)
                } catch is CancellationError {
                    throw JobError(.interrupted, "interrupted; nothing was written")
                }
            }
        }

        private func report(_ reporter: JobReporter<GradientJob.Progress>) throws -> GradientReport {
            let output = settings.output
            if !settings.force, FileManager.default.fileExists(atPath: output) {
                throw SettingsError("output", "\(output): is there already; `force` replaces it")
            }
            if let negate = settings.negate {
                let info = try GradientControl.negated.write(of: negate, to: output, replacing: settings.force)
                return GradientReport(output, info)
            }
            if let random = settings.random {
                let info = try GradientControl.random(seed: settings.seed).write(
                    of: random, to: output, replacing: settings.force)
                return GradientReport(output, info)
            }
            guard let proxy = settings.proxy, let holdout = settings.holdout else {
                throw SettingsError(nil, "give `proxy` and `holdout`")
            }
            return try gradient(of: proxy, on: holdout, reporter)
        }

        private func gradient(
            of proxy: String, on holdout: String, _ reporter: JobReporter<GradientJob.Progress>
        ) throws -> GradientReport {
            let device = try settings.runtime.activate()
            let tokenizer = try Tokenizer.load(proxy)
            let prompts = try settings.prompts.format(tokenizer)
            // Rounded to half precision, a gradient of small numbers would not be the loss's.
            let model = try DecoderModel.load(
                proxy, dtype: settings.runtime.elementType ?? .float32, device: device)
            let set = try TrainingSet(
                TraceExampleFile(path: holdout, format: settings.format), tokenizer: tokenizer, format: prompts,
                maximumLength: min(settings.maxLength ?? model.contextLength, model.contextLength))
            if let first = set.skippedLines.first {
                reporter.notice(
                    "\(holdout): \(set.skippedLines.count) traces left out, empty or too long, the first in line \(first)"
                )
            }
            let start = ContinuousClock.now
            let job = try GradientJob(
                model: model, examples: Array(set.examples.prefix(settings.limit ?? .max)),
                options: .init(lossAverage: settings.lossAverage, batchSize: settings.batchSize),
                counting: settings.lossTokens.isCounted(by: tokenizer))
            let result = try job.run(progress: reporter.progress, shouldStop: { Task.isCancelled })
            let info = GradientInfo(
                loss: result.loss, norm: result.norm, lossAverage: settings.lossAverage, traces: result.traces,
                tokens: result.tokens, dataDigest: set.digest, modelDigest: try ModelDigest.of(folder: proxy),
                toolVersion: DenatureVersion.string, lossTokens: settings.lossTokens)
            try GradientFile.write(
                ProxyGradient(names: model.parameterNames, tensors: result.gradient, info: info),
                to: settings.output, replacing: settings.force)
            return GradientReport(
                settings.output, info, skipped: set.skippedLines.count, seconds: start.duration(to: .now) / .seconds(1))
        }
    }

    extension LossTokens {
        /// Whether predicting a token of that tokenizer counts.
        fileprivate func isCounted(by tokenizer: Tokenizer) -> (Int32) -> Bool {
            switch self {
            case .completion: { _ in true }
            case .numbers:
                {
                    let bytes = tokenizer.bytes(for: $0) ?? tokenizer.token(for: $0).map { Array($0.utf8) }
                    return !tokenizer.isSpecial($0) && bytes?.contains { (0x30...0x39).contains($0) } == true
                }
            }
        }
    }

    /// What was written.
    public struct GradientReport: Encodable, Sendable {
        /// The file.
        public var output: String
        /// What its tensors are.
        public var direction: GradientInfo.Direction
        /// Nats per token.
        public var loss: Double
        /// The gradient's norm.
        public var norm: Double
        /// How the losses of tokens were put together.
        public var lossAverage: LossAverage
        /// What the loss was taken of.
        public var lossTokens: LossTokens
        /// The number of held-out traces.
        public var traces: Int
        /// The number of tokens that the loss is taken of.
        public var tokens: Int
        /// Traces left out, empty or too long; nil for a control.
        public var skippedTraces: Int?
        /// SHA-256 of the held-out traces.
        public var dataSha256: String
        /// SHA-256 of the proxy's weights.
        public var modelSha256: String
        /// How long it took; nil for a control.
        public var seconds: Double?

        init(_ output: String, _ info: GradientInfo, skipped: Int? = nil, seconds: Double? = nil) {
            self.output = output
            direction = info.direction
            loss = info.loss
            norm = info.norm
            lossAverage = info.lossAverage
            lossTokens = info.lossTokens
            traces = info.traces
            tokens = info.tokens
            skippedTraces = skipped
            dataSha256 = info.dataDigest
            modelSha256 = info.modelDigest
            self.seconds = seconds
        }
    }
#endif
