import Traces

/// How well each gain predicts what a swap does to a trace's J.
public struct GainsSettings: JobSettings {
    /// The job's name.
    public static let job = "gains"

    /// Proxy, gradient and teacher.
    public var models = SwapModelSettings()
    /// The traces, or `-` for standard input.
    public var data = ""
    /// Their shape; nil to recognise it.
    public var format: TraceFormat?
    /// Swaps in all.
    public var swaps = 2_000
    /// Only the first traces.
    public var limit = 200
    /// Decides which swaps are drawn.
    public var seed: UInt64 = 0
    /// Where tensors are computed.
    public var runtime = RuntimeSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<GainsSettings>] =
        .group(\.models, section: "Models") + [
            .value(
                "data", \.data, "The traces, or - for standard input.", role: .input, isRequired: true),
            .value("format", \.format, "Shape of the traces.", .called("format")),
            .value("swaps", \.swaps, "Swaps in all.", .called("count"), must: .be(2...10_000_000)),
            .value("limit", \.limit, "Only the first traces.", .called("count"), must: .bePositive),
            .value("seed", \.seed, "Decides which swaps are drawn."),
        ] + .group(\.runtime, section: "Runtime")

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        try models.validateTogether()
        if models.proxy == nil { throw SettingsError("proxy", "give `proxy` and `gradient`") }
        switch runtime.dtype {
        case nil, .float32, .float64: break
        case .bfloat16, .float16:
            throw SettingsError("dtype", "`dtype` must be float32 or float64: differences need the precision")
        }
    }
}
