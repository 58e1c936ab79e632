#if Torch
    import Foundation
    import Torch
    import TorchModels
    import TrainingExamples

    /// A whole training run: the steps of a plan, with a log and states to go on from in a folder.
    ///
    /// A run that was killed at any moment and goes on ends with the same bits as one that was not, with the same number
    /// of threads on the same machine.
    public final class TrainingRun {
        /// How a run ended.
        public enum Outcome: Hashable, Sendable {
            /// All steps are done.
            case finished
            /// It was asked to stop, after keeping its state.
            case stopped
        }

        /// The file with the state to go on from, in the output folder while the run is not finished.
        public static let stateName = ".training-state.safetensors"
        /// The log in the output folder.
        public static let logName = "training-log.jsonl"

        /// The trainer with the weights reached so far.
        public let trainer: Trainer
        /// The steps of the whole run.
        public let totalSteps: Int
        /// The entries of the log, those from before an interruption included.
        public private(set) var entries: [TrainingLogEntry] = []

        private let examples: [TokenizedExample]
        private let evaluation: [TokenizedExample]
        private let folder: String
        private let saveEvery: Int
        private let identity: [String: String]
        private var plan: BatchPlan

        /// Prepares a run.
        ///
        /// - Parameters:
        ///   - model: The model to start from.
        ///   - examples: What to learn.
        ///   - options: How.
        ///   - folder: Where state and log go; must exist.
        ///   - evaluation: Examples whose loss is measured after each pass and at the end.
        ///   - saveEvery: Steps between two kept states; 0 to keep one only when asked to stop.
        ///   - identity: What else must be equal for a run to go on, such as digests of files.
        /// - Throws: ``FineTuningError`` where model, examples and options do not fit; `TorchError`.
        public init(
            model: DecoderModel, examples: TrainingSet, options: TrainingOptions, folder: String,
            evaluation: TrainingSet? = nil, saveEvery: Int = 0, identity: [String: String] = [:]
        ) throws {
            try Self.check(examples, fits: model)
            if let evaluation { try Self.check(evaluation, fits: model) }
            trainer = try Trainer(model, options: options)
            self.examples = examples.examples
            self.evaluation = evaluation?.examples ?? []
            self.folder = folder
            self.saveEvery = saveEvery
            totalSteps = options.totalSteps(exampleCount: examples.examples.count)
            plan = BatchPlan(lengths: examples.examples.map(\.count), options: options)
            self.identity = try identity.merging(Self.identity(examples, options)) { given, _ in given }
        }

        /// Whether the folder holds a state to go on from.
        public static func hasState(in folder: String) -> Bool {
            FileManager.default.fileExists(atPath: folder + "/" + stateName)
        }

        /// Removes the state, once everything that was to come of the run is written, and what a kill left of others.
        public static func removeState(in folder: String) {
            let manager = FileManager.default
            for name in (try? manager.contentsOfDirectory(atPath: folder)) ?? []
            where name == stateName || name.hasPrefix("." + stateName + ".") && name.hasSuffix(".tmp") {
                try? manager.removeItem(atPath: folder + "/" + name)
            }
        }

        private static func identity(
            _ examples: TrainingSet, _ options: TrainingOptions
        ) throws -> [String: String] {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return [
                "options": String(decoding: try encoder.encode(options), as: UTF8.self),
                "examples": examples.tokenDigest,
            ]
        }

        private static func check(_ set: TrainingSet, fits model: DecoderModel) throws(FineTuningError) {
            guard !set.examples.isEmpty else { throw FineTuningError(.invalidOption, "there is no example") }
            let bound = model.configuration.vocabularySize
            for example in set.examples {
                if let id = example.tokens.first(where: { $0 < 0 || Int($0) >= bound }) {
                    throw FineTuningError(
                        .modelMismatch,
                        "line \(example.line): token \(id) is outside the model's vocabulary of \(bound): the tokenizer is "
                            + "another model's")
                }
                guard example.count <= model.configuration.maxPositions else {
                    throw FineTuningError(
                        .modelMismatch,
                        "line \(example.line): \(example.count) tokens, the model has "
                            + "\(model.configuration.maxPositions) positions")
                }
            }
        }

        // MARK: Running

        /// Takes the steps that are left.
        ///
        /// - Parameters:
        ///   - resuming: Whether to go on from the folder's state, if there is one.
        ///   - shouldStop: Asked before each step; when true the state is kept and the run stops.
        ///   - report: Told of each step; what it throws ends the run at once, as a kill would.
        /// - Throws: ``FineTuningError``, `SafetensorsError` or `TorchError`.
        public func run(
            resuming: Bool = false, shouldStop: () -> Bool = { false },
            report: (TrainingLogEntry) throws -> Void = { _ in }
        ) throws -> Outcome {
            let state = folder + "/" + Self.stateName
            if !resuming {
                // A state of an earlier run must not be taken for this one's.
                Self.removeState(in: folder)
            } else if Self.hasState(in: folder) {
                try TrainingState.read(into: trainer, identity: identity, from: state)
            }
            let log = try TrainingLog(path: folder + "/" + Self.logName, keepingSteps: trainer.step)
            entries = log.kept
            while trainer.step < totalSteps {
                if shouldStop() {
                    try TrainingState.write(trainer, identity: identity, to: state)
                    return .stopped
                }
                let entry = try takeStep()
                try log.append(entry)
                entries.append(entry)
                try report(entry)
                if saveEvery > 0, trainer.step % saveEvery == 0, trainer.step < totalSteps {
                    try TrainingState.write(trainer, identity: identity, to: state)
                }
            }
            return .finished
        }

        private func takeStep() throws -> TrainingLogEntry {
            let step = trainer.step
            let start = ContinuousClock.now
            let rate = trainer.options.learningRate(step: step, total: totalSteps)
            let batches = plan.batches(step: step).map { $0.map { examples[$0] } }
            let done = try trainer.takeStep(batches, learningRate: rate)
            let seconds = start.duration(to: .now) / .seconds(1)
            let perEpoch = BatchPlan.stepsPerEpoch(exampleCount: examples.count, options: trainer.options)
            let isMeasured = !evaluation.isEmpty && ((step + 1) % perEpoch == 0 || step + 1 == totalSteps)
            return TrainingLogEntry(
                step: step + 1, epoch: Double(step) / Double(perEpoch), loss: done.loss, learningRate: rate,
                gradientNorm: done.gradientNorm, tokens: done.tokenCount,
                tokensPerSecond: Double(done.tokenCount) / max(seconds, 1e-9),
                evaluationLoss: isMeasured ? try trainer.meanLoss(evaluation) : nil)
        }
    }
#endif
