#if Torch
    /// The shape of a decoder-only language model, as a Hugging Face `config.json` describes it.
    ///
    /// The block is Llama's (RMSNorm, rotary attention with grouped keys and values, gated SiLU MLP), with what the
    /// architecture adds to it.
    public struct DecoderConfiguration: Hashable, Sendable {
        /// How rotary frequencies are changed for contexts longer than those of the pre-training.
        public enum RopeScaling: Hashable, Sendable {
            /// They are not.
            case none
            /// All divided by `factor` (position interpolation, arXiv 2306.15595).
            case linear(factor: Double)
            /// Long wavelengths divided by `factor`, short ones kept, those between blended (Llama 3.1).
            case llama3(
                factor: Double, lowFrequency: Double, highFrequency: Double, originalMaxPositions: Int)
        }

        /// Which of the architectures.
        public var architecture: Architecture
        /// Width of the residual stream, d.
        public var hiddenSize: Int
        /// Width inside the MLP.
        public var intermediateSize: Int
        /// Number of blocks.
        public var layers: Int
        /// Number of query heads, H.
        public var heads: Int
        /// Number of key and value heads, Hkv; divides `heads`.
        public var kvHeads: Int
        /// Width of one head, D; even. `heads · headDim` need not be `hiddenSize`.
        public var headDim: Int
        /// Rows of the embedding matrix, V. A tokenizer may know fewer tokens.
        public var vocabularySize: Int
        /// The longest sequence the model is meant for, in tokens.
        public var maxPositions: Int
        /// Base of the rotary frequencies.
        public var ropeTheta: Double
        /// What is done to the rotary frequencies.
        public var ropeScaling: RopeScaling
        /// Added to the mean square in RMSNorm.
        public var rmsEps: Double
        /// Whether the embedding matrix is the output matrix too.
        public var tied: Bool
        /// Whether the query, key and value projections have biases.
        public var attentionBias: Bool
        /// In what the block departs from Llama's.
        public var block: BlockOptions
        /// Standard deviation of random weights.
        public var initializerRange: Double
        /// The token that begins a text, where there is one.
        public var beginningID: Int32?
        /// The tokens that end a text.
        public var endIDs: [Int32]
        /// The token that fills up batches, where there is one.
        public var paddingID: Int32?

        /// Describes a model.
        /// - Throws: ``ModelError`` where sizes are absurd or do not fit each other.
        public init(
            architecture: Architecture, hiddenSize: Int, intermediateSize: Int, layers: Int, heads: Int,
            kvHeads: Int? = nil, headDim: Int? = nil, vocabularySize: Int, maxPositions: Int = 2048,
            ropeTheta: Double = 10_000, ropeScaling: RopeScaling = .none, rmsEps: Double = 1e-6,
            tied: Bool = false,
            attentionBias: Bool? = nil, initializerRange: Double = 0.02, beginningID: Int32? = nil,
            endIDs: [Int32] = [], paddingID: Int32? = nil, block: BlockOptions = BlockOptions()
        ) throws(ModelError) {
            self.architecture = architecture
            self.hiddenSize = hiddenSize
            self.intermediateSize = intermediateSize
            self.layers = layers
            self.heads = heads
            self.kvHeads = kvHeads ?? heads
            self.headDim = headDim ?? (heads > 0 ? hiddenSize / heads : 0)
            self.vocabularySize = vocabularySize
            self.maxPositions = maxPositions
            self.ropeTheta = ropeTheta
            self.ropeScaling = ropeScaling
            self.rmsEps = rmsEps
            self.tied = tied
            self.attentionBias = attentionBias ?? architecture.definition.attentionBias ?? false
            self.initializerRange = initializerRange
            self.beginningID = beginningID
            self.endIDs = endIDs
            self.paddingID = paddingID
            self.block = block
            if headDim == nil, heads > 0, hiddenSize % heads != 0 {
                throw ModelError(
                    nil,
                    .inconsistent(
                        "hidden_size \(hiddenSize) is not a multiple of num_attention_heads \(heads)"))
            }
            try validate()
        }

        /// Query heads that share one key and value head.
        public var headsPerGroup: Int { heads / kvHeads }
        /// Whether the attention's output projection has a bias.
        public var attentionOutputBias: Bool { attentionBias && architecture.definition.biasesAttentionOutput }
        /// Whether queries and keys are normalised per head.
        public var normalizesHeads: Bool { architecture.definition.normalizesHeads }

        /// Elements of all parameters; a tied output matrix counts once.
        public var parameterCount: Int {
            parameterShapes.reduce(0) { $0 + $1.shape.reduce(1, *) }
        }

        /// Bytes that the keys and values of one token occupy in a cache of elements of that width.
        public func cacheBytesPerToken(elementBytes: Int) -> Int {
            2 * layers * kvHeads * headDim * elementBytes
        }
    }

    // MARK: - Validation

    extension DecoderConfiguration {
        /// Larger than any published model by far, small enough that products of two do not overflow.
        private static let sizeLimit = 1 << 20
        private static let vocabularyLimit = 1 << 24
        private static let parameterLimit = 1 << 44

        func validate() throws(ModelError) {
            try Self.check("hidden_size", hiddenSize, 1...Self.sizeLimit)
            try Self.check("intermediate_size", intermediateSize, 1...Self.sizeLimit * 4)
            try Self.check("num_hidden_layers", layers, 1...4096)
            try Self.check("num_attention_heads", heads, 1...1 << 14)
            try Self.check("num_key_value_heads", kvHeads, 1...1 << 14)
            try Self.check("head_dim", headDim, 2...1 << 14)
            try Self.check("vocab_size", vocabularySize, 1...Self.vocabularyLimit)
            try Self.check("max_position_embeddings", maxPositions, 1...1 << 30)
            guard heads % kvHeads == 0 else {
                throw ModelError(
                    nil,
                    .inconsistent(
                        "num_attention_heads \(heads) is not a multiple of num_key_value_heads \(kvHeads)"))
            }
            guard headDim % 2 == 0 else {
                throw ModelError(
                    nil, .outOfRange(key: "head_dim", value: "\(headDim)", allowed: "an even number"))
            }
            try Self.check("rope_theta", ropeTheta, 1...1e15)
            try Self.check("rms_norm_eps", rmsEps, 0...1)
            try Self.check("initializer_range", initializerRange, 0...1e3)
            switch ropeScaling {
            case .none: break
            case .linear(let factor): try Self.check("rope factor", factor, 1e-3...1e6)
            case .llama3(let factor, let low, let high, let original):
                try Self.check("rope factor", factor, 1e-3...1e6)
                try Self.check("low_freq_factor", low, 1e-6...1e6)
                try Self.check("high_freq_factor", high, 1e-6...1e6)
                try Self.check("original_max_position_embeddings", original, 1...1 << 30)
                guard high > low else {
                    throw ModelError(
                        nil, .inconsistent("high_freq_factor \(high) is not above low_freq_factor \(low)"))
                }
            }
            try validateBlock()
            for id in endIDs + [beginningID, paddingID].compactMap({ $0 }) where id < 0 {
                throw ModelError(nil, .outOfRange(key: "token id", value: "\(id)", allowed: "not negative"))
            }
            if let required = architecture.definition.attentionBias, required != attentionBias {
                throw ModelError(
                    nil, .inconsistent("\(architecture) models have \(required ? "" : "no ")attention biases"))
            }
            try checkParameterCount()
        }

        private func validateBlock() throws(ModelError) {
            if let window = block.window { try Self.check("sliding_window", window, 1...1 << 30) }
            if let theta = block.windowTheta { try Self.check("rope_local_base_freq", theta, 1...1e15) }
            try Self.check("embedding scale", block.embeddingScale, 1e-6...1e6)
            for (key, value) in [
                ("attention scale", block.attentionScale), ("attn_logit_softcapping", block.attentionCap),
                ("final_logit_softcapping", block.outputCap),
            ] {
                if let value { try Self.check(key, value, 1e-6...1e6) }
            }
        }

        /// Sums in floating point, where nothing overflows.
        private func checkParameterCount() throws(ModelError) {
            let (d, queries, keys) = (
                Double(hiddenSize), Double(heads * headDim), Double(kvHeads * headDim)
            )
            let block = d * (2 * queries + 2 * keys + 3 * Double(intermediateSize))
            let total = Double(layers) * block + 2 * d * Double(vocabularySize)
            guard total < Double(Self.parameterLimit) else {
                throw ModelError(
                    nil, .inconsistent("the sizes amount to more than \(Self.parameterLimit) parameters"))
            }
        }

        private static func check<T: Comparable>(
            _ key: String, _ value: T, _ allowed: ClosedRange<T>
        ) throws(ModelError) {
            guard allowed.contains(value) else {
                throw ModelError(
                    nil,
                    .outOfRange(
                        key: key, value: "\(value)", allowed: "\(allowed.lowerBound) to \(allowed.upperBound)"))
            }
        }
    }

    // MARK: - Parameters

    extension DecoderConfiguration {
        /// Names and shapes of all parameters, in the order in which Hugging Face's classes declare them. A tied output
        /// matrix has no entry.
        package var parameterShapes: [(name: String, shape: [Int])] {
            let (d, queries, keys) = (hiddenSize, heads * headDim, kvHeads * headDim)
            var shapes: [(name: String, shape: [Int])] = [
                ("model.embed_tokens.weight", [vocabularySize, d])
            ]
            for layer in 0..<layers {
                let prefix = "model.layers.\(layer)."
                func add(_ name: String, _ shape: [Int]) { shapes.append((prefix + name, shape)) }
                for (name, rows) in [("q_proj", queries), ("k_proj", keys), ("v_proj", keys)] {
                    add("self_attn.\(name).weight", [rows, d])
                    if attentionBias { add("self_attn.\(name).bias", [rows]) }
                }
                add("self_attn.o_proj.weight", [d, queries])
                if attentionOutputBias { add("self_attn.o_proj.bias", [d]) }
                if normalizesHeads {
                    add("self_attn.q_norm.weight", [block.normalizesAllHeads ? queries : headDim])
                    add("self_attn.k_norm.weight", [block.normalizesAllHeads ? keys : headDim])
                }
                add("mlp.gate_proj.weight", [intermediateSize, d])
                add("mlp.up_proj.weight", [intermediateSize, d])
                add("mlp.down_proj.weight", [d, intermediateSize])
                if block.norms != .after { add("input_layernorm.weight", [d]) }
                add("post_attention_layernorm.weight", [d])
                if block.norms == .around { add("pre_feedforward_layernorm.weight", [d]) }
                if block.norms != .before { add("post_feedforward_layernorm.weight", [d]) }
            }
            shapes.append(("model.norm.weight", [d]))
            if !tied { shapes.append(("lm_head.weight", [vocabularySize, d])) }
            return shapes
        }

        /// The linear modules of each block, by their names within it.
        package static let linearModules = [
            "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
            "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj",
        ]
    }
#endif
