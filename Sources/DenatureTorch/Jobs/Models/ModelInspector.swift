#if Torch
    import Denature
    import Foundation
    import Tokenizers
    import TorchAntidistillation
    import TorchModels

    /// Checks a model's files and says what they hold.
    ///
    ///     var settings = ModelsInspectSettings()
    ///     settings.model = "student"
    ///     let description = try await ModelInspector(settings).run().report()
    public struct ModelInspector: Sendable {
        /// Which model.
        public let settings: ModelsInspectSettings

        /// - Throws: ``SettingsError``.
        public init(_ settings: ModelsInspectSettings) throws(SettingsError) {
            try settings.validate()
            self.settings = settings
        }

        /// Looks at the files. Errors of the run: `ModelError`, `SafetensorsError` and `TokenizerError` for files that are
        /// not in order, `JobError` for a tokenizer of another model.
        public func run() -> JobRun<Never, CheckpointDescription> {
            JobRun { _ in try CheckpointDescription(folder: settings.model, readsWeights: !settings.quick) }
        }
    }

    /// What a model's folder holds.
    public struct CheckpointDescription: Encodable, Sendable {
        /// The family of models.
        public var architecture: String
        /// The number of weights.
        public var parameters: Int
        /// Blocks.
        public var layers: Int
        /// Elements of a hidden state.
        public var hiddenSize: Int
        /// Elements within a feed-forward part.
        public var intermediateSize: Int
        /// Attention heads.
        public var heads: Int
        /// Heads of keys and values.
        public var keyValueHeads: Int
        /// Elements of a head.
        public var headDim: Int
        /// Rows of the output.
        public var vocabularySize: Int
        /// Positions.
        public var contextLength: Int
        /// Whether input and output share their embeddings.
        public var tiedEmbeddings: Bool
        /// The base of rotary positions.
        public var ropeTheta: Double
        /// How they are stretched, in words.
        public var ropeScaling: String
        /// Tensors by element type.
        public var dtypes: [String: Int]
        /// The files with weights.
        public var shards: [String]
        /// The number of tensors.
        public var tensors: Int
        /// Their size in the files.
        public var weightsBytes: Int
        /// The tokenizer's file; nil where there is none.
        public var tokenizer: String?
        /// Tokens that it knows.
        public var tokens: Int?
        /// Ids that end a text.
        public var endTokens: [Int32]
        /// The weights' digest; nil where they were not read.
        public var digest: String?
        /// What the model needs.
        public var memory: Memory

        /// In bytes, without what the runtime itself needs.
        public struct Memory: Encodable, Sendable {
            /// Weights in float32.
            public var weightsFloat32: Int
            /// Weights in 16 bits.
            public var weightsHalf: Int
            /// Keys and values of one token of one sequence in float32.
            public var cachePerTokenFloat32: Int
            /// The same in 16 bits.
            public var cachePerTokenHalf: Int
            /// Weights, gradients and AdamW's two moments; activations come on top.
            public var trainingFloat32: Int
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
                    throw JobError(
                        .mismatch,
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
    }
#endif
