#if Torch
    import Antidistillation
    import ArgumentParser
    import Denature
    import Foundation
    import Tokenizers
    import TorchAntidistillation
    import TorchModels
    import Traces
    import TrainingExamples

    extension LossAverage: ExpressibleByArgument {}
    extension LossTokens: ExpressibleByArgument {}

    /// `denature gradient`.
    struct GradientCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "gradient",
            abstract:
                "Compute the gradient of a proxy's loss on held-out traces: the direction that sampling is pushed in.",
            discussion: """
                The loss is the mean negative log-likelihood of completion tokens in nats, prompts masked. The gradient is
                computed in float32 and written as safetensors under the checkpoint's tensor names, with loss, norm, counts
                and digests of data and weights in the metadata.

                  denature gradient --proxy DIR --holdout traces.jsonl -o g.safetensors
                  denature gradient --negate g.safetensors -o minus.safetensors
                  denature gradient --random g.safetensors --seed 1 -o random.safetensors

                --negate and --random write controls: the opposite direction, and a random one of the same norm.

                Exit status: 0 done; 1 failed; 2 wrong usage; 130 interrupted, with nothing written.
                """)

        @Option(help: "The folder of the proxy student.") var proxy: String?
        @Option(help: "The held-out traces, or - for standard input.") var holdout: String?
        @Option(help: ArgumentHelp("Shape of the traces: \(TraceFormat.list).", valueName: "format"))
        var format: TraceFormat?
        @Option(name: .shortAndLong, help: "The file to write.") var output: String
        @Option(help: "Mean over all tokens, or over each trace's mean: token or trace.")
        var lossAverage = LossAverage.token
        @Option(
            help: ArgumentHelp(
                "Tokens that the loss is taken of: completion, or numbers, for gradient rewriting.", valueName: "tokens"
            ))
        var lossTokens = LossTokens.completion
        @Option(help: "The most traces of a pass; does not change the result.") var batchSize = 16
        @Option(help: ArgumentHelp("Only the first traces.", valueName: "count")) var limit: Int?
        @Option(
            help: "Longest trace with its prompt in tokens; longer ones are left out (default: the model's positions).")
        var maxLength: Int?
        @OptionGroup var prompts: PromptOptions
        @Option(help: ArgumentHelp("Write the opposite of a gradient file.", valueName: "file")) var negate: String?
        @Option(help: ArgumentHelp("Write a random direction of a gradient file's norm.", valueName: "file"))
        var random: String?
        @Option(help: "Decides the random direction.") var seed: UInt64 = 0
        @Flag(help: "Replace the output.") var force = false
        @Flag(help: "Print the result as one JSON object.") var json = false
        @OptionGroup(title: "Runtime") var torch: TorchOptions

        func validate() throws {
            switch (negate, random) {
            case (nil, nil):
                if proxy == nil || holdout == nil { throw ValidationError("give --proxy DIR and --holdout FILE") }
            case (_?, _?): throw ValidationError("give --negate or --random, not both")
            default:
                if proxy != nil || holdout != nil {
                    throw ValidationError("--negate and --random start from a gradient file, not from a proxy")
                }
            }
            if batchSize < 1 { throw ValidationError("--batch-size must be positive") }
            if let limit, limit < 1 { throw ValidationError("--limit must be positive") }
            if let maxLength, maxLength < 2 { throw ValidationError("--max-length must be above 1") }
        }

        mutating func run() async throws {
            if !force, FileManager.default.fileExists(atPath: output) {
                throw CommandFailure.usage("\(output): is there already; --force replaces it")
            }
            let command = self
            let summary: GradientSummary
            do {
                summary = try await Interruption.cancelling { try command.summary { Task.isCancelled } }
            } catch is CancellationError {
                throw CommandFailure(description: "interrupted; nothing was written", status: ExitStatus.interrupted)
            } catch {
                throw error is CommandFailure ? error : CommandFailure(description: "\(error)")
            }
            if json {
                try Console.json(summary)
            } else {
                try Console.output(summary.text)
            }
        }

        private func summary(shouldStop: () -> Bool) throws -> GradientSummary {
            if let negate {
                let info = try GradientControl.negated.write(of: negate, to: output, replacing: force)
                return GradientSummary(output, info)
            }
            if let random {
                let info = try GradientControl.random(seed: seed).write(of: random, to: output, replacing: force)
                return GradientSummary(output, info)
            }
            return try gradient(shouldStop: shouldStop)
        }

        private func gradient(shouldStop: () -> Bool) throws -> GradientSummary {
            guard let proxy, let holdout else { throw CommandFailure.usage("give --proxy DIR and --holdout FILE") }
            let device = try torch.activate()
            let tokenizer = try Tokenizer.load(proxy)
            let prompts = try self.prompts.format(tokenizer)
            // Rounded to half precision, a gradient of small numbers would not be the loss's.
            let model = try DecoderModel.load(proxy, dtype: torch.dtype() ?? .float32, device: device)
            let set = try TrainingSet(
                TraceExampleFile(path: holdout, format: format), tokenizer: tokenizer, format: prompts,
                maximumLength: min(maxLength ?? model.contextLength, model.contextLength))
            if let first = set.skippedLines.first {
                Console.error(
                    "\(holdout): \(set.skippedLines.count) traces left out, empty or too long, the first in line \(first)"
                )
            }
            let start = ContinuousClock.now
            let job = try GradientJob(
                model: model, examples: Array(set.examples.prefix(limit ?? .max)),
                options: .init(lossAverage: lossAverage, batchSize: batchSize),
                counting: lossTokens.isCounted(by: tokenizer))
            let line = GradientProgressLine()
            let result: GradientJob.Result
            do {
                defer { line.finish() }
                result = try job.run(progress: line.update, shouldStop: shouldStop)
            }
            let info = GradientInfo(
                loss: result.loss, norm: result.norm, lossAverage: lossAverage, traces: result.traces,
                tokens: result.tokens, dataDigest: set.digest, modelDigest: try ModelDigest.of(folder: proxy),
                toolVersion: DenatureVersion.string, lossTokens: lossTokens)
            try GradientFile.write(
                ProxyGradient(names: model.parameterNames, tensors: result.gradient, info: info), to: output,
                replacing: force)
            return GradientSummary(
                output, info, skipped: set.skippedLines.count, seconds: start.duration(to: .now) / .seconds(1))
        }
    }

    extension LossTokens {
        /// Whether predicting a token of that tokenizer counts.
        func isCounted(by tokenizer: Tokenizer) -> (Int32) -> Bool {
            switch self {
            case .completion: { _ in true }
            case .numbers:
                {
                    let bytes = tokenizer.bytes(for: $0) ?? tokenizer.token(for: $0).map { Array($0.utf8) }
                    return !tokenizer.isSpecial($0) && bytes?.contains { (0x30...0x39).contains($0) } == true
                }
            }
        }
    }

    /// What the command prints.
    private struct GradientSummary: Encodable, Sendable {
        var output: String
        var direction: String
        var loss: Double
        var norm: Double
        var lossAverage: String
        var lossTokens: String
        var traces: Int
        var tokens: Int
        var skippedTraces: Int?
        var dataSha256: String
        var modelSha256: String
        var seconds: Double?

        init(_ output: String, _ info: GradientInfo, skipped: Int? = nil, seconds: Double? = nil) {
            self.output = output
            direction = info.direction.rawValue
            loss = info.loss
            norm = info.norm
            lossAverage = info.lossAverage.rawValue
            lossTokens = info.lossTokens.rawValue
            traces = info.traces
            tokens = info.tokens
            skippedTraces = skipped
            dataSha256 = info.dataDigest
            modelSha256 = info.modelDigest
            self.seconds = seconds
        }

        var text: String {
            let what = direction == GradientInfo.Direction.gradient.rawValue ? "" : "direction \(direction), "
            return what + String(format: "loss %.4f nats per token, gradient norm %.4g", loss, norm)
                + " (\(tokens) tokens of \(traces) traces) → \(output)"
        }
    }

    /// How far the job is, on standard error.
    private final class GradientProgressLine {
        private let isInteractive = Console.isInteractive
        private let start = ContinuousClock.now
        private var lastPrint = ContinuousClock.now
        private var hasBar = false

        func update(_ progress: GradientJob.Progress) {
            let now = ContinuousClock.now
            guard lastPrint.duration(to: now) >= (isInteractive ? .milliseconds(100) : .seconds(10)) else { return }
            lastPrint = now
            hasBar = isInteractive
            let seconds = max(start.duration(to: now) / .seconds(1), 1e-3)
            let line =
                "\(progress.traces)/\(progress.totalTraces) traces, "
                + String(format: "loss %.4f, ", progress.loss) + "\(Int(Double(progress.tokens) / seconds)) tokens/s"
            Console.notice(isInteractive ? "\r\u{1B}[2K" + line : line + "\n")
        }

        func finish() {
            if hasBar { Console.notice("\r\u{1B}[2K") }
        }
    }
#endif
