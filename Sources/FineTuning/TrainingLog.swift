#if Torch
    import Foundation

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
        private let handle: FileHandle
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
            var bytes = Data()
            if steps > 0, let old = FileManager.default.contents(atPath: path) {
                for line in old.split(separator: 0x0A) {
                    // A line that a kill cut short is after every kept state, so it is written again.
                    guard let entry = try? decoder.decode(TrainingLogEntry.self, from: line), entry.step <= steps
                    else { continue }
                    kept.append(entry)
                    bytes += line + [0x0A]
                }
            }
            self.kept = kept
            do {
                try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
                handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
                try handle.seekToEnd()
            } catch {
                throw FineTuningError(.unwritable, "\(path): cannot be written: \(error.localizedDescription)")
            }
        }

        func append(_ entry: TrainingLogEntry) throws(FineTuningError) {
            do {
                try handle.write(contentsOf: encoder.encode(entry) + [0x0A])
            } catch {
                throw FineTuningError(.unwritable, "\(path): cannot be written: \(error.localizedDescription)")
            }
        }

        deinit {
            try? handle.close()
        }
    }
#endif
