/// How one family of models stands in GGUF.
protocol GGUFArchitecture: Sendable {
    /// What `general.architecture` says.
    var name: String { get }

    /// What becomes of a file; whatever is not asked for is refused afterwards.
    func plan(_ model: inout GGUFModel) throws(ModelConversionError) -> ConversionPlan
}

/// The families that can be converted, a line for each.
enum GGUFArchitectures {
    static let all: [any GGUFArchitecture] = [
        LlamaGGUF(),
        Qwen2GGUF(),
        Qwen3GGUF(),
    ]

    static func plan(_ model: inout GGUFModel) throws(ModelConversionError) -> ConversionPlan {
        guard let architecture = all.first(where: { $0.name == model.architecture }) else {
            throw model.error(
                .unsupported,
                "models of type \(model.architecture) cannot be converted; "
                    + all.map(\.name).joined(separator: ", ") + " can")
        }
        let plan = try architecture.plan(&model)
        try model.refuseUnknown()
        return plan
    }
}
