#if Torch
    import Denature
    import Foundation
    import Lab
    import Sanitizing

    /// Says how likely a model finds traces.
    ///
    ///     var settings = ModelsScoreSettings()
    ///     settings.model = "teacher"
    ///     settings.input = "traces.jsonl"
    ///     let report = try await TraceScorer(settings).run().report()
    public struct TraceScorer: Sendable {
        /// What is scored, and how.
        public let settings: ModelsScoreSettings

        /// - Throws: ``SettingsError``.
        public init(_ settings: ModelsScoreSettings) throws(SettingsError) {
            try settings.validate()
            self.settings = settings
        }

        /// Scores all traces. Errors of the run: those of ``TraceLikelihood``, `TraceError` and `SanitizeError` for files
        /// that cannot be read or written.
        public func run() -> JobRun<Never, TraceScoreReport> {
            JobRun { _ in try score() }
        }

        private struct Line: Encodable {
            var tokens: Int
            var logProb: Double?
        }

        private func score() throws -> TraceScoreReport {
            let traces = try AttackTrace.read(path: settings.input)
            let output = try settings.perTrace.map {
                try LineOutput(argument: $0, force: settings.force, inputs: [settings.input])
            }
            do {
                let scores = try TraceLikelihood(
                    settings.model, runtime: settings.runtime, prompts: settings.prompts
                ).scores(traces)
                if let output {
                    let encoder = JSONEncoder()
                    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                    encoder.keyEncodingStrategy = .convertToSnakeCase
                    for score in scores {
                        let line = Line(tokens: score.tokens, logProb: score.mean.map(TraceScoreReport.rounded))
                        try output.write([UInt8](encoder.encode(line)))
                    }
                    try output.finish()
                }
                return TraceScoreReport(scores, model: settings.model)
            } catch {
                output?.abandon()
                throw error
            }
        }
    }

    /// How likely a model finds traces.
    public struct TraceScoreReport: Encodable, Sendable {
        /// The model's folder.
        public var model: String
        /// The number of traces.
        public var traces: Int
        /// Their tokens, the end tokens included, as far as they were predicted.
        public var tokens: Int
        /// Tokens per trace.
        public var meanTokens: Double
        /// Nats per token over all tokens; nil of none.
        public var meanLogProb: Double?

        init(_ scores: [TraceLikelihood.Score], model: String) {
            self.model = model
            traces = scores.count
            tokens = scores.reduce(0) { $0 + $1.tokens }
            meanTokens = scores.isEmpty ? 0 : Double(tokens) / Double(scores.count)
            let sum = scores.reduce(0) { $0 + $1.logProbability }
            meanLogProb = tokens > 0 ? Self.rounded(sum / Double(tokens)) : nil
        }

        /// Six decimals: what lies beyond depends on how texts were batched.
        static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
    }
#endif
