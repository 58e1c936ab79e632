#if Torch
    import ArgumentParser
    import Foundation
    import Generation
    import StrictJSON
    import Torch
    import TorchModels
    import Traces

    extension ModelsCommand {
        /// `denature models logprobs`.
        struct LogProbabilities: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "logprobs", abstract: "Print a model's log-probabilities of given token sequences.",
                discussion: """
                    Reads lines {"tokens": [ids]} and writes one line for each: "logprobs", the log-probability in nats of
                    every token but the first, given those before it; with --full "rows", the whole distribution after every
                    token as base64 of little-endian float32, row-major; with --greedy N "greedy", the N tokens that
                    follow when the likeliest is always taken, decoded with a cache.

                      denature models logprobs --model DIR --tokens prompts.jsonl --greedy 64 --batch-size 5
                    """)

            @Option(help: "The model's folder.") var model: String
            @Option(help: "The sequences, or - for standard input.") var tokens = "-"
            @Flag(help: "Print whole distributions.") var full = false
            @Option(help: ArgumentHelp("Continue by so many tokens.", valueName: "n")) var greedy = 0
            @Option(help: "Sequences that are continued together; does not change them.") var batchSize = 8
            @OptionGroup(title: "Runtime") var torch: TorchOptions

            func validate() throws {
                if greedy < 0 { throw ValidationError("--greedy must not be negative") }
                if !(1...65_536).contains(batchSize) { throw ValidationError("--batch-size must be from 1 to 65536") }
            }

            mutating func run() async throws {
                do {
                    let device = try torch.activate()
                    let loaded = try DecoderModel.load(model, dtype: torch.dtype(), device: device)
                    let sequences = try read(vocabularySize: loaded.vocabularySize)
                    for start in stride(from: 0, to: sequences.count, by: batchSize) {
                        let batch = Array(sequences[start..<min(start + batchSize, sequences.count)])
                        let continuations = greedy > 0 ? try continued(batch, loaded) : []
                        for (i, sequence) in batch.enumerated() {
                            var line = try scored(sequence, loaded)
                            if greedy > 0 { line.greedy = continuations[i] }
                            try Console.json(line)
                        }
                    }
                } catch {
                    throw error is CommandFailure ? error : CommandFailure(description: "\(error)")
                }
            }

            private struct Line: Encodable {
                var logprobs: [Float]
                var rows: Data?
                var greedy: [Int32]?
            }

            private struct Input: Decodable {
                var tokens: [Int32]
            }

            private func read(vocabularySize: Int) throws -> [[Int32]] {
                var reader = try TraceReader(linesOf: tokens)
                var sequences: [[Int32]] = []
                while let line = try reader.nextLine() {
                    func failure(_ reason: String) -> CommandFailure {
                        CommandFailure(description: "\(tokens):\(line.location.line): \(reason)")
                    }
                    guard let input = try? StrictDecoding.decode(Input.self, from: line.bytes) else {
                        throw failure(#"not a line {"tokens": [ids]}"#)
                    }
                    if input.tokens.isEmpty { throw failure("no tokens") }
                    if let id = input.tokens.first(where: { $0 < 0 || Int($0) >= vocabularySize }) {
                        throw failure("the token id \(id) is outside the model's vocabulary of \(vocabularySize)")
                    }
                    sequences.append(input.tokens)
                }
                return sequences
            }

            private func scored(_ sequence: [Int32], _ model: DecoderModel) throws -> Line {
                try Autograd.noGrad {
                    let ids = try Tensor(sequence.map(Int64.init), shape: [1, sequence.count]).to(model.device)
                    let rows = try model.logits(fromHidden: model.hiddenStates(ids)).to(.float32).logSoftmax(-1)
                    let values = try rows.floats()
                    let width = model.vocabularySize
                    let logprobs = sequence.dropFirst().enumerated().map { values[$0.offset * width + Int($0.element)] }
                    return Line(
                        logprobs: logprobs,
                        rows: full ? values.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) } : nil)
                }
            }

            private func continued(_ batch: [[Int32]], _ model: DecoderModel) throws -> [[Int32]] {
                let longest = batch.reduce(0) { max($0, $1.count) }
                let session = try model.makeSession(slots: batch.count, capacity: longest + greedy)
                var chunks = batch.enumerated().map { DecodingChunk(slot: $0.offset, tokens: $0.element) }
                var outputs = batch.map { _ in [Int32]() }
                var logits = LogitsMatrix()
                for _ in 0..<greedy {
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
    }
#endif
