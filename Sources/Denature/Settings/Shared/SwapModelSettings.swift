import Antidistillation

extension SwapScope: SettingValue {}
extension SwapGain: SettingValue {}

/// Which models measure swaps of tokens.
public struct SwapModelSettings: SettingsGroup {
    /// The proxy student's folder.
    public var proxy: String?
    /// Its gradient, as `denature gradient` writes it.
    public var gradient: String?
    /// The teacher's folder, for the gain `rhb` and for the bound on its log-probability.
    public var teacher: String?
    /// What a nat of the teacher's log-probability is worth to `rhb`, in gradient norms.
    public var rhbBeta = 0.1
    /// What may be exchanged.
    public var swapScope = SwapScope.words
    /// How problems are put to the models.
    public var prompts = PromptSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<SwapModelSettings>] =
        [
            .value("proxy", \.proxy, "Folder of the proxy student.", .called("dir"), role: .input),
            .value("gradient", \.gradient, "Its gradient (denature gradient).", .called("file"), role: .input),
            .value(
                "teacher", \.teacher, "The teacher, for rhb and for the bound on its log-probability.", .called("dir"),
                role: .input),
            .value(
                "rhb_beta", \.rhbBeta,
                "rhb: what a nat of the teacher's log-probability is worth, in gradient norms.", .called("beta"),
                must: .init("be 0 or above") { $0 >= 0 }),
            .value(
                "swap_scope", \.swapScope, "What is exchanged: words, or tokens, names and punctuation too.",
                .called("scope")),
        ] + .group(\.prompts)

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        if (proxy == nil) != (gradient == nil) {
            throw SettingsError(nil, "`proxy` and `gradient` belong together")
        }
    }
}
