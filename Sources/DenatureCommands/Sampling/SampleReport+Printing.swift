#if Torch
    import DenatureTorch

    extension SampleReport {
        /// Prints the summary: to standard error, so that standard output has traces or one JSON object and nothing else.
        func print(_ printing: PrintingOptions) throws {
            if printing.json {
                // Traces have standard output to themselves.
                if output == "-" { Console.error(try ReportPrinting.text(self)) } else { try ReportPrinting.json(self) }
            } else if !printing.quiet {
                for line in lines { Console.error(line) }
            }
        }

        private var lines: [String] {
            var line = "\(traces) traces of \(problems) problems"
            if problemsResumed > 0 { line += " (\(problemsResumed) finished by an earlier run)" }
            var lines = [line]
            if let accuracy, let interval {
                lines.append(
                    "  right answers \(ReportPrinting.percent(accuracy)) (\(correct) of \(graded)), 95 % interval "
                        + "\(ReportPrinting.percent(interval[0])) to \(ReportPrinting.percent(interval[1]))")
            }
            if sequences != traces, let sequenceAccuracy {
                lines.append("  of all \(sequences) samples \(ReportPrinting.percent(sequenceAccuracy))")
            }
            if let withoutRightDraft { lines.append("  problems without a right draft \(withoutRightDraft)") }
            if filtered > 0 { lines.append("  wrong answers held back \(filtered)") }
            if forced > 0 { lines.append("  forced answers \(forced)") }
            line = "  tokens per trace \(ReportPrinting.decimal(meanTokens, 1))"
            if let meanLogProb { line += ", log-probability per token \(ReportPrinting.decimal(meanLogProb, 4))" }
            if let meanDeltaSum { line += ", sum of derivatives \(ReportPrinting.decimal(meanDeltaSum, 4))" }
            lines.append(line)
            if let penalty {
                lines.append(
                    "  per token: KL \(ReportPrinting.decimal(penalty.meanKl, 4)) nats (largest \(ReportPrinting.decimal(penalty.largestKl, 4)))"
                        + ", entropy \(ReportPrinting.decimal(penalty.meanEntropy, 4)), lambda \(ReportPrinting.decimal(penalty.meanLambda, 4))"
                )
                lines.append(
                    "  penalty acted on \(penalty.penalizedSteps) of \(penalty.steps) tokens, "
                        + "proxies ran for \(penalty.proxySteps)")
            }
            if let watermark { lines.append("  tokens marked with \(watermark)") }
            lines.append("  \(ReportPrinting.decimal(tokensPerSecond, 0)) tokens/s")
            return lines
        }
    }
#endif
