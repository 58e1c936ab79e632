#if Torch
    import Denature
    import FineTuning
    import Foundation
    import KeyedPRF
    import Safetensors
    import Tokenizers
    import Torch
    import TorchModels
    import TrainingExamples

    /// Trains a model on traces, from files to files; a run that was stopped at any moment can be gone on with.
    ///
    ///     var settings = TrainSettings()
    ///     settings.model = "student-base"
    ///     settings.data = "traces.jsonl"
    ///     settings.output = "student"
    ///     settings.learning.lr = 1e-3
    ///     let report = try await ModelTrainer(settings).run().report()
    public struct ModelTrainer: Sendable {
        /// What is trained, and how.
        public let settings: TrainSettings

        /// Parameters below which one thread is faster than several.
        private static let smallModel = 4_000_000

        /// - Throws: ``SettingsError``.
        public init(_ settings: TrainSettings) throws(SettingsError) {
            try settings.validate()
            self.settings = settings
        }

        /// Runs the training; reports nil where `resume` finds the run finished.
        ///
        /// Errors of the run: `SettingsError` for an output folder that must not be touched; `FineTuningError`, with the
        /// code `stateMismatch` where the run that stopped had other settings or inputs; `TraceError`,
        /// `TrainingExamplesError`, `TokenizerError`, `ModelError`, `SafetensorsError` and `TorchError`; `JobError`, with
        /// the code `interrupted` when the task was cancelled, after keeping a state to go on from.
        public func run() -> JobRun<TrainingProgress, TrainReport?> {
            JobRun { reporter in try train(reporter) }
        }

        private var tokenizerPath: String { settings.tokenizer ?? settings.model ?? "" }
        private var dtype: DType { settings.runtime.elementType ?? .float32 }

        private func train(_ reporter: JobReporter<TrainingProgress>) throws -> TrainReport? {
            let device = try settings.runtime.activate()
            if try isDone(reporter) { return nil }
            let tokenizer = try Tokenizer.load(tokenizerPath)
            let prompts = try settings.learning.prompts.format(tokenizer)
            let start = try startingModel(tokenizer, prompts, device)
            if settings.runtime.threads == nil, start.configuration.parameterCount < Self.smallModel {
                TorchRuntime.setThreads(1)
            }
            let length = settings.learning.maxLength ?? start.configuration.maxPositions
            func examples(_ path: String) throws -> TrainingSet {
                try self.examples(path, tokenizer, prompts, maximumLength: length, reporter)
            }
            let training = try examples(settings.data)
            let evaluation = try settings.evalData.map(examples)
            let modelDigest = try digest()
            let run = try TrainingRun(
                model: start, examples: training, options: settings.options, folder: settings.output,
                evaluation: evaluation, saveEvery: settings.saveEvery,
                identity: try identity(training, evaluation, modelDigest: modelDigest).values)
            let meter = TrainingMeter(totalSteps: run.totalSteps)
            func tell(_ entry: TrainingLogEntry) {
                meter.add(entry) { $1 ? reporter.lastProgress($0) : reporter.progress($0) }
            }
            let outcome = try run.run(resuming: settings.resume, shouldStop: { Task.isCancelled }, report: tell)
            guard outcome == .finished else {
                throw JobError(
                    .interrupted,
                    "interrupted after step \(run.trainer.step) of \(run.totalSteps); resume goes on from there")
            }
            let report = TrainReport(
                run, settings: settings, training: training, prompts: prompts, modelDigest: modelDigest,
                seconds: meter.seconds, device: device, dtype: dtype)
            try write(run.trainer.model, report)
            TrainingRun.removeState(in: settings.output)
            return report
        }

        /// Makes the output folder, and looks at what it holds: whether the run it holds is finished.
        private func isDone(_ reporter: JobReporter<TrainingProgress>) throws -> Bool {
            let manager = FileManager.default
            let output = settings.output
            do {
                try manager.createDirectory(atPath: output, withIntermediateDirectories: true)
            } catch {
                throw JobError(.unwritable, "\(output): cannot be made: \(error.localizedDescription)")
            }
            if let model = settings.model,
                URL(fileURLWithPath: model).standardized == URL(fileURLWithPath: output).standardized
            {
                throw SettingsError("output", "\(output): is the model to start from; name another folder")
            }
            if settings.force {
                // What says that a run is finished goes first: it is the old run's.
                try? manager.removeItem(atPath: output + "/" + TrainReport.fileName)
                return false
            }
            let hasState = TrainingRun.hasState(in: output)
            if settings.resume, hasState { return false }
            if hasState {
                throw SettingsError(
                    "output", "\(output): holds an interrupted run: `resume` goes on, `force` starts again")
            }
            if settings.resume, manager.fileExists(atPath: output + "/" + TrainReport.fileName) {
                reporter.notice("\(output): the run is finished")
                return true
            }
            let results = ["config.json", "model.safetensors", "model.safetensors.index.json", "adapter_config.json"]
            if let there = results.first(where: { manager.fileExists(atPath: output + "/" + $0) }), !settings.resume {
                throw SettingsError("output", "\(output)/\(there): is there already; `force` replaces it")
            }
            return false
        }

        private func startingModel(
            _ tokenizer: Tokenizer, _ prompts: PromptFormat, _ device: Device
        ) throws -> DecoderModel {
            var start: DecoderModel
            if let model = settings.model {
                start = try DecoderModel.load(model, dtype: dtype, device: device)
            } else {
                start = try DecoderModel.random(
                    try shape(tokenizer, prompts), seed: settings.seed, dtype: dtype, device: device)
            }
            guard tokenizer.idBound <= start.configuration.vocabularySize else {
                throw JobError(
                    .mismatch,
                    "\(tokenizer.file): has ids up to \(tokenizer.idBound - 1), the model has "
                        + "\(start.configuration.vocabularySize) rows: the tokenizer is another model's")
            }
            if let adapter = settings.adapter {
                try AdapterFolder.attach(adapter, to: start)
                if settings.learning.loraRank == nil { start = try start.mergingAdapters() }
            }
            return start
        }

        /// The shape that `init` names, with the tokenizer's end for whoever generates.
        private func shape(_ tokenizer: Tokenizer, _ prompts: PromptFormat) throws -> DecoderConfiguration {
            let path = settings.initialShape ?? ""
            guard let data = FileManager.default.contents(atPath: path) else {
                throw JobError(.unreadable, "\(path): cannot be read")
            }
            var shape = try DecoderConfiguration(json: data)
            if shape.endIDs.isEmpty { shape.endIDs = try [prompts.endToken(tokenizer)] }
            if shape.beginningID == nil { shape.beginningID = tokenizer.beginningID }
            return shape
        }

        private func examples(
            _ path: String, _ tokenizer: Tokenizer, _ prompts: PromptFormat, maximumLength: Int,
            _ reporter: JobReporter<TrainingProgress>
        ) throws -> TrainingSet {
            let set = try TrainingSet(
                TraceExampleFile(path: path, format: settings.format), tokenizer: tokenizer, format: prompts,
                maximumLength: maximumLength, tooLong: settings.tooLong,
                requiresProblem: settings.loss == .completion)
            func warn(_ lines: [Int], _ what: String) {
                guard let first = lines.first else { return }
                reporter.notice("\(path): \(lines.count) examples \(what), the first in line \(first)")
            }
            warn(set.skippedLines, "left out, empty or of more than \(maximumLength) tokens")
            warn(set.truncatedLines, "cut to \(maximumLength) tokens")
            return set
        }

        // MARK: What the run is

        /// What must be equal for a run to go on.
        private func identity(
            _ training: TrainingSet, _ evaluation: TrainingSet?, modelDigest: String
        ) throws -> JobIdentity {
            let tokenizer = try TokenizerFiles(tokenizerPath).digest()
            var identity = try JobIdentity(of: settings) { name, path in
                switch name {
                // Lines without blanks between them, from a file or from standard input.
                case "data": training.digest
                case "eval_data": evaluation?.digest ?? ""
                case "model", "init", "adapter": modelDigest
                case "tokenizer": tokenizer
                default: try InputDigest.of(path)
                }
            }
            identity.add("tokenizer", tokenizer)
            return identity
        }

        /// SHA-256 over the configuration and the weights that training starts from.
        private func digest() throws -> String {
            let hasher = try SHA256Hasher()
            if let shape = settings.initialShape {
                hasher.update("init \(settings.seed) ")
                hasher.update([UInt8](FileManager.default.contents(atPath: shape) ?? Data()))
            }
            func add(_ folder: String, configuration: String, baseName: String) throws {
                hasher.update([UInt8](FileManager.default.contents(atPath: folder + "/" + configuration) ?? Data()))
                let checkpoint = try Checkpoint(folder: folder, baseName: baseName)
                for name in checkpoint.shardNames {
                    try SafetensorsFile(path: folder + "/" + name).forEachChunk { hasher.update($0) }
                }
            }
            if let model = settings.model { try add(model, configuration: "config.json", baseName: "model") }
            if let adapter = settings.adapter {
                try add(adapter, configuration: "adapter_config.json", baseName: "adapter_model")
            }
            return hasher.finalize().hex
        }

        // MARK: Writing

        private func write(_ trained: DecoderModel, _ report: TrainReport) throws {
            if let adapters = settings.options.adapters, !settings.merge {
                try AdapterFolder.write(
                    trained, options: adapters, baseModel: settings.model, to: settings.output, replacing: true)
            } else {
                let whole = settings.learning.loraRank == nil ? trained : try trained.mergingAdapters()
                try whole.save(
                    to: settings.output, dtype: try settings.saveDtype?.elementType ?? storedType(), replacing: true)
            }
            try TokenizerFiles(tokenizerPath).copy(to: settings.output)
            try report.write(to: settings.output)
        }

        /// The type of the weights that training started from.
        private func storedType() throws -> DType {
            guard let model = settings.model else { return .float32 }
            let checkpoint = try Checkpoint(folder: model)
            guard let name = checkpoint.tensorNames.first else { return .float32 }
            switch try checkpoint.info(name).dtype {
            case .bfloat16: return .bfloat16
            case .float16: return .float16
            default: return .float32
            }
        }
    }
#endif
