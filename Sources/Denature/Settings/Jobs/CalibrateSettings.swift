import Marks
import Traces

/// The detector tried with random keys on given texts.
public struct CalibrateSettings: JobSettings {
    /// The job's name.
    public static let job = "calibrate"

    /// The texts; `-` for standard input.
    public var file = "-"
    /// How many random keys are tried.
    public var keys = 2000
    /// The marks to try, with commas between them; nil for all marks of texts.
    public var scheme: String?
    /// Decides the random keys.
    public var seed: UInt64 = 1
    /// The shape of the input; nil to recognise it.
    public var format: TraceFormat?

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<CalibrateSettings>] = [
        .value(
            "file", \.file, "The texts, or - for standard input.", .called("file"), role: .input, isPositional: true),
        .value("keys", \.keys, "Random keys to try.", must: .be(1...10_000_000)),
        .value(
            "scheme", \.scheme,
            "Marks to try (default: \(MarkRegistry.standard.textNames.joined(separator: ","))).", .called("list")),
        .value("seed", \.seed, "Seed of the random keys."),
        .value("format", \.format, "Shape of the input.", .called("format")),
    ]
}
