#if Torch
    import Files
    import FineTuning
    import Foundation
    import KeyedPRF
    import Safetensors
    import Tokenizers
    import Torch
    import TorchModels
    import Traces
    import TrainingExamples

    /// A training job: from files to files.
    struct TrainPlan: Sendable {
        private let model: String?
        private let configuration: String?
        private let tokenizer: String
        private let adapter: String?
        private let data: String
        private let format: TraceFormat?
        private let evaluation: String?
        private let output: String
        private let isReplacing: Bool
        private let isResuming: Bool
        private let options: TrainingOptions
        private let isMerging: Bool
        private let maximumLength: Int?
        private let tooLong: TooLongPolicy
        private let prompts: PromptOptions
        private let saveEvery: Int
        private let savedType: DType?
        private let device: Device
        private let dtype: DType
        private let hasChosenThreads: Bool

        /// Parameters below which one thread is faster than several.
        private static let smallModel = 4_000_000

        init(_ command: TrainCommand, runtime: TorchOptions) throws {
            model = command.model
            configuration = command.`init`
            tokenizer = command.tokenizer ?? command.model ?? ""
            adapter = command.adapter
            data = command.data
            format = command.format
            evaluation = command.evalData
            output = command.output
            isReplacing = command.force
            isResuming = command.resume
            options = command.options
            isMerging = command.merge
            maximumLength = command.learning.maxLength
            tooLong = command.tooLong
            prompts = command.learning.prompts
            saveEvery = command.saveEvery
            savedType = try command.saveDtype.map { name in
                guard let type = DType(rawValue: name), type.isFloatingPoint else {
                    throw CommandFailure.usage("--save-dtype: '\(name)' is not float32, bfloat16 or float16")
                }
                return type
            }
            device = try runtime.activate()
            dtype = try runtime.dtype() ?? .float32
            guard dtype == .float32 || dtype == .bfloat16 else {
                // The small gradients of float16 would need a scaled loss.
                throw CommandFailure.usage("--dtype: training computes in float32 or bfloat16")
            }
            hasChosenThreads = runtime.threads != nil
        }

        // MARK: Running

        /// Runs the job; nil when there was nothing left to do.
        func run(shouldStop: () -> Bool) throws -> TrainSummary? {
            if try isDone() { return nil }
            let tokenizer = try Tokenizer.load(self.tokenizer)
            let prompts = try self.prompts.format(tokenizer)
            let start = try startingModel(tokenizer, prompts)
            if !hasChosenThreads, start.configuration.parameterCount < Self.smallModel { TorchRuntime.setThreads(1) }
            let length = maximumLength ?? start.configuration.maxPositions
            let training = try examples(data, tokenizer, prompts, maximumLength: length)
            let evaluation = try self.evaluation.map { try examples($0, tokenizer, prompts, maximumLength: length) }
            let modelDigest = try digest()
            let run = try TrainingRun(
                model: start, examples: training, options: options, folder: output, evaluation: evaluation,
                saveEvery: saveEvery, identity: ["model": modelDigest, "type": dtype.rawValue])
            let progress = StepProgress(totalSteps: run.totalSteps)
            defer { progress.finish() }
            let outcome = try run.run(resuming: isResuming, shouldStop: shouldStop, report: progress.update)
            guard outcome == .finished else {
                throw CommandFailure(
                    description: "interrupted after step \(run.trainer.step) of \(run.totalSteps); go on with --resume",
                    status: ExitStatus.interrupted)
            }
            let summary = TrainSummary(
                run, training: training, prompts: prompts, modelDigest: modelDigest, modelPath: model ?? configuration,
                dataPath: data, seconds: progress.seconds, device: device, dtype: dtype)
            try write(run.trainer.model, summary)
            TrainingRun.removeState(in: output)
            return summary
        }

        /// Makes the output folder, and looks at what it holds: whether the run it holds is finished.
        private func isDone() throws -> Bool {
            let manager = FileManager.default
            do {
                try manager.createDirectory(atPath: output, withIntermediateDirectories: true)
            } catch {
                throw CommandFailure(description: "\(output): cannot be made: \(error.localizedDescription)")
            }
            if let model, URL(fileURLWithPath: model).standardized == URL(fileURLWithPath: output).standardized {
                throw CommandFailure.usage("\(output): is the model to start from; name another folder")
            }
            if isReplacing {
                // What says that a run is finished goes first: it is the old run's.
                try? manager.removeItem(atPath: output + "/" + TrainSummary.fileName)
                return false
            }
            let hasState = TrainingRun.hasState(in: output)
            if isResuming, hasState { return false }
            if hasState {
                throw CommandFailure.usage(
                    "\(output): holds an interrupted run: --resume goes on, --force starts again")
            }
            if isResuming, manager.fileExists(atPath: output + "/" + TrainSummary.fileName) {
                Console.error("\(output): the run is finished")
                return true
            }
            let results = ["config.json", "model.safetensors", "model.safetensors.index.json", "adapter_config.json"]
            if let there = results.first(where: { manager.fileExists(atPath: output + "/" + $0) }), !isResuming {
                throw CommandFailure.usage("\(output)/\(there): is there already; --force replaces it")
            }
            return false
        }

        private func startingModel(_ tokenizer: Tokenizer, _ prompts: PromptFormat) throws -> DecoderModel {
            var start: DecoderModel
            if let model {
                start = try DecoderModel.load(model, dtype: dtype, device: device)
            } else {
                start = try DecoderModel.random(
                    try shape(tokenizer, prompts), seed: options.seed, dtype: dtype, device: device)
            }
            guard tokenizer.idBound <= start.configuration.vocabularySize else {
                throw CommandFailure(
                    description: "\(tokenizer.file): has ids up to \(tokenizer.idBound - 1), the model has "
                        + "\(start.configuration.vocabularySize) rows: the tokenizer is another model's")
            }
            if let adapter {
                try AdapterFolder.attach(adapter, to: start)
                if options.adapters == nil { start = try start.mergingAdapters() }
            }
            return start
        }

        /// The shape that --init names, with the tokenizer's end for whoever generates.
        private func shape(_ tokenizer: Tokenizer, _ prompts: PromptFormat) throws -> DecoderConfiguration {
            let path = configuration ?? ""
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CommandFailure(description: "\(path): cannot be read")
            }
            var shape = try DecoderConfiguration(json: data)
            if shape.endIDs.isEmpty { shape.endIDs = try [prompts.endToken(tokenizer)] }
            if shape.beginningID == nil { shape.beginningID = tokenizer.beginningID }
            return shape
        }

        private func examples(
            _ path: String, _ tokenizer: Tokenizer, _ prompts: PromptFormat, maximumLength: Int
        ) throws -> TrainingSet {
            let set = try TrainingSet(
                TraceExampleFile(path: path, format: format), tokenizer: tokenizer, format: prompts,
                maximumLength: maximumLength, tooLong: tooLong, requiresProblem: options.loss == .completion)
            func warn(_ lines: [Int], _ what: String) {
                guard let first = lines.first else { return }
                Console.error("\(path): \(lines.count) examples \(what), the first in line \(first)")
            }
            warn(set.skippedLines, "left out, empty or of more than \(maximumLength) tokens")
            warn(set.truncatedLines, "cut to \(maximumLength) tokens")
            return set
        }

        /// SHA-256 over the configuration and the weights that training starts from.
        private func digest() throws -> String {
            let hasher = try SHA256Hasher()
            if let configuration {
                hasher.update("init \(options.seed) ")
                hasher.update([UInt8](FileManager.default.contents(atPath: configuration) ?? Data()))
            }
            func add(_ folder: String, configuration: String, baseName: String) throws {
                hasher.update([UInt8](FileManager.default.contents(atPath: folder + "/" + configuration) ?? Data()))
                let checkpoint = try Checkpoint(folder: folder, baseName: baseName)
                for name in checkpoint.shardNames {
                    try SafetensorsFile(path: folder + "/" + name).forEachChunk { hasher.update($0) }
                }
            }
            if let model { try add(model, configuration: "config.json", baseName: "model") }
            if let adapter { try add(adapter, configuration: "adapter_config.json", baseName: "adapter_model") }
            return hasher.finalize().hex
        }

        // MARK: Writing

        private func write(_ trained: DecoderModel, _ summary: TrainSummary) throws {
            let manager = FileManager.default
            if let adapters = options.adapters, !isMerging {
                try AdapterFolder.write(
                    trained, options: adapters, baseModel: model, to: output, replacing: true)
            } else {
                let whole = options.adapters == nil ? trained : try trained.mergingAdapters()
                try whole.save(to: output, dtype: try savedType ?? storedType(), replacing: true)
            }
            var folder = tokenizer
            var isFolder: ObjCBool = false
            if manager.fileExists(atPath: tokenizer, isDirectory: &isFolder), !isFolder.boolValue {
                folder = URL(fileURLWithPath: tokenizer).deletingLastPathComponent().path
                try copy(tokenizer, as: "tokenizer.json")
            } else {
                try copy(folder + "/tokenizer.json", as: "tokenizer.json")
            }
            let others = ["tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"]
            for name in others where manager.fileExists(atPath: folder + "/" + name) {
                try copy(folder + "/" + name, as: name)
            }
            try summary.write(to: output)
        }

        private func copy(_ source: String, as name: String) throws {
            guard let data = FileManager.default.contents(atPath: source) else {
                throw CommandFailure(description: "\(source): cannot be read")
            }
            do throws(FileError) {
                try Files.WholeFile.write(data, to: output + "/" + name, replacing: true)
            } catch {
                throw CommandFailure(description: "\(output)/\(name): cannot be written: \(error.reason)")
            }
        }

        /// The type of the weights that training started from.
        private func storedType() throws -> DType {
            guard let model else { return .float32 }
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
