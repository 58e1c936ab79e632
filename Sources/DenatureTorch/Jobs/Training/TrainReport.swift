#if Torch
    import Files
    import Denature
    import FineTuning
    import Foundation
    import Torch
    import TrainingExamples

    /// What a training did: `training.json`, and the job's result.
    public struct TrainReport: Codable, Sendable {
        /// The file's name in the folder of the trained model.
        public static let fileName = "training.json"

        /// The version of the library.
        public var version = DenatureVersion.string
        /// The version of libtorch.
        public var torchVersion = TorchRuntime.version
        /// Threads on the CPU.
        public var threads = TorchRuntime.threads
        /// Where tensors were computed.
        public var device: String
        /// What they were computed in.
        public var dtype: String
        /// The model, or the shape, that training started from.
        public var model: String?
        /// SHA-256 over what training started from.
        public var modelDigest: String
        /// The file of the examples.
        public var data: String
        /// SHA-256 of the examples' lines.
        public var dataDigest: String
        /// Examples learnt from.
        public var examples: Int
        /// Examples left out, empty or too long.
        public var examplesSkipped: Int
        /// Examples that were cut.
        public var examplesTruncated: Int
        /// Tokens in all completions.
        public var completionTokens: Int
        /// The form of the prompts.
        public var promptFormat: String
        /// What stood between problem and trace in plain prompts.
        public var separator: String?
        /// How the model learnt.
        public var options: TrainingOptions
        /// Parameters of the model.
        public var parameters: Int
        /// Parameters that were trained.
        public var trainedParameters: Int
        /// Optimiser steps.
        public var steps: Int
        /// Nats per token in the first step.
        public var firstLoss: Double?
        /// Nats per token in the last step.
        public var finalLoss: Double?
        /// The mean over the last tenth of the steps, which says more than one batch.
        public var lateLoss: Double?
        /// Nats per token of the evaluation examples at the end.
        public var evaluationLoss: Double?
        /// Wall time of this process's part of the run; not written to the file, which is to be the same each time.
        public var seconds: Double?

        init(
            _ run: TrainingRun, settings: TrainSettings, training: TrainingSet, prompts: PromptFormat,
            modelDigest: String, seconds: Double, device: Device, dtype: DType
        ) {
            self.device = device.description
            self.dtype = dtype.rawValue
            model = settings.model ?? settings.initialShape
            self.modelDigest = modelDigest
            data = settings.data
            dataDigest = training.digest
            examples = training.examples.count
            examplesSkipped = training.skippedLines.count
            examplesTruncated = training.truncatedLines.count
            completionTokens = training.completionTokenCount
            promptFormat = prompts.name
            if case .plain(let text) = prompts { separator = text }
            options = run.trainer.options
            parameters = run.trainer.model.configuration.parameterCount
            trainedParameters = run.trainer.parameterCount
            steps = run.trainer.step
            let losses = run.entries.map(\.loss)
            firstLoss = losses.first
            finalLoss = losses.last
            let late = losses.suffix(max(1, losses.count / 10))
            lateLoss = late.isEmpty ? nil : late.reduce(0, +) / Double(late.count)
            evaluationLoss = run.entries.last?.evaluationLoss
            self.seconds = seconds
        }

        /// Writes `training.json` into a folder.
        func write(to folder: String) throws {
            var copy = self
            copy.seconds = nil
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let path = folder + "/" + Self.fileName
            let text = try encoder.encode(copy) + [0x0A]
            do throws(FileError) {
                try WholeFile.write(text, to: path, replacing: true)
            } catch {
                throw JobError(.unwritable, "\(path): cannot be written: \(error.reason)")
            }
        }
    }
#endif
