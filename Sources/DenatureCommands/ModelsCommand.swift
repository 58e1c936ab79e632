#if Torch
    import ArgumentParser
    import Foundation
    import Tokenizers
    import Torch
    import TorchAntidistillation
    import TorchModels

    /// `denature models`.
    struct ModelsCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "models", abstract: "Look into models' folders, and at what the models compute.",
            subcommands: [Inspect.self, LogProbabilities.self, Score.self])
    }

    extension ModelsCommand {
        /// `denature models inspect`.
        struct Inspect: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Check a model's files and say what they hold.",
                discussion: """
                    Compares every tensor's name, shape and type with config.json, checks the shards against their index,
                    looks for values that are not finite, and compares the tokenizer with the vocabulary. The digest is over
                    names, types, shapes and weights, however they are cut into files.

                      denature models inspect DIR --json

                    Exit status: 0 in order; 1 not; 2 wrong usage.
                    """)

            @Argument(help: "The model's folder.") var model: String
            @Flag(help: "Read headers only: no digest, no look at the weights.") var quick = false
            @Flag(help: "Print one JSON object.") var json = false

            mutating func run() async throws {
                let summary: ModelSummary
                do {
                    summary = try ModelSummary(folder: model, readsWeights: !quick)
                } catch {
                    throw error is CommandFailure ? error : CommandFailure(description: "\(error)")
                }
                if json {
                    try Console.json(summary)
                } else {
                    for line in summary.lines { try Console.output(line) }
                }
            }
        }
    }

    /// What `models inspect` prints.
    private struct ModelSummary: Encodable {
        var architecture: String
        var parameters: Int
        var layers: Int
        var hiddenSize: Int
        var intermediateSize: Int
        var heads: Int
        var keyValueHeads: Int
        var headDim: Int
        var vocabularySize: Int
        var contextLength: Int
        var tiedEmbeddings: Bool
        var ropeTheta: Double
        var ropeScaling: String
        var dtypes: [String: Int]
        var shards: [String]
        var tensors: Int
        var weightsBytes: Int
        var tokenizer: String?
        var tokens: Int?
        var endTokens: [Int32]
        var digest: String?
        var memory: Memory

        /// In bytes, without what the runtime itself needs.
        struct Memory: Encodable {
            /// Weights in float32 and in 16 bits.
            var weightsFloat32: Int
            var weightsHalf: Int
            /// Keys and values of one token of one sequence.
            var cachePerTokenFloat32: Int
            var cachePerTokenHalf: Int
            /// Weights, gradients and AdamW's two moments; activations come on top.
            var trainingFloat32: Int
        }

        init(folder: String, readsWeights: Bool) throws {
            let configuration = try DecoderConfiguration.load(folder)
            let checkpoint = try ModelCheckpoint(folder, configuration)
            architecture = configuration.architecture.modelType
            parameters = configuration.parameterCount
            layers = configuration.layers
            hiddenSize = configuration.hiddenSize
            intermediateSize = configuration.intermediateSize
            heads = configuration.heads
            keyValueHeads = configuration.kvHeads
            headDim = configuration.headDim
            vocabularySize = configuration.vocabularySize
            contextLength = configuration.maxPositions
            tiedEmbeddings = configuration.tied
            ropeTheta = configuration.ropeTheta
            ropeScaling = Self.name(configuration.ropeScaling)
            endTokens = configuration.endIDs
            shards = checkpoint.files.shardNames
            tensors = checkpoint.files.tensorNames.count
            dtypes = [:]
            weightsBytes = 0
            for name in checkpoint.files.tensorNames {
                let info = try checkpoint.files.info(name)
                dtypes[info.dtype.rawValue, default: 0] += 1
                weightsBytes += info.byteRange.count
            }
            memory = Memory(
                weightsFloat32: 4 * parameters, weightsHalf: 2 * parameters,
                cachePerTokenFloat32: configuration.cacheBytesPerToken(elementBytes: 4),
                cachePerTokenHalf: configuration.cacheBytesPerToken(elementBytes: 2), trainingFloat32: 16 * parameters)
            if FileManager.default.fileExists(atPath: folder + "/tokenizer.json") {
                let found = try Tokenizer.load(folder)
                guard found.idBound <= vocabularySize else {
                    throw CommandFailure(
                        description:
                            "\(found.file): token ids up to \(found.idBound - 1), but the model's vocabulary is "
                            + "\(vocabularySize): it belongs to another model")
                }
                tokenizer = "tokenizer.json"
                tokens = found.vocabularySize
            }
            if readsWeights {
                try checkpoint.checkFinite()
                digest = try ModelDigest.of(folder: folder)
            }
        }

        private static func name(_ scaling: DecoderConfiguration.RopeScaling) -> String {
            switch scaling {
            case .none: "none"
            case .linear(let factor): "linear, factor \(factor)"
            case .llama3(let factor, _, _, let original): "llama3, factor \(factor) above \(original) positions"
            }
        }

        var lines: [String] {
            let types = dtypes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            let ends = endTokens.map { "\($0)" }.joined(separator: ", ")
            let (single, half) = (Self.size(memory.weightsFloat32), Self.size(memory.weightsHalf))
            let (cache, training) = (Self.size(memory.cachePerTokenFloat32), Self.size(memory.trainingFloat32))
            var lines: [String] = []
            func add(_ name: String, _ text: String) { lines.append(name + "\t" + text) }
            add("architecture", architecture)
            add("parameters", "\(parameters)")
            add("blocks", "\(layers) of width \(hiddenSize), MLP \(intermediateSize)")
            add("heads", "\(heads) of \(headDim), keys and values \(keyValueHeads)")
            add("vocabulary", "\(vocabularySize)" + (tiedEmbeddings ? ", tied embeddings" : ""))
            add("context", "\(contextLength), rope theta \(ropeTheta), scaling \(ropeScaling)")
            add("files", "\(shards.count): \(tensors) tensors (\(types)), \(Self.size(weightsBytes))")
            add("tokenizer", tokens.map { "\($0) tokens" } ?? "none")
            add("end tokens", ends.isEmpty ? "none" : ends)
            add("weights", "\(single) in float32, \(half) in half precision")
            add("cache", "\(cache) per token and sequence in float32")
            add("training", "\(training) and activations")
            if let digest { add("digest", digest) }
            return lines
        }

        private static func size(_ bytes: Int) -> String {
            let units = ["B", "KiB", "MiB", "GiB", "TiB"]
            var (value, unit) = (Double(bytes), 0)
            while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
            return unit == 0 ? "\(bytes) B" : String(format: "%.1f %@", value, units[unit])
        }
    }
#endif
