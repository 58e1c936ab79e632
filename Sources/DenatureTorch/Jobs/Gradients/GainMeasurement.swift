#if Torch
    import Antidistillation
    import Denature
    import Statistics
    import TorchAntidistillation
    import TraceRewriting
    import Traces

    /// Measures how well each gain predicts what a swap does to a trace's J.
    ///
    ///     var settings = GainsSettings()
    ///     settings.models.proxy = "proxy"
    ///     settings.models.gradient = "g.safetensors"
    ///     settings.data = "traces.jsonl"
    ///     let report = try await GainMeasurement(settings).run().report()
    public struct GainMeasurement: Sendable {
        /// What is measured, and how.
        public let settings: GainsSettings

        /// How far a measurement is.
        public struct Progress: Hashable, Sendable {
            /// Traces done.
            public var traces: Int
            /// Traces in all.
            public var totalTraces: Int
        }

        /// - Throws: ``SettingsError``.
        public init(_ settings: GainsSettings) throws(SettingsError) {
            try settings.validate()
            self.settings = settings
        }

        /// Runs the measurement.
        ///
        /// Errors of the run: those of ``SwapModels``, `TraceError`, `RewriteError`, `TorchError`; `JobError` for traces
        /// with nothing to exchange; `CancellationError`.
        public func run() -> JobRun<Progress, GainsReport> {
            JobRun { reporter in try measure(reporter) }
        }

        private func measure(_ reporter: JobReporter<Progress>) throws -> GainsReport {
            let models = try SwapModels(settings.models, runtime: settings.runtime)
            let weight = models.logProbabilityWeight
            let scorer = try models.scorer(.init(.rhb, logProbabilityWeight: weight))
            let texts = try texts(models)
            var measured = GainSample(
                gains: SwapGain.allCases.filter { gain in
                    gain != .random && (gain != .rhb || models.hasTeacher)
                })
            var generator = SeededGenerator(seed: settings.seed)
            for (number, text) in texts.enumerated() {
                try Task.checkCancellation()
                // As many of every trace as of any other, up to one.
                let count = settings.swaps * (number + 1) / texts.count - settings.swaps * number / texts.count
                let drawn = draw(count, of: text, &generator)
                if drawn.isEmpty { continue }
                try measured.add(drawn, of: text, scorer, logProbabilityWeight: weight)
                reporter.progress(Progress(traces: number + 1, totalTraces: texts.count))
            }
            guard measured.changes.count > 1 else { throw nothingToExchange }
            return GainsReport(measured, traces: texts.count, gradientNorm: models.gradientNorm)
        }

        private var nothingToExchange: JobError {
            JobError(.nothingToDo, "\(settings.data): there is nothing to exchange in these traces")
        }

        /// The first traces that have anything to exchange.
        private func texts(_ models: SwapModels) throws -> [SwapText] {
            var texts: [SwapText] = []
            var reader = try TraceReader(path: settings.data, format: settings.format)
            while texts.count < settings.limit, let record = try reader.nextRecord() {
                for turn in record.turns where texts.count < settings.limit {
                    do throws(RewriteError) {
                        let text = try SwapText(
                            AnalysedTurn(turn), tokenizer: models.tokenizer, format: models.format,
                            vocabulary: models.vocabulary)
                        if !text.sites.isEmpty { texts.append(text) }
                    } catch {
                        throw JobError(.mismatch, "\(record.location): \(error)")
                    }
                }
            }
            guard !texts.isEmpty else { throw nothingToExchange }
            return texts
        }

        /// Swaps that may be released, evenly from all positions and tokens.
        private func draw(_ count: Int, of text: SwapText, _ generator: inout SeededGenerator) -> [TokenSwap] {
            var drawn: [TokenSwap] = []
            // Hardly any is refused; where all are, the trace is left out.
            for _ in 0..<(4 * count) where drawn.count < count {
                let site = text.sites[Int(generator.next(upperBound: UInt64(text.sites.count)))]
                let tokens = text.replacements(at: site)
                guard !tokens.isEmpty else { continue }
                let swap = TokenSwap(
                    index: site.index, token: tokens[Int(generator.next(upperBound: UInt64(tokens.count)))])
                if text.texts(of: swap.applied(to: text.completion)) != nil { drawn.append(swap) }
            }
            return drawn
        }
    }

    /// Swaps with their gains and what they really do.
    struct GainSample {
        let gains: [SwapGain]
        private(set) var values: [[Double]]
        /// True changes of J.
        private(set) var changes: [Double] = []
        /// The same with β times the change of the teacher's log-probability; empty without a teacher.
        private(set) var weighted: [Double] = []

        init(gains: [SwapGain]) {
            self.gains = gains
            values = gains.map { _ in [] }
        }

        mutating func add(
            _ swaps: [TokenSwap], of text: SwapText, _ scorer: ProxySwapScorer, logProbabilityWeight: Double
        ) throws {
            let completions = [text.completion] + swaps.map { $0.applied(to: text.completion) }
            let objectives = try scorer.objectives(of: text, completions: completions)
            let new = objectives.dropFirst().map { $0 - objectives[0] }
            changes += new
            let logProbabilities = try scorer.logProbabilities(of: text, completions: completions)
            if let old = logProbabilities.first {
                weighted += zip(new, logProbabilities.dropFirst()).map { $0 + logProbabilityWeight * ($1 - old) }
            }
            let indices = swaps.map(\.index)
            let tokens = swaps.map(\.token)
            for (place, gain) in gains.enumerated() {
                let rows = try scorer.gains(
                    gain, for: text, completion: text.completion, at: indices, candidates: tokens)
                values[place] += rows.indices.map { rows[$0][$0] }
            }
        }
    }
#endif
