#if Torch
    import Foundation
    import Marks
    import TraceGeneration

    /// The summary of a `sample` run.
    struct SampleReport: Encodable, Sendable {
        var output: String
        var problems: Int
        var problemsResumed: Int
        var traces: Int
        /// Of the released traces.
        var accuracy: Double?
        var interval: [Double]?
        var graded: Int
        var correct: Int
        /// Of all sampled sequences, before any choice or filter.
        var sequences: Int
        var sequenceAccuracy: Double?
        var forced: Int
        var filtered: Int
        var withoutRightDraft: Int?
        var finishReasons: [String: Int]
        var meanTokens: Double
        var meanLogProb: Double?
        var meanDeltaSum: Double?
        var penalty: Penalty?
        var watermark: MarkLabel?
        var seconds: Double
        var sampledTokens: Int
        /// Of this run and those that it goes on from.
        var totalSampledTokens: Int
        var tokensPerSecond: Double

        /// What the penalty did, per sampled token.
        struct Penalty: Encodable, Sendable {
            var strength: Double
            var gradientNorm: Double
            var lambda: Double
            var derivative: String
            var direction: String
            var meanKl: Double
            var largestKl: Double
            var meanEntropy: Double
            var meanTeacherEntropy: Double
            var meanLambda: Double
            var steps: Int
            var penalizedSteps: Int
            var limitedSteps: Int
            var proxySteps: Int
        }

        init(
            _ tally: SampleTally, before: SampleTally, output: String, hasDrafts: Bool, penalty: Penalty?,
            watermark: MarkLabel?, seconds: Double
        ) {
            self.output = output
            problems = tally.problems
            problemsResumed = before.problems
            traces = tally.traces
            accuracy = tally.accuracy
            interval = tally.accuracyInterval.map { [$0.lowerBound, $0.upperBound] }
            graded = tally.graded
            correct = tally.right
            sequences = tally.sequences
            sequenceAccuracy = tally.sequenceAccuracy
            forced = tally.forced
            filtered = tally.filtered
            withoutRightDraft = hasDrafts ? tally.withoutRightDraft : nil
            finishReasons = tally.finishReasons
            meanTokens = tally.traces > 0 ? Double(tally.traceTokens) / Double(tally.traces) : 0
            meanLogProb = tally.meanLogProbability
            meanDeltaSum = tally.meanDerivativeSum
            self.penalty = penalty
            self.watermark = watermark
            self.seconds = Self.rounded(seconds, 3)
            sampledTokens = tally.sampledTokens - before.sampledTokens
            totalSampledTokens = tally.sampledTokens
            tokensPerSecond = Self.rounded(Double(sampledTokens) / seconds, 1)
        }

        func print(json: Bool, quiet: Bool, outputIsStandard: Bool) throws {
            if json {
                // Traces have standard output to themselves.
                if outputIsStandard { Console.error(try Self.text(self)) } else { try Self.json(self) }
            } else if !quiet {
                for line in lines { Console.error(line) }
            }
        }

        private var lines: [String] {
            var line = "\(traces) traces of \(problems) problems"
            if problemsResumed > 0 { line += " (\(problemsResumed) finished by an earlier run)" }
            var lines = [line]
            if let accuracy, let interval {
                lines.append(
                    "  right answers \(Self.percent(accuracy)) (\(correct) of \(graded)), 95 % interval "
                        + "\(Self.percent(interval[0])) to \(Self.percent(interval[1]))")
            }
            if sequences != traces, let sequenceAccuracy {
                lines.append("  of all \(sequences) samples \(Self.percent(sequenceAccuracy))")
            }
            if let withoutRightDraft { lines.append("  problems without a right draft \(withoutRightDraft)") }
            if filtered > 0 { lines.append("  wrong answers held back \(filtered)") }
            if forced > 0 { lines.append("  forced answers \(forced)") }
            line = "  tokens per trace \(Self.decimal(meanTokens, 1))"
            if let meanLogProb { line += ", log-probability per token \(Self.decimal(meanLogProb, 4))" }
            if let meanDeltaSum { line += ", sum of derivatives \(Self.decimal(meanDeltaSum, 4))" }
            lines.append(line)
            if let penalty {
                lines.append(
                    "  per token: KL \(Self.decimal(penalty.meanKl, 4)) nats (largest \(Self.decimal(penalty.largestKl, 4)))"
                        + ", entropy \(Self.decimal(penalty.meanEntropy, 4)), lambda \(Self.decimal(penalty.meanLambda, 4))"
                )
                lines.append(
                    "  penalty acted on \(penalty.penalizedSteps) of \(penalty.steps) tokens, "
                        + "proxies ran for \(penalty.proxySteps)")
            }
            if let watermark { lines.append("  tokens marked with \(watermark)") }
            lines.append("  \(Self.decimal(tokensPerSecond, 0)) tokens/s")
            return lines
        }

        // MARK: Numbers

        static func text(_ value: some Encodable) throws -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .custom { path in
                // Counts are keyed by names that are what they are; only property names are converted.
                let key = path[path.count - 1]
                return path.dropLast().contains { $0.stringValue == "finish_reasons" }
                    ? key : SnakeCaseKey(key.stringValue)
            }
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        }

        static func json(_ value: some Encodable) throws {
            try Console.output(text(value))
        }

        static func rounded(_ value: Double, _ digits: Int) -> Double {
            let scale = pow(10, Double(digits))
            return (value * scale).rounded() / scale
        }

        static func decimal(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
        static func percent(_ value: Double) -> String { decimal(value * 100, 1) + " %" }
    }
#endif
