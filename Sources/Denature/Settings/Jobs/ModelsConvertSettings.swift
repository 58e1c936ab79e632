/// The element types that converted weights can have.
public enum ConvertedType: String, CaseIterable, SettingValue {
    /// Every value that a GGUF file can have, exactly.
    case float32
    /// Half the size, rounded to nearest.
    case bfloat16
}

/// A model in GGUF made into a folder as Hugging Face's libraries write it.
public struct ModelsConvertSettings: JobSettings {
    /// The job's name.
    public static let job = "models convert"

    /// The GGUF file.
    public var model = ""
    /// The folder to write.
    public var output = ""
    /// The element type of the weights.
    public var dtype = ConvertedType.float32
    /// Replace a model that is there.
    public var force = false

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<ModelsConvertSettings>] = [
        .value("model", \.model, "The GGUF file.", role: .input, isRequired: true, isPositional: true),
        .value(
            "output", \.output, "The folder to write.", .called("folder", letter: "o"), role: .output, isRequired: true),
        .value(
            "dtype", \.dtype,
            "Element type of the weights: float32 keeps every value, bfloat16 rounds and takes half the room.",
            .called("type")),
        .flag("force", \.force, "Replace a model that is there.", role: .output),
    ]
}
