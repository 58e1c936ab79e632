import Antidistillation

extension PenaltyOrder: SettingValue {}

/// How a proxy student bends what is sampled: antidistillation sampling.
public struct PenaltySettings: SettingsGroup {
    /// How Δ is computed.
    public enum Derivative: String, SettingValue, CaseIterable {
        /// By automatic differentiation, forwards.
        case exact
        /// From two proxies a step apart.
        case central
    }

    /// The proxy student's folder.
    public var proxy: String?
    /// The file of the proxy's gradient.
    public var gradient: String?
    /// The strength of the penalty: λ times the gradient's norm.
    public var strength: Double?
    /// The strength of the penalty as it stands before Δ.
    public var lambda: Double?
    /// The largest KL(sampled ‖ teacher) of a step in nats; nil for no bound.
    public var klBudget: Double?
    /// How Δ is computed; nil for central differences, and exactly in half precision.
    public var derivative: Derivative?
    /// The perturbation of central differences: ε times the gradient's norm.
    public var step = 1e-2
    /// The same as ε itself, in place of ``step``.
    public var eps: Double?
    /// Where the penalty stands among the steps from logits to the sampled distribution.
    public var penaltyOrder = PenaltyOrder.truncated
    /// No penalty where the likeliest token has this probability; nil to penalise everywhere.
    public var lazyThreshold: Double?
    /// Run the proxies at every token, also where they cannot matter.
    public var eagerProxies = false
    /// Compute Σ Δ of every released trace.
    public var score = false

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<PenaltySettings>] = [
        .value("proxy", \.proxy, "The proxy student's folder.", .called("dir"), role: .input),
        .value(
            "gradient", \.gradient, "The proxy's gradient (denature gradient).", .called("path"), role: .input),
        .value(
            "strength", \.strength, "Strength of the penalty: lambda times the gradient's norm.", .called("s"),
            must: .be(0...)),
        .value(
            "lambda", \.lambda, "Strength of the penalty as it stands before Delta.",
            .called("l", aliases: ["lam"]), must: .be(0...)),
        .value(
            "kl_budget", \.klBudget, "Largest KL(sampled || teacher) of a step in nats.", .called("nats"),
            must: .be(0...)),
        .value(
            "derivative", \.derivative, "How Delta is computed (default: central; exact in half precision)."),
        .value(
            "step", \.step, "Perturbation of central derivatives: epsilon times the norm.", .called("e"),
            must: .bePositive),
        .value(
            "eps", \.eps, "The same as epsilon itself, which is not multiplied, in place of `step`.", .called("e"),
            must: .bePositive),
        .value(
            "penalty_order", \.penaltyOrder,
            "reference puts the penalty before temperature and truncation, as the authors' code has it."),
        .value(
            "lazy_threshold", \.lazyThreshold, "No penalty where the likeliest token has this probability.",
            .called("p")),
        .flag("eager_proxies", \.eagerProxies, "Run the proxies at every token, also where they cannot matter."),
        .flag("score", \.score, "Compute delta_sum of every released trace."),
    ]

    /// How strongly tokens are penalised; nil for not at all.
    public var penaltyStrength: PenaltyStrength? { strength.map { .scaleFree($0) } ?? lambda.map { .raw($0) } }

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        if (proxy == nil) != (gradient == nil) { throw SettingsError(nil, "`proxy` and `gradient` go together") }
        if strength != nil, lambda != nil { throw SettingsError(nil, "give `strength` or `lambda`, not both") }
        guard penaltyStrength == nil else { return }
        for (name, isGiven) in [("kl_budget", klBudget != nil), ("lazy_threshold", lazyThreshold != nil)] where isGiven
        {
            throw SettingsError(name, "`\(name)` needs `strength` or `lambda`")
        }
    }
}
