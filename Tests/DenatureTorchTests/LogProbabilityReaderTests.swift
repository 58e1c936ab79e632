#if Torch
    import Denature
    import Foundation
    import Safetensors
    import TestSupport
    import Testing
    import TorchModels

    @testable import DenatureTorch

    @Suite("Log-probabilities of given tokens")
    struct LogProbabilityReaderTests {
        private static func read(_ folder: TemporaryDirectory) async throws -> [TokenLogProbabilities] {
            var settings = ModelsLogprobsSettings()
            settings.model = folder.file("model")
            settings.tokens = folder.file("tokens.jsonl")
            settings.runtime.threads = 1
            let lines = LineBox()
            _ = try await LogProbabilityReader(settings).run { lines.add($0) }.report()
            return lines.all
        }

        /// A weight that is not a number is named with its model, and no number that is none is printed.
        @Test func weightsThatAreNotFiniteAreNamed() async throws {
            let folder = try TemporaryDirectory()
            let model = try DecoderModel.random(
                DecoderConfiguration(
                    architecture: .llama, hiddenSize: 16, intermediateSize: 24, layers: 2, heads: 4, kvHeads: 2,
                    vocabularySize: 24, maxPositions: 32, initializerRange: 0.3),
                seed: 3, dtype: .float32, device: .cpu)
            try model.save(to: folder.file("model"))
            try Data(#"{"tokens": [1, 2, 3]}"#.utf8).write(to: URL(fileURLWithPath: folder.file("tokens.jsonl")))
            #expect(try await Self.read(folder).map(\.logprobs.count) == [2])

            let path = folder.file("model/model.safetensors")
            let name = "model.layers.1.mlp.down_proj.weight"
            let place = try SafetensorsFile(path: path).info(name).byteRange
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            bytes.replaceSubrange(place.upperBound - 4..<place.upperBound, with: [0, 0, 0xC0, 0x7F])
            try bytes.write(to: URL(fileURLWithPath: path))
            await #expect(throws: ModelError(folder.file("model"), .notFinite(tensor: name))) {
                _ = try await Self.read(folder)
            }
        }
    }

    private final class LineBox: @unchecked Sendable {
        private let lock = NSLock()
        private var lines: [TokenLogProbabilities] = []
        var all: [TokenLogProbabilities] { lock.withLock { lines } }
        func add(_ line: TokenLogProbabilities) { lock.withLock { lines.append(line) } }
    }
#endif
