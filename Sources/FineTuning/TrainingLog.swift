#if Torch
    import Files
    import Foundation
    import StrictJSON

    /// One line of the training log.
    public struct TrainingLogEntry: Codable, Hashable, Sendable {
        /// Steps taken, this one included.
        public var step: Int
        /// Passes over the examples begun before the step, with their share of the current one.
        public var epoch: Double
        /// Mean negative log-likelihood in nats per token, before the step.
        public var loss: Double
        /// The learning rate of the step.
        public var learningRate: Double
        /// The norm of the gradient before it was limited.
        public var gradientNorm: Double
        /// Tokens of the step, padding not counted.
        public var tokens: Int
        /// Tokens of the step by its time.
        public var tokensPerSecond: Double
        /// Mean loss over the evaluation examples after the step, where it was measured.
        public var evaluationLoss: Double?
    }

    /// The log as lines of JSON, keys in snake_case.
    final class TrainingLog {
        /// More than any run writes, in bytes.
        private static let largestFile = 1 << 30

        private let file: AppendedFile
        private let encoder = JSONEncoder()
        private let path: String
        /// The entries kept from before.
        let kept: [TrainingLogEntry]

        /// Opens a log, keeping entries up to a step: a run that goes on from there writes the later ones again.
        init(path: String, keepingSteps steps: Int) throws(FineTuningError) {
            self.path = path
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            var kept: [TrainingLogEntry] = []
            var bytes: [UInt8] = []
            if steps > 0, let old = try? WholeFile.read(path, limit: Self.largestFile) {
                for line in old.split(separator: 0x0A) {
                    // A line that a kill cut short is after every kept state, so it is written again.
                    guard
                        let entry = try? StrictDecoding.decode(TrainingLogEntry.self, from: line, decoder: decoder),
                        entry.step <= steps
                    else { continue }
                    kept.append(entry)
                    bytes += line + [0x0A]
                }
            }
            self.kept = kept
            do throws(FileError) {
                try WholeFile.write(bytes, to: path, replacing: true)
                file = try AppendedFile(path: path)
            } catch {
                throw FineTuningError(.unwritable, "\(path): cannot be written: \(error.reason)")
            }
        }

        func append(_ entry: TrainingLogEntry) throws(FineTuningError) {
            guard let line = try? encoder.encode(entry) else {
                throw FineTuningError(.unwritable, "\(path): cannot be written: a value is not a number")
            }
            do throws(FileError) {
                try file.write([UInt8](line) + [0x0A])
            } catch {
                throw FineTuningError(.unwritable, "\(path): cannot be written: \(error.reason)")
            }
        }
    }
#endif
