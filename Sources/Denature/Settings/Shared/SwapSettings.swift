import Antidistillation

/// What decides among the candidates of a trace that passed the gate.
public enum SwapChoice: String, SettingValue, CaseIterable {
    /// The keyed selection score, or the first.
    case keyed
    /// J, with the keyed score where a selection mark is ordered.
    case gradient
}

/// What the rewriter `gradient` and the choice by gradient are told beside their models.
public struct SwapSettings: SettingsGroup {
    /// What swaps are ranked by.
    public var gain = SwapGain.ds
    /// Share of the traces' tokens that may be exchanged, on the average.
    public var tokenBudget = 0.1
    /// Swaps per position that are evaluated by true J; 0 takes the best by gain as they are.
    public var swapCandidates = 0
    /// Positions evaluated for each swap that the budget still allows, the best by gain; 0 for all.
    public var swapPositions = 4
    /// How much less probable one swap may make a trace for the teacher, in nats; nil for no bound.
    public var maxLogProbabilityDrop: Double?
    /// Which passing candidate is released.
    public var select = SwapChoice.keyed

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<SwapSettings>] = [
        .value("gain", \.gain, "What swaps are ranked by; random is the control.", .called("gain")),
        .value(
            "token_budget", \.tokenBudget, "Share of the traces' tokens that may be exchanged, on the average.",
            .called("0-1"), must: .be(0...1)),
        .value(
            "swap_candidates", \.swapCandidates,
            "Swaps per position that are evaluated by true J; 0 takes the best by gain as they are.", .called("k"),
            must: .be(0...10_000)),
        .value(
            "swap_positions", \.swapPositions,
            "Positions evaluated for each swap that the budget still allows, the best by gain; 0 for all.",
            .called("n"), must: .be(0...10_000)),
        .value(
            "max_log_probability_drop", \.maxLogProbabilityDrop,
            "How much less probable one swap may make a trace for the teacher.", .called("nats"),
            must: .init("be 0 or above") { $0 >= 0 }),
        .value("select", \.select, "Which passing candidate is released.", .called("choice")),
    ]
}
