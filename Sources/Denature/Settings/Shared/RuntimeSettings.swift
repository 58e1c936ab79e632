/// Where and how tensors are computed: the same for every job with models.
public struct RuntimeSettings: SettingsGroup {
    /// The element types that models compute in.
    public enum Precision: String, SettingValue, CaseIterable {
        case float32
        case float64
        case bfloat16
        case float16
    }

    /// `cpu`, `cuda` or `cuda:N`.
    public var device = "cpu"
    /// Threads on the CPU; nil for as many as cores.
    public var threads: Int?
    /// The element type; nil for float32 on the CPU and the checkpoint's on a GPU.
    public var dtype: Precision?

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<RuntimeSettings>] = [
        .value("device", \.device, "cpu, cuda or cuda:N.", .called("device"), role: .conduct),
        .value(
            "threads", \.threads, "Threads on the CPU (default: as many as cores).", .called("count"), role: .conduct,
            must: .be(1...4096)),
        .value(
            "dtype", \.dtype,
            "What models compute in (default: float32 on the CPU, the checkpoint's on a GPU).", .called("type")),
    ]
}
