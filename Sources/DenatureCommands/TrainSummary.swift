#if Torch
    import Files
    import FineTuning
    import Foundation
    import Torch
    import TrainingExamples

    /// What a training run did: `training.json`, and the command's result.
    struct TrainSummary: Codable, Sendable {
        static let fileName = "training.json"

        var version = DenatureVersion.string
        var torchVersion = TorchRuntime.version
        var threads = TorchRuntime.threads
        var device: String
        var dtype: String
        var model: String?
        var modelDigest: String
        var data: String
        var dataDigest: String
        var examples: Int
        var examplesSkipped: Int
        var examplesTruncated: Int
        var completionTokens: Int
        var promptFormat: String
        var separator: String?
        var options: TrainingOptions
        var parameters: Int
        var trainedParameters: Int
        var steps: Int
        var firstLoss: Double?
        var finalLoss: Double?
        /// The mean over the last tenth of the steps, which says more than one batch.
        var lateLoss: Double?
        var evaluationLoss: Double?
        /// Wall time of this process's part of the run; not written to the file, which is to be the same each time.
        var seconds: Double?

        init(
            _ run: TrainingRun, training: TrainingSet, prompts: PromptFormat, modelDigest: String, modelPath: String?,
            dataPath: String, seconds: Double, device: Device, dtype: DType
        ) {
            self.device = device.description
            self.dtype = dtype.rawValue
            model = modelPath
            self.modelDigest = modelDigest
            data = dataPath
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
                try Files.WholeFile.write(text, to: path, replacing: true)
            } catch {
                throw CommandFailure(description: "\(path): cannot be written: \(error.reason)")
            }
        }

        /// One line for a person.
        var text: String {
            func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "-" }
            var line = "\(steps) steps on \(examples) examples, loss \(number(firstLoss)) -> \(number(lateLoss))"
            if let evaluationLoss { line += ", evaluation loss \(number(evaluationLoss))" }
            if let seconds { line += String(format: ", %.1f s", seconds) }
            return line
        }
    }
#endif
