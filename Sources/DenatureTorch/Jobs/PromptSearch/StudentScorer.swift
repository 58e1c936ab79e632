#if Torch
    import Files
    import Denature
    import FineTuning
    import Foundation
    import KeyedPRF
    import PromptSearch
    import Tokenizers
    import Torch
    import TorchAntidistillation
    import TorchModels
    import TraceGeneration
    import TrainingExamples

    /// Fine-tunes proxy students on rewritten traces, and measures their loss on held-out traces and their accuracy on
    /// held-out problems.
    ///
    /// In the search's folder every candidate has one of its own: `traces.jsonl`, what its students learn, and
    /// `student-N/` with a training's log, and its state while it runs.
    struct StudentScorer: InstructionScorer {
        /// SHA-256 over the proxies' weights and tokenizers, in their order.
        let proxyDigest: String
        /// SHA-256 of the held-out traces, if there are any.
        let holdoutDigest: String?
        /// SHA-256 of the held-out problems, if there are any.
        let problemsDigest: String?

        private let settings: PromptStudentSettings
        private let folders: [String]
        private let heldOutTraces: TraceExampleFile?
        private let problems: [Problem]
        private let device: Device
        private let dtype: DType
        private let folder: String
        private let seed: UInt64
        private let reporter: JobReporter<OptimizePromptProgress>

        /// Steps between two states of a training that a kill may cut off.
        private static let saveEvery = 200

        /// - Parameters:
        ///   - settings: How students are trained and judged, where, and in which folder. The seed decides the order of
        ///     examples; each student adds its own.
        ///   - reporter: Hears of their training.
        init(_ settings: OptimizePromptSettings, reporter: JobReporter<OptimizePromptProgress>) throws {
            self.settings = settings.students
            let students = settings.students
            folders = students.proxies
            heldOutTraces = try students.holdout.map { try TraceExampleFile(path: $0) }
            let file = try students.problems.map {
                try ProblemFile(path: $0, limit: students.problemLimit ?? .max)
            }
            problems = file?.problems ?? []
            device = try settings.runtime.activate(
                usualThreads: folders.compactMap(PromptedModel.usualThreads).min())
            dtype = settings.runtime.elementType ?? .float32
            folder = settings.work
            seed = settings.seed
            self.reporter = reporter
            proxyDigest =
                SHA256Digest.of(
                    try folders.map { "\(try ModelDigest.of(folder: $0)) \(try TokenizerFiles($0).digest())" }
                        .joined(separator: "\n")
                ).hex
            holdoutDigest = heldOutTraces?.digest
            problemsDigest = file?.digest
        }

        var students: Int { folders.count * settings.studentSeeds }

        /// The problems on which students are judged: no trace of the sample may solve one of them.
        var heldOutProblems: [String] {
            problems.map(\.text) + (heldOutTraces?.examples.compactMap(\.problem) ?? [])
        }

        func score(student: Int, candidate: Int, records: [[UInt8]]) async throws -> StudentScore {
            let place = "\(folder)/candidate-\(candidate)"
            let training = "\(place)/student-\(student)"
            do {
                try FileManager.default.createDirectory(atPath: training, withIntermediateDirectories: true)
            } catch {
                throw JobError(.unwritable, "\(training): cannot be made: \(error.localizedDescription)")
            }
            try WholeFile.write(
                Array(records.map { $0 + [0x0A] }.joined()), to: place + "/traces.jsonl", replacing: true)

            let source = folders[student / settings.studentSeeds]
            let tokenizer = try Tokenizer.load(source)
            let format = try settings.learning.prompts.format(tokenizer)
            let base = try DecoderModel.load(source, dtype: dtype, device: device)
            let length = min(settings.learning.maxLength ?? .max, base.configuration.maxPositions)
            let set = try TrainingSet(
                TraceExampleFile(path: place + "/traces.jsonl"), tokenizer: tokenizer, format: format,
                maximumLength: length)
            var options = settings.learning.options()
            options.epochs = settings.epochs
            options.seed = seed &+ UInt64(student % settings.studentSeeds)
            let run = try TrainingRun(
                model: base, examples: set, options: options, folder: training, saveEvery: Self.saveEvery,
                identity: ["model": source])
            let meter = TrainingMeter(totalSteps: run.totalSteps)
            func tell(_ entry: TrainingLogEntry) {
                meter.add(entry) { training, isLast in
                    let progress = OptimizePromptProgress(candidate: candidate, student: student, training: training)
                    if isLast { reporter.lastProgress(progress) } else { reporter.progress(progress) }
                }
            }
            let outcome = try run.run(resuming: true, shouldStop: { Task.isCancelled }, report: tell)
            guard outcome == .finished else { throw CancellationError() }
            let score = try judge(run.trainer, tokenizer, format, length)
            TrainingRun.removeState(in: training)
            return score
        }

        private func judge(
            _ trainer: Trainer, _ tokenizer: Tokenizer, _ format: PromptFormat, _ length: Int
        ) throws -> StudentScore {
            var score = StudentScore()
            if let heldOutTraces {
                let set = try TrainingSet(
                    heldOutTraces, tokenizer: tokenizer, format: format, maximumLength: length)
                score.loss = try trainer.meanLoss(set.examples)
            }
            guard !problems.isEmpty else { return score }
            score.accuracy = try Autograd.noGrad { () throws -> Double in
                let model = trainer.options.adapters == nil ? trainer.model : try trainer.model.mergingAdapters()
                var evaluation = EvaluateOptions()
                evaluation.maxNewTokens = settings.maxNewTokens
                evaluation.slots = settings.evalBatchSize
                let job = try EvaluateJob(
                    model: model, tokenizer: tokenizer, format: format,
                    problems: TokenizedProblems(
                        problems, tokenizer: tokenizer, format: format, vocabularySize: model.vocabularySize,
                        contextLength: model.contextLength), options: evaluation)
                do {
                    return try job.run(shouldStop: { Task.isCancelled }).accuracy
                } catch let error as TraceGenerationError where error.code == .interrupted {
                    throw CancellationError()
                }
            }
            return score
        }
    }
#endif
