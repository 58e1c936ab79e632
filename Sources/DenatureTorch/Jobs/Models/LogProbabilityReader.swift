#if Torch
    import Denature
    import Foundation
    import Generation
    import StrictJSON
    import Tokenizers
    import Torch
    import TorchModels
    import Traces

    /// A model's log-probabilities of one sequence of tokens.
    public struct TokenLogProbabilities: Encodable, Sendable {
        /// The tokens, where the line had a text; nil where it had tokens.
        public var tokens: [Int32]?
        /// Of every token but the first, given those before it, in nats.
        public var logprobs: [Float]
        /// The whole distribution after every token: little-endian float32, row-major, one row of the vocabulary's length
        /// for each token; nil unless it was asked for.
        public var rows: Data?
        /// The tokens that follow when the likeliest is always taken; nil unless they were asked for.
        public var greedy: [Int32]?
    }

    /// Reads sequences of tokens with a model.
    ///
    ///     var settings = ModelsLogprobsSettings()
    ///     settings.model = "student"
    ///     settings.tokens = "prompts.jsonl"
    ///     let count = try await LogProbabilityReader(settings).run { print($0.logprobs) }.report()
    public struct LogProbabilityReader: Sendable {
        /// What is read, and how.
        public let settings: ModelsLogprobsSettings

        /// How far a reading is.
        public struct Progress: Hashable, Sendable {
            /// Sequences done.
            public var sequences: Int
            /// Sequences in all.
            public var totalSequences: Int
        }

        /// - Throws: ``SettingsError``.
        public init(_ settings: ModelsLogprobsSettings) throws(SettingsError) {
            try settings.validate()
            self.settings = settings
        }

        /// Reads all sequences; reports their number.
        ///
        /// Errors of the run: `ModelError`, which also names a weight that is not finite; `TorchError`, `TraceError`; `JobError` naming the line that is no sequence of
        /// the model's tokens; `CancellationError`; what `receive` throws.
        ///
        /// - Parameter receive: Hears of every sequence, in order.
        public func run(
            _ receive: @escaping @Sendable (TokenLogProbabilities) throws -> Void
        ) -> JobRun<Progress, Int> {
            JobRun { reporter in
                let device = try settings.runtime.activate()
                let model = try DecoderModel.load(
                    settings.model, dtype: settings.runtime.elementType, device: device)
                let inputs = try read(vocabularySize: model.vocabularySize)
                let sequences = inputs.map(\.tokens)
                for start in stride(from: 0, to: sequences.count, by: settings.batchSize) {
                    let batch = Array(sequences[start..<min(start + settings.batchSize, sequences.count)])
                    let continuations = settings.greedy > 0 ? try continued(batch, model) : []
                    for (i, sequence) in batch.enumerated() {
                        try Task.checkCancellation()
                        var line = try scored(sequence, model)
                        try checkFinite(line, sequence: start + i)
                        if settings.greedy > 0 { line.greedy = continuations[i] }
                        if inputs[start + i].isText { line.tokens = sequence }
                        try receive(line)
                        reporter.progress(Progress(sequences: start + i + 1, totalSequences: sequences.count))
                    }
                }
                return sequences.count
            }
        }

        private struct Input: Decodable {
            var tokens: [Int32]?
            var text: String?
        }

        private func read(vocabularySize: Int) throws -> [(tokens: [Int32], isText: Bool)] {
            var reader = try TraceReader(linesOf: settings.tokens)
            var sequences: [(tokens: [Int32], isText: Bool)] = []
            var tokenizer: Tokenizer?
            while let line = try reader.nextLine() {
                func failure(_ code: JobError.Code, _ reason: String) -> JobError {
                    JobError(code, "\(settings.tokens):\(line.location.line): \(reason)")
                }
                guard let input = try? StrictDecoding.decode(Input.self, from: line.bytes),
                    (input.tokens == nil) != (input.text == nil)
                else {
                    throw failure(.unreadable, #"not a line {"tokens": [ids]} or {"text": "…"}"#)
                }
                if input.text != nil, tokenizer == nil { tokenizer = try Tokenizer.load(settings.model) }
                let tokens = input.tokens ?? input.text.flatMap { tokenizer?.encode($0) } ?? []
                if tokens.isEmpty { throw failure(.nothingToDo, "no tokens") }
                if let id = tokens.first(where: { $0 < 0 || Int($0) >= vocabularySize }) {
                    throw failure(
                        .mismatch, "the token id \(id) is outside the model's vocabulary of \(vocabularySize)")
                }
                sequences.append((tokens, input.text != nil))
            }
            return sequences
        }

        private func scored(_ sequence: [Int32], _ model: DecoderModel) throws -> TokenLogProbabilities {
            try Autograd.noGrad {
                let ids = try Tensor(sequence.map(Int64.init), shape: [1, sequence.count]).to(model.device)
                let rows = try model.logits(fromHidden: model.hiddenStates(ids)).to(.float32).logSoftmax(-1)
                let values = try rows.floats()
                let width = model.vocabularySize
                let logprobs = sequence.dropFirst().enumerated().map { values[$0.offset * width + Int($0.element)] }
                return TokenLogProbabilities(
                    logprobs: logprobs,
                    rows: settings.full ? values.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) } : nil)
            }
        }

        /// Fails for numbers that are none, and names the weight they come from.
        private func checkFinite(_ line: TokenLogProbabilities, sequence: Int) throws {
            guard let position = line.logprobs.firstIndex(where: { !$0.isFinite }) else { return }
            try ModelCheckpoint(settings.model, try DecoderConfiguration.load(settings.model)).checkFinite()
            throw JobError(
                .unreadable,
                "\(settings.model): sequence \(sequence + 1): the log-probability of token \(position + 2) is "
                    + "\(line.logprobs[position]), though all weights are finite: the model computes beyond its numbers"
            )
        }

        private func continued(_ batch: [[Int32]], _ model: DecoderModel) throws -> [[Int32]] {
            let longest = batch.reduce(0) { max($0, $1.count) }
            let session = try model.makeSession(slots: batch.count, capacity: longest + settings.greedy)
            var chunks = batch.enumerated().map { DecodingChunk(slot: $0.offset, tokens: $0.element) }
            var outputs = batch.map { _ in [Int32]() }
            var logits = LogitsMatrix()
            for _ in 0..<settings.greedy {
                try Task.checkCancellation()
                try session.extend(chunks, into: &logits)
                for i in batch.indices {
                    let best = logits.withRow(i) { row in row.indices.max { row[$0] < row[$1] } ?? 0 }
                    outputs[i].append(Int32(best))
                    chunks[i].tokens = [Int32(best)]
                }
            }
            return outputs
        }
    }
#endif
