import Yams

/// Which options of a command a file may set, and with what values.
struct OptionTable {
    enum Kind {
        case number(ClosedRange<Double>)
        case whole(ClosedRange<Int>)
        case choice([String])
        case text
        case flag
    }

    let options: [(name: String, kind: Kind)]

    var names: [String] { options.map(\.name) }

    /// The options that `object` sets, in the table's order; `except` are read by somebody else.
    func settings(
        _ object: YAMLObject, except: Set<String> = []
    ) throws(ExperimentFileError) -> [Experiment.Setting] {
        var settings: [Experiment.Setting] = []
        for option in options where object.has(option.name) && !except.contains(option.name) {
            switch option.kind {
            case .number(let range):
                guard let value = try object.number(option.name, range) else { continue }
                settings.append(.init(name: option.name, value: ArgumentText.number(value)))
            case .whole(let range):
                guard let value = try object.whole(option.name, range) else { continue }
                settings.append(.init(name: option.name, value: String(value)))
            case .choice(let choices):
                guard let value = try object.choice(option.name, choices) else { continue }
                settings.append(.init(name: option.name, value: value))
            case .text:
                guard let value = try object.text(option.name) else { continue }
                settings.append(.init(name: option.name, value: value))
            case .flag:
                if try object.flag(option.name) { settings.append(.init(name: option.name, value: nil)) }
            }
        }
        return settings
    }

    private static let positive = 0.0...1e6
    private static let share = 0.0...1.0

    /// Of `denature sample` and `denature evaluate`.
    static let sampling = OptionTable(options: [
        ("temperature", .number(0...100)), ("top-k", .whole(1...1_000_000)), ("top-p", .number(share)),
        ("min-p", .number(share)), ("repetition-penalty", .number(positive)), ("max-new-tokens", .whole(1...1_000_000)),
        ("batch-size", .whole(1...65_536)), ("answer-forcing", .text), ("prompt-format", .text), ("separator", .text),
    ])

    /// Those of them that concern how a student is asked.
    static let asking: Set<String> = ["max-new-tokens", "batch-size", "answer-forcing", "prompt-format", "separator"]

    /// Of `denature sample`, of the penalty and of drafts.
    static let defence = OptionTable(options: [
        ("strength", .number(positive)), ("lambda", .number(positive)), ("kl-budget", .number(positive)),
        ("derivative", .choice(["exact", "central"])), ("penalty-order", .choice(["truncated", "reference"])),
        ("lazy-threshold", .number(share)), ("drafts", .whole(1...4096)),
        ("select", .choice(["poison", "random", "shortest", "marked", "both"])),
        ("reference", .choice(["majority", "greedy"])), ("on-empty", .choice(["drop", "keep-best"])),
        ("poison-weight", .number(positive)), ("mark-weight", .number(positive)),
        ("filter", .choice(["none", "correct"])),
    ])

    /// Of `denature train`.
    static let training = OptionTable(options: [
        ("epochs", .number(0...10_000)), ("steps", .whole(1...100_000_000)), ("batch-size", .whole(1...65_536)),
        ("accumulate", .whole(1...65_536)), ("lr", .number(0...100)),
        ("schedule", .choice(["constant", "linear", "cosine"])), ("warmup", .number(positive)),
        ("weight-decay", .number(positive)), ("clip", .number(positive)), ("lora-rank", .whole(1...65_536)),
        ("lora-alpha", .number(positive)), ("lora-targets", .text), ("max-length", .whole(1...10_000_000)),
        ("too-long", .choice(["skip", "truncate", "error"])), ("prompt-format", .text), ("separator", .text),
        ("loss", .choice(["completion", "all"])), ("save-every", .whole(0...100_000_000)),
    ])

    /// Of every command that runs a model.
    static let runtime = OptionTable(options: [
        ("device", .text), ("threads", .whole(1...4096)),
        ("dtype", .choice(["float32", "float64", "bfloat16", "float16"])),
    ])

    /// Of a mark in the tokens, as embedding and detection share them.
    static let markShape = OptionTable(options: [
        ("gamma", .number(share)), ("layers", .whole(1...1000)), ("context-width", .whole(0...64)),
    ])

    /// Of embedding alone.
    static let markEmbedding = OptionTable(options: [("mark-strength", .number(positive))])

    /// Of `denature sanitize-traces`.
    static let rewriting = OptionTable(options: [
        ("gain", .choice(["ds", "hb", "fo", "random", "rhb"])), ("token-budget", .number(share)),
        ("swap-scope", .choice(["words", "tokens"])), ("swap-candidates", .whole(0...10_000)),
        ("swap-positions", .whole(0...10_000)),
        ("max-log-probability-drop", .number(positive)), ("rhb-beta", .number(positive)),
        ("watermark", .text), ("trigger-share", .number(share)), ("candidates", .whole(1...1000)),
        ("attempts", .whole(1...1000)), ("policy", .choice(["pass-original", "withhold", "fail"])),
        ("length-ratio", .text), ("prompt", .text), ("prompts", .text), ("endpoint", .text), ("model", .text),
        ("api-key-env", .text), ("concurrency", .whole(1...10_000)),
    ])
}
