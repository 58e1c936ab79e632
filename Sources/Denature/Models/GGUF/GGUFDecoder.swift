import Foundation
import GGUF
import StrictJSON

/// What the families that share Llama's block have in common: its sizes, its config.json and its tensors.
struct GGUFDecoder {
    var layers: Int
    var hiddenSize: Int
    var intermediateSize: Int
    var heads: Int
    var kvHeads: Int
    var headDim: Int
    var vocabularySize: Int
    var contextLength: Int
    var ropeTheta: Double
    var ropeScaling: [String: JSONValue]?
    var epsilon: Double
    var tied: Bool

    /// Reads the sizes.
    init(_ model: inout GGUFModel) throws(ModelConversionError) {
        layers = try model.requiredCount("block_count")
        hiddenSize = try model.requiredCount("embedding_length")
        intermediateSize = try model.requiredCount("feed_forward_length")
        heads = try model.requiredCount("attention.head_count")
        kvHeads = try model.count("attention.head_count_kv") ?? heads
        contextLength = try model.requiredCount("context_length")
        guard let epsilon = try model.number("attention.layer_norm_rms_epsilon") else {
            throw model.error(.missing, "\(model.architecture).attention.layer_norm_rms_epsilon is missing")
        }
        self.epsilon = epsilon
        guard (1...4096).contains(layers), (1...1 << 20).contains(hiddenSize), (1...1 << 14).contains(heads),
            (1...heads).contains(kvHeads), heads % kvHeads == 0, (1...1 << 22).contains(intermediateSize)
        else { throw model.error(.inconsistent, "sizes that fit no model") }
        let (key, value) = (try model.count("attention.key_length"), try model.count("attention.value_length"))
        headDim = key ?? hiddenSize / heads
        guard headDim > 0, headDim % 2 == 0, headDim <= 1 << 14, value ?? headDim == headDim,
            key != nil || hiddenSize % heads == 0
        else {
            throw model.error(.unsupported, "heads of \(headDim) elements for keys and \(value ?? headDim) for values")
        }
        if let rotated = try model.count("rope.dimension_count"), rotated != headDim {
            throw model.error(.unsupported, "rotation of \(rotated) of \(headDim) elements of a head")
        }
        guard let embeddings = model.file.tensor("token_embd.weight"), embeddings.shape.count == 2 else {
            throw model.error(.missing, "the tensor token_embd.weight is missing")
        }
        vocabularySize = embeddings.shape[0]
        if let stated = try model.count("vocab_size"), stated != vocabularySize {
            throw model.error(.inconsistent, "\(vocabularySize) embeddings for a vocabulary of \(stated)")
        }
        tied = !model.contains("output.weight")
        ropeTheta = try model.number("rope.freq_base") ?? 10_000
        guard ropeTheta >= 1, ropeTheta <= 1e15, epsilon >= 0, epsilon <= 1 else {
            throw model.error(.inconsistent, "a rotary base of \(ropeTheta), an epsilon of \(epsilon)")
        }
        for key in ["expert_count", "expert_used_count"] {
            if let experts = try model.count(key), experts > 0 {
                throw model.error(.unsupported, "mixtures of experts of type \(model.architecture) are not supported")
            }
        }
        ropeScaling = try Self.scaling(&model)
        if ropeScaling == nil, let factors = model.file.tensor("rope_freqs.weight") {
            ropeScaling = try llama3Scaling(model, factors)
            model.use("rope_freqs.weight")
        }
    }

    // MARK: Rotation

    private static func scaling(_ model: inout GGUFModel) throws(ModelConversionError) -> [String: JSONValue]? {
        let type = try model.text("rope.scaling.type") ?? "none"
        let (factor, older) = (try model.number("rope.scaling.factor"), try model.number("rope.scale_linear"))
        model.ignore("rope.scaling.finetuned")
        let original = try model.count("rope.scaling.original_context_length")
        switch type {
        case "none" where factor == nil && older ?? 1 == 1: return nil
        case "linear", "none":
            guard let factor = factor ?? older, factor > 0 else {
                throw model.error(.missing, "\(model.architecture).rope.scaling.factor is missing")
            }
            return ["rope_type": .string("linear"), "factor": .number(factor)]
        default:
            let detail = original.map { " from \($0) positions" } ?? ""
            throw model.error(.unsupported, "rotary scaling of type \(type)\(detail) is not supported; linear is")
        }
    }

    /// Llama 3's scaling, which GGUF files hold as one divisor for each frequency. The parameters are found by trying those
    /// in use; divisors of any others are refused.
    private func llama3Scaling(
        _ model: GGUFModel, _ tensor: GGUFTensor
    ) throws(ModelConversionError) -> [String: JSONValue]? {
        let stored: [Float]
        do throws(GGUFError) {
            stored = try model.file.floats(tensor.name)
        } catch {
            throw model.error(.inconsistent, "\(error)")
        }
        guard stored.count == headDim / 2 else {
            throw model.error(.inconsistent, "\(stored.count) rotary factors for \(headDim / 2) frequencies")
        }
        if stored.allSatisfy({ $0 == 1 }) { return nil }
        let factor = Double(stored.max() ?? 1)
        for original in [8192, 4096, 2048, 16_384, 32_768] {
            let fits = stored.indices.allSatisfy { i in
                let frequency = pow(ropeTheta, -2 * Double(i) / Double(headDim))
                let wavelength = 2 * Double.pi / frequency
                let (low, high) = (1.0, 4.0)
                let smooth = (Double(original) / wavelength - low) / (high - low)
                let expected =
                    smooth <= 0 ? factor : smooth >= 1 ? 1 : 1 / ((1 - smooth) / factor + smooth)
                return abs(Double(stored[i]) - expected) <= 1e-4 * expected
            }
            if fits {
                return [
                    "rope_type": .string("llama3"), "factor": .number(factor), "low_freq_factor": .number(1),
                    "high_freq_factor": .number(4), "original_max_position_embeddings": .integer(original),
                ]
            }
        }
        throw model.error(.unsupported, "the factors of rope_freqs.weight are not those of Llama 3")
    }

    // MARK: What is written

    /// The members of config.json.
    func members(modelType: String, className: String) -> [String: JSONValue] {
        var rope = ropeScaling ?? ["rope_type": .string("default")]
        rope["rope_theta"] = .number(ropeTheta)
        return [
            "architectures": .array([.string(className)]), "model_type": .string(modelType),
            "hidden_act": .string("silu"), "hidden_size": .integer(hiddenSize),
            "intermediate_size": .integer(intermediateSize), "num_hidden_layers": .integer(layers),
            "num_attention_heads": .integer(heads), "num_key_value_heads": .integer(kvHeads),
            "head_dim": .integer(headDim), "vocab_size": .integer(vocabularySize),
            "max_position_embeddings": .integer(contextLength), "rms_norm_eps": .number(epsilon),
            "tie_word_embeddings": .bool(tied), "attention_dropout": .integer(0),
            "initializer_range": .number(0.02), "use_cache": .bool(true),
            // Both spellings: transformers 4 knows the first two keys, transformers 5 writes the third.
            "rope_theta": .number(ropeTheta), "rope_scaling": ropeScaling.map { .object($0) } ?? .null,
            "rope_parameters": .object(rope),
        ]
    }

    /// The plan, with all tensors of the block.
    ///
    /// - Parameters:
    ///   - members: config.json.
    ///   - queryOrder: How the rows of queries and keys stand in the file.
    ///   - attentionBias: Whether queries, keys and values have biases.
    ///   - outputBias: Whether the attention's output has one.
    ///   - normalizesHeads: Whether there are norms of each head's query and key.
    func plan(
        _ model: inout GGUFModel, members: [String: JSONValue], queryOrder: RowOrder = .asStored,
        attentionBias: Bool = false, outputBias: Bool = false, normalizesHeads: Bool = false
    ) throws(ModelConversionError) -> ConversionPlan {
        let (d, queries, keys) = (hiddenSize, heads * headDim, kvHeads * headDim)
        var tensors = [
            try model.tensor("token_embd.weight", as: "model.embed_tokens.weight", [vocabularySize, d])
        ]
        for layer in 0..<layers {
            let (from, to) = ("blk.\(layer).", "model.layers.\(layer).")
            func add(
                _ source: String, _ name: String, _ shape: [Int], _ order: RowOrder = .asStored
            ) throws(ModelConversionError) {
                tensors.append(try model.tensor(from + source, as: to + name, shape, order: order))
            }
            for (source, name, rows, order) in [
                ("attn_q", "q_proj", queries, queryOrder), ("attn_k", "k_proj", keys, queryOrder),
                ("attn_v", "v_proj", keys, .asStored),
            ] {
                try add(source + ".weight", "self_attn.\(name).weight", [rows, d], order)
                if attentionBias { try add(source + ".bias", "self_attn.\(name).bias", [rows], order) }
            }
            try add("attn_output.weight", "self_attn.o_proj.weight", [d, queries])
            if outputBias { try add("attn_output.bias", "self_attn.o_proj.bias", [d]) }
            if normalizesHeads {
                try add("attn_q_norm.weight", "self_attn.q_norm.weight", [headDim])
                try add("attn_k_norm.weight", "self_attn.k_norm.weight", [headDim])
            }
            try add("ffn_gate.weight", "mlp.gate_proj.weight", [intermediateSize, d])
            try add("ffn_up.weight", "mlp.up_proj.weight", [intermediateSize, d])
            try add("ffn_down.weight", "mlp.down_proj.weight", [d, intermediateSize])
            try add("attn_norm.weight", "input_layernorm.weight", [d])
            try add("ffn_norm.weight", "post_attention_layernorm.weight", [d])
        }
        tensors.append(try model.tensor("output_norm.weight", as: "model.norm.weight", [d]))
        if !tied { tensors.append(try model.tensor("output.weight", as: "lm_head.weight", [vocabularySize, d])) }
        var type = model.architecture
        if case .string(let name) = members["model_type"] { type = name }
        return ConversionPlan(
            modelType: type, vocabularySize: vocabularySize, contextLength: contextLength, members: members,
            tensors: tensors)
    }
}
