/// Qwen2 and Qwen2.5.
struct Qwen2GGUF: GGUFArchitecture {
    let name = "qwen2"

    func plan(_ model: inout GGUFModel) throws(ModelConversionError) -> ConversionPlan {
        let decoder = try GGUFDecoder(&model)
        var members = decoder.members(modelType: "qwen2", className: "Qwen2ForCausalLM")
        members["use_sliding_window"] = .bool(false)
        return try decoder.plan(&model, members: members, attentionBias: true)
    }
}

/// Qwen3, dense.
struct Qwen3GGUF: GGUFArchitecture {
    let name = "qwen3"

    func plan(_ model: inout GGUFModel) throws(ModelConversionError) -> ConversionPlan {
        let decoder = try GGUFDecoder(&model)
        var members = decoder.members(modelType: "qwen3", className: "Qwen3ForCausalLM")
        members["use_sliding_window"] = .bool(false)
        members["attention_bias"] = .bool(false)
        return try decoder.plan(&model, members: members, normalizesHeads: true)
    }
}
