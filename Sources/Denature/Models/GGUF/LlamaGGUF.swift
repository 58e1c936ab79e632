/// Llama 2 and 3 and what llama.cpp stores as such: Mistral, SmolLM and others of the same block.
struct LlamaGGUF: GGUFArchitecture {
    let name = "llama"

    func plan(_ model: inout GGUFModel) throws(ModelConversionError) -> ConversionPlan {
        let decoder = try GGUFDecoder(&model)
        let hasBias = model.contains("blk.0.attn_q.bias")
        var members = decoder.members(modelType: "llama", className: "LlamaForCausalLM")
        members["attention_bias"] = .bool(hasBias)
        members["mlp_bias"] = .bool(false)
        return try decoder.plan(
            &model, members: members, queryOrder: .interleaved(headDim: decoder.headDim), attentionBias: hasBias,
            outputBias: hasBias)
    }
}
