#if Torch
    import ArgumentParser
    import Foundation
    import Statistics
    import Antidistillation
    import Denature
    import DenatureTorch
    import TorchAntidistillation
    import TraceRewriting
    import Traces

    /// `denature gains`.
    struct GainsCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "gains",
            abstract: "Measure how well each gain predicts what a swap does to a trace's J.",
            discussion: """
                Draws swaps of single words, evenly from all that the rewriter 'gradient' may make, and compares each gain
                with the true change of J, evaluated by the perturbed pair on the whole trace: Spearman's rank correlation
                over all swaps, 95 % interval by Fisher's transformation (swaps of one trace are not independent, so that
                the interval is too narrow).

                  denature gains --proxy DIR --gradient g.safetensors --data traces.jsonl
                  denature gains --proxy DIR --gradient g.safetensors --data traces.jsonl --teacher DIR --swaps 4000 --json

                With --teacher the gain rhb is measured too, against the change of J and against the sum of that change and
                beta times the change of the teacher's log-probability.

                Exit status: 0 done; 1 failed; 2 wrong usage; 130 interrupted.
                """)

        @OptionGroup(title: "Models") var options: SwapModelOptions
        @Option(help: "The traces, or - for standard input.") var data: String
        @Option(help: ArgumentHelp("Shape of the traces: \(TraceFormat.list).", valueName: "format"))
        var format: TraceFormat?
        @Option(help: ArgumentHelp("Swaps in all.", valueName: "count")) var swaps = 2_000
        @Option(help: ArgumentHelp("Only the first traces.", valueName: "count")) var limit = 200
        @Option(help: "Decides which swaps are drawn.") var seed: UInt64 = 0
        @Flag(help: "Print the result as one JSON object.") var json = false
        @OptionGroup(title: "Runtime") var torch: TorchOptions

        func validate() throws {
            if options.proxy == nil { throw ValidationError("give --proxy DIR and --gradient FILE") }
            if !(2...10_000_000).contains(swaps) { throw ValidationError("--swaps must be from 2 to 10000000") }
            if limit < 1 { throw ValidationError("--limit must be positive") }
        }

        mutating func run() async throws {
            let command = self
            let summary: GainsSummary
            do {
                summary = try await Interruption.cancelling { try command.summary() }
            } catch is CancellationError {
                throw CommandFailure(description: "interrupted", status: ExitStatus.interrupted)
            } catch {
                throw error is CommandFailure || error is SettingsError
                    ? error : CommandFailure(description: "\(error)")
            }
            if json {
                try Console.json(summary)
            } else {
                for line in summary.lines { try Console.output(line) }
            }
        }

        private func summary() throws -> GainsSummary {
            let models = try SwapModels(options.settings, runtime: torch.settings)
            let weight = models.logProbabilityWeight
            let scorer = try models.scorer(.init(.rhb, logProbabilityWeight: weight))
            let texts = try texts(models)
            var measured = GainSample(
                gains: SwapGain.allCases.filter { gain in
                    gain != .random && (gain != .rhb || models.hasTeacher)
                })
            var generator = SeededGenerator(seed: seed)
            for (number, text) in texts.enumerated() {
                if Task.isCancelled { throw CancellationError() }
                // As many of every trace as of any other, up to one.
                let count = swaps * (number + 1) / texts.count - swaps * number / texts.count
                let drawn = draw(count, of: text, &generator)
                if drawn.isEmpty { continue }
                try measured.add(drawn, of: text, scorer, logProbabilityWeight: weight)
            }
            guard measured.changes.count > 1 else {
                throw CommandFailure(description: "\(data): there is nothing to exchange in these traces")
            }
            return GainsSummary(measured, traces: texts.count, gradientNorm: models.gradientNorm)
        }

        /// The first traces that have anything to exchange.
        private func texts(_ models: SwapModels) throws -> [SwapText] {
            var texts: [SwapText] = []
            try TraceInput(file: data, format: format).forEachRecord { record in
                for turn in record.turns where texts.count < limit {
                    do throws(RewriteError) {
                        let text = try SwapText(
                            AnalysedTurn(turn), tokenizer: models.tokenizer, format: models.format,
                            vocabulary: models.vocabulary)
                        if !text.sites.isEmpty { texts.append(text) }
                    } catch {
                        throw CommandFailure(description: "\(record.location): \(error)")
                    }
                }
            }
            guard !texts.isEmpty else {
                throw CommandFailure(description: "\(data): there is nothing to exchange in these traces")
            }
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
    private struct GainSample {
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

    /// What the command prints.
    private struct GainsSummary: Encodable, Sendable {
        struct Gain: Encodable, Sendable {
            var gain: String
            /// Against the true change of J; nil where all values are equal.
            var spearman: Double?
            var interval: [Double]?
            /// For `rhb`: against the change that it predicts, the teacher's part included.
            var spearmanWeighted: Double?
        }

        var traces: Int
        var swaps: Int
        var gradientNorm: Double
        /// Of the true changes of J.
        var meanChange: Double
        var gains: [Gain]

        init(_ sample: GainSample, traces: Int, gradientNorm: Double) {
            self.traces = traces
            self.gradientNorm = gradientNorm
            swaps = sample.changes.count
            meanChange = sample.changes.reduce(0, +) / Double(max(1, sample.changes.count))
            gains = zip(sample.gains, sample.values).map { gain, values in
                let rho = RankCorrelation.spearman(values, sample.changes)
                return Gain(
                    gain: gain.rawValue, spearman: rho,
                    interval: rho.flatMap { Self.interval($0, sample.changes.count) },
                    spearmanWeighted: gain == .rhb ? RankCorrelation.spearman(values, sample.weighted) : nil)
            }
        }

        /// Fisher's transformation with the variance of Bonett and Wright 2000 for ranks.
        private static func interval(_ rho: Double, _ count: Int) -> [Double]? {
            guard count > 3, abs(rho) < 1 else { return nil }
            let width = 1.959964 * ((1 + rho * rho / 2) / Double(count - 3)).squareRoot()
            return [tanh(atanh(rho) - width), tanh(atanh(rho) + width)]
        }

        var lines: [String] {
            var lines = ["\(swaps) swaps in \(traces) traces; Spearman's correlation with the true change of J:"]
            for gain in gains {
                var line = "  " + gain.gain.padding(toLength: 6, withPad: " ", startingAt: 0)
                if let rho = gain.spearman {
                    line += String(format: "%.3f", rho)
                    if let interval = gain.interval {
                        line += String(format: "  (95 %% interval %.3f to %.3f)", interval[0], interval[1])
                    }
                } else {
                    line += "none: all values are equal"
                }
                if let weighted = gain.spearmanWeighted {
                    line += String(format: "; with the teacher's part %.3f", weighted)
                }
                lines.append(line)
            }
            return lines
        }
    }
#endif
