#if Torch
    import Generation
    import Torch

    /// A decoder of one of the architectures, and its weights.
    ///
    /// The weights themselves never change, except in place by whoever trains them; ``replacing(_:)`` gives a model
    /// with others. Values may be read from several threads as long as ``adapters`` is left alone.
    public final class DecoderModel: CausalLanguageModel {
        /// The model's shape.
        public let configuration: DecoderConfiguration
        /// The parameters' names, as in Hugging Face's checkpoints and in their order. A tied output matrix has no name
        /// of its own.
        public let parameterNames: [String]
        /// The element type of all parameters.
        public let dtype: DType
        /// Where all parameters are.
        public let device: Device
        /// Changes of linear modules by their names, such as `model.layers.0.self_attn.q_proj` or `lm_head`.
        public var adapters: [String: LowRankAdapter] {
            didSet { blocks = nil }
        }

        package let rotary: RotaryTable
        /// Of the windowed layers, where they have frequencies of their own.
        let windowRotary: RotaryTable?
        private let parameters: [String: Tensor]
        fileprivate var blocks: [DecoderBlock]?

        init(
            configuration: DecoderConfiguration, parameters: [String: Tensor],
            adapters: [String: LowRankAdapter] = [:],
            rotary: RotaryTable? = nil, windowRotary: RotaryTable? = nil
        ) throws {
            let names = configuration.parameterShapes.map(\.name)
            let missing = names.filter { parameters[$0] == nil }
            guard missing.isEmpty, let first = names.first.flatMap({ parameters[$0] }) else {
                throw ModelError(nil, .missingTensors(missing))
            }
            self.configuration = configuration
            self.parameters = parameters
            self.adapters = adapters
            parameterNames = names
            dtype = first.dtype
            device = first.device
            self.rotary =
                try rotary ?? RotaryTable(configuration, dtype: first.dtype, device: first.device)
            self.windowRotary =
                try windowRotary ?? RotaryTable(windowsOf: configuration, dtype: first.dtype, device: first.device)
            for (name, shape) in configuration.parameterShapes {
                let tensor = try parameter(name)
                guard tensor.shape == shape else {
                    throw ModelError(nil, .wrongShape(tensor: name, expected: shape, actual: tensor.shape))
                }
                guard tensor.dtype == dtype, tensor.device == device else {
                    throw ModelError(
                        nil,
                        .inconsistent(
                            "\(name) is \(tensor.dtype.rawValue) on \(tensor.device), other weights are"
                                + " \(dtype.rawValue) on \(device)"))
                }
            }
            blocks = try makeBlocks()
        }

        /// The parameter of that name.
        /// - Throws: ``ModelError/Problem/noSuchParameter(_:)``.
        public func parameter(_ name: String) throws -> Tensor {
            guard let tensor = parameters[name] else { throw ModelError(nil, .noSuchParameter(name)) }
            return tensor
        }

        /// The same model with some weights replaced by others of the same shape; the rest is shared, adapters too.
        ///
        /// For perturbed copies and for dual tensors, which carry a direction of change.
        /// - Throws: ``ModelError`` for names and shapes that do not fit; for another type or device unless every
        ///   parameter is replaced.
        public func replacing(_ tensors: [String: Tensor]) throws -> DecoderModel {
            let known = Set(parameterNames)
            if let unknown = tensors.keys.filter({ !known.contains($0) }).min() {
                throw ModelError(nil, .noSuchParameter(unknown))
            }
            let embedding = tensors["model.embed_tokens.weight"]
            let isSameKind = embedding.map { $0.dtype == dtype && $0.device == device } ?? true
            return try DecoderModel(
                configuration: configuration, parameters: parameters.merging(tensors) { _, new in new },
                adapters: adapters, rotary: isSameKind ? rotary : nil, windowRotary: isSameKind ? windowRotary : nil)
        }

        /// The model with all weights of another type or on another device.
        ///
        /// - Throws: `TorchError`, such as for too little memory.
        public func converted(dtype: DType? = nil, device: Device? = nil) throws -> DecoderModel {
            var tensors: [String: Tensor] = [:]
            for name in parameterNames {
                tensors[name] = try parameter(name).to(device: device, dtype: dtype)
            }
            return try replacing(tensors)
        }

        fileprivate func makeBlocks() throws -> [DecoderBlock] {
            try checkAdapters()
            return try (0..<configuration.layers).map {
                try DecoderBlock($0, configuration, adapters: adapters, parameter: parameter)
            }
        }

        private func checkAdapters() throws {
            for (module, adapter) in adapters.sorted(by: { $0.key < $1.key }) {
                func problem(_ reason: String) -> ModelError {
                    ModelError(nil, .unusableAdapter(module: module, reason: reason))
                }
                let isLinear =
                    module == "lm_head"
                    || DecoderConfiguration.linearModules.contains { module.hasSuffix("." + $0) }
                let name = module == "lm_head" ? headName : module + ".weight"
                guard isLinear, let weight = parameters[name] else {
                    throw problem("no such linear module")
                }
                let (a, b) = (adapter.a.shape, adapter.b.shape)
                guard a.count == 2, b.count == 2, a[1] == weight.size(1), b[0] == weight.size(0),
                    a[0] == b[1]
                else {
                    throw problem("A \(a) and B \(b) do not fit the weight \(weight.shape)")
                }
            }
        }

        fileprivate var headName: String {
            configuration.tied ? "model.embed_tokens.weight" : "lm_head.weight"
        }

        // MARK: Generation

        /// V: the width of a row of logits.
        public var vocabularySize: Int { configuration.vocabularySize }
        /// The longest sequence that the model is meant for.
        public var contextLength: Int { configuration.maxPositions }

        /// A session with a cache for up to `slots` sequences of at most `capacity` tokens each.
        ///
        /// For float32 on the CPU without adapters the fused decoder's, which copies the weights.
        ///
        /// - Throws: ``ModelError`` for a capacity beyond the context, `TorchError` for too little memory.
        public func makeSession(slots: Int, capacity: Int) throws -> any DecodingSession {
            if FusedWeights.supports(self) {
                return try FusedSession(self, slots: slots, capacity: capacity)
            }
            return try GenericSession(self, slots: slots, capacity: capacity)
        }
    }

    // MARK: - Computing

    extension DecoderModel {
        /// The output matrix, [V, d]; the embeddings where they are tied.
        package var headWeight: Tensor {
            get throws { try parameter(headName) }
        }

        /// The input embeddings of tokens, int64 [...] → [..., d].
        package func embed(_ tokens: Tensor) throws -> Tensor {
            let rows = try parameter("model.embed_tokens.weight").embedding(tokens)
            let scale = configuration.block.embeddingScale
            if scale == 1 { return rows }
            // Rounded to the model's type first, as where the models were trained.
            let factor = try Tensor.full([1], value: scale, dtype: dtype, device: device)
            return try rows.multiplied(by: factor)
        }

        var finalNorm: RMSNorm {
            get throws {
                RMSNorm(
                    weight: try parameter("model.norm.weight"), epsilon: configuration.rmsEps,
                    offset: configuration.block.normOffset)
            }
        }

        /// Tokens → hidden states after the last norm, without a cache.
        ///
        /// Attention is causal, so that sequences filled up on the right need no mask: what stands at their padding is
        /// to be ignored. Positions count from 0.
        /// - Parameters:
        ///   - tokens: int64 [B, T] on the model's device, ids below the vocabulary's size.
        ///   - attention: `.explicit` where derivatives in forward mode are wanted.
        /// - Returns: [B, T, d].
        package func hiddenStates(_ tokens: Tensor, attention: AttentionKind = .fused) throws -> Tensor {
            try hiddenStates(embeddings: embed(tokens), attention: attention)
        }

        /// Input embeddings [B, T, d] → hidden states after the last norm [B, T, d]; see ``hiddenStates(_:attention:)``.
        ///
        /// For derivatives with respect to what the model reads.
        package func hiddenStates(embeddings: Tensor, attention: AttentionKind = .fused) throws -> Tensor {
            let length = embeddings.size(1)
            var x = embeddings  // [B, T, d]
            let rows = try rotations(atLeast: length) { try $0.prefix(length) }  // [T, 1, D]
            let kind = kind(attention)
            let masks = try masks {
                try AttentionMask.causal(length, kind: kind, dtype: dtype, device: device, window: $0)
            }
            for (layer, block) in try currentBlocks().enumerated() {
                x = try block(x, rotary: rows[layer]) { projections in
                    try block.attention.attend(projections, mask: masks[layer], kind: kind)  // [B, T, H·D]
                }
            }
            return try finalNorm(x)
        }

        /// Hidden states → scores of every token, [..., d] → [..., V].
        package func logits(fromHidden hidden: Tensor) throws -> Tensor {
            try capped(LinearLayer(weight: headWeight, bias: nil, adapter: adapters["lm_head"])(hidden))
        }

        func currentBlocks() throws -> [DecoderBlock] {
            if let blocks { return blocks }
            let made = try makeBlocks()
            blocks = made
            return made
        }
    }
#endif
