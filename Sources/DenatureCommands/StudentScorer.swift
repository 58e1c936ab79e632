#if Torch
    import FineTuning
    import Foundation
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
        let settings: [String: String]
        private let options: PromptStudentOptions
        private let folders: [String]
        private let heldOutTraces: TraceExampleFile?
        private let problems: [Problem]
        private let device: Device
        private let dtype: DType
        private let folder: String
        private let seed: UInt64
        private let isQuiet: Bool

        /// Steps between two states of a training that a kill may cut off.
        private static let saveEvery = 200

        /// - Parameters:
        ///   - options: How students are trained and judged.
        ///   - torch: Where.
        ///   - folder: The search's folder.
        ///   - seed: Decides the order of examples; each student adds its own.
        ///   - isQuiet: Whether no progress of training is shown.
        init(
            _ options: PromptStudentOptions, torch: TorchOptions, folder: String, seed: UInt64, isQuiet: Bool
        ) throws {
            self.options = options
            folders = options.proxies
            heldOutTraces = try options.holdout.map { try TraceExampleFile(path: $0) }
            let file = try options.problems.map { try ProblemFile(path: $0, limit: options.problemLimit ?? .max) }
            problems = file?.problems ?? []
            device = try torch.activate(usualThreads: folders.compactMap(SampleModel.usualThreads).min())
            dtype = try torch.dtype() ?? .float32
            guard dtype == .float32 || dtype == .bfloat16 else {
                throw CommandFailure.usage("--dtype: training computes in float32 or bfloat16")
            }
            self.folder = folder
            self.seed = seed
            self.isQuiet = isQuiet
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            var settings = [
                "proxies": try folders.map { try ModelDigest.of(folder: $0) }.joined(separator: " "),
                "tokenizers": try folders.map { SampleModel.digest(file: try Tokenizer.load($0).file) ?? "" }
                    .joined(separator: " "),
                "training": String(decoding: try encoder.encode(options.training), as: UTF8.self),
                "dtype": dtype.rawValue, "device": "\(device)", "prompt-format": options.learning.prompts.promptFormat,
                "max-new-tokens": "\(options.maxNewTokens)",
            ]
            settings["max-length"] = options.learning.maxLength.map { "\($0)" }
            settings["separator"] = options.learning.prompts.separator
            settings["holdout"] = heldOutTraces?.digest
            settings["problems"] = file?.digest
            self.settings = settings
        }

        var students: Int { folders.count * options.studentSeeds }

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
                throw CommandFailure(description: "\(training): cannot be made: \(error.localizedDescription)")
            }
            try WholeFile.write(
                Array(records.map { $0 + [0x0A] }.joined()), to: place + "/traces.jsonl", force: true)

            let source = folders[student / options.studentSeeds]
            let tokenizer = try Tokenizer.load(source)
            let format = try options.learning.prompts.format(tokenizer)
            let base = try DecoderModel.load(source, dtype: dtype, device: device)
            let length = min(options.learning.maxLength ?? .max, base.configuration.maxPositions)
            let set = try TrainingSet(
                TraceExampleFile(path: place + "/traces.jsonl"), tokenizer: tokenizer, format: format,
                maximumLength: length)
            var plan = options.training
            plan.seed = seed &+ UInt64(student % options.studentSeeds)
            let run = try TrainingRun(
                model: base, examples: set, options: plan, folder: training, saveEvery: Self.saveEvery,
                identity: ["model": source])
            let progress = isQuiet ? nil : StepProgress(totalSteps: run.totalSteps)
            defer { progress?.finish() }
            let outcome = try run.run(
                resuming: true, shouldStop: { Task.isCancelled }, report: { progress?.update($0) })
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
                evaluation.maxNewTokens = options.maxNewTokens
                evaluation.slots = options.evalBatchSize
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
