import Traces
import TrainingExamples

/// A model trained on traces: all weights, or low-rank adapters.
public struct TrainSettings: JobSettings {
    /// The job's name.
    public static let job = "train"

    /// The folder of the model to start from; nil with ``initialShape``.
    public var model: String?
    /// A config.json: random weights of this shape to start from.
    public var initialShape: String?
    /// The tokenizer's file or folder; nil for the model's.
    public var tokenizer: String?
    /// Adapters in PEFT's layout to begin with.
    public var adapter: String?
    /// The traces to learn, or `-` for standard input.
    public var data = ""
    /// Their shape; nil to recognise it.
    public var format: TraceFormat?
    /// Traces whose loss is measured after each epoch.
    public var evalData: String?
    /// The folder to write.
    public var output = ""
    /// Replace what the folder holds.
    public var force = false
    /// Go on where an interrupted run stopped.
    public var resume = false
    /// Passes over the data; nil for 1.
    public var epochs: Double?
    /// Optimiser steps, in place of epochs.
    public var steps: Int?
    /// Which tokens are learnt.
    public var loss = LearntTokens.completion
    /// Decides the order of the examples and what begins at random.
    public var seed: UInt64 = 0
    /// Put examples of similar length into one batch.
    public var groupByLength = false
    /// Write the whole model with its adapters added in.
    public var merge = false
    /// What becomes of examples that are too long.
    public var tooLong = TooLongPolicy.skip
    /// Steps between two kept states, 0 for none but at an interruption.
    public var saveEvery = 500
    /// The element type of the weights written; nil for the model's.
    public var saveDtype: RuntimeSettings.Precision?
    /// How the model learns.
    public var learning = LearningSettings()
    /// Where tensors are computed.
    public var runtime = RuntimeSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<TrainSettings>] =
        [
            .value("model", \.model, "The folder of the model to start from.", role: .input),
            .value(
                "init", \.initialShape, "Start from random weights of this shape.", .called("config.json"),
                role: .input),
            .value("tokenizer", \.tokenizer, "The tokenizer's file or folder (default: the model's).", role: .input),
            .value("adapter", \.adapter, "Adapters in PEFT's layout to begin with.", role: .input),
            .value(
                "data", \.data, "The traces to learn, or - for standard input.", role: .input, isRequired: true),
            .value("format", \.format, "Shape of the data.", .called("format")),
            .value("eval_data", \.evalData, "Traces whose loss is measured after each epoch.", role: .input),
            .value(
                "output", \.output, "The folder to write.", .called(letter: "o"), role: .output, isRequired: true),
            .flag("force", \.force, "Replace what the folder holds.", role: .output),
            .flag("resume", \.resume, "Go on where an interrupted run stopped.", role: .output),
            .value(
                "epochs", \.epochs, "Passes over the data (default: 1).", .called(aliases: ["num-epochs"]),
                must: .init("be above 0") { $0 > 0 && $0 <= 1e6 }),
            .value("steps", \.steps, "Optimiser steps, in place of epochs.", must: .bePositive),
            .value("loss", \.loss, "Tokens learnt."),
            .value("seed", \.seed, "Decides the order of the examples and what begins at random."),
            .flag("group_by_length", \.groupByLength, "Put examples of similar length into one batch."),
            .flag("merge", \.merge, "Write the whole model with its adapters added in."),
            .value("too_long", \.tooLong, "What becomes of longer examples."),
            .value(
                "save_every", \.saveEvery, "Steps between two kept states, 0 for none but at an interruption.",
                role: .conduct, must: .be(0...)),
            .value("save_dtype", \.saveDtype, "Type of the weights written (default: the model's)."),
        ] + .group(\.learning, section: "Learning") + .group(\.runtime, section: "Runtime")

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        if (model == nil) == (initialShape == nil) {
            throw SettingsError(nil, "give `model`, or `init` for random weights")
        }
        if initialShape != nil, tokenizer == nil { throw SettingsError("tokenizer", "`init` needs `tokenizer`") }
        if initialShape != nil, adapter != nil || learning.loraRank != nil {
            throw SettingsError(nil, "adapters belong to a trained model: `model`")
        }
        if steps != nil, epochs != nil { throw SettingsError(nil, "give `steps` or `epochs`, not both") }
        if merge, learning.loraRank == nil, adapter == nil {
            throw SettingsError("merge", "`merge` needs `lora_rank` or `adapter`")
        }
        if force, resume { throw SettingsError(nil, "`force` starts again and `resume` goes on: choose one") }
        try learning.validateTogether()
        switch runtime.dtype {
        case nil, .float32, .bfloat16: break
        case .float16, .float64:
            // The small gradients of float16 would need a scaled loss.
            throw SettingsError("dtype", "`dtype`: training computes in float32 or bfloat16")
        }
    }
}
