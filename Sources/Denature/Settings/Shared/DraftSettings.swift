import TraceGeneration

extension DraftOptions.Rule: SettingValue {}
extension DraftOptions.Reference: SettingValue {}
extension DraftOptions.EmptyPolicy: SettingValue {}

/// How one of several drafts of a trace is chosen.
public struct DraftSettings: SettingsGroup {
    /// Drafts per problem, one of which is released; nil to release every trace.
    public var count: Int?
    /// Which one is released.
    public var select = DraftOptions.Rule.poison
    /// What stands for the right answer where a problem comes without one.
    public var reference = DraftOptions.Reference.majority
    /// What becomes of a problem none of whose drafts has the right answer.
    public var onEmpty = DraftOptions.EmptyPolicy.drop
    /// The weight of Σ Δ in `both`.
    public var poisonWeight = 1.0
    /// The weight of the keyed score in `both`.
    public var markWeight = 1.0
    /// The file where every draft with the right answer is written; nil for nowhere.
    public var keepCandidates: String?

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<DraftSettings>] = [
        .value(
            "drafts", \.count, "Sample so many traces per problem and release one.", .called("k"), must: .be(1...4096)),
        .value("select", \.select, "Which one is released."),
        .value(
            "reference", \.reference,
            "The right answer where none is given: majority of the drafts, or the teacher's greedy answer."),
        .value("on_empty", \.onEmpty, "Problems without a right draft."),
        .value("poison_weight", \.poisonWeight, "Weight of Delta in both.", .called("w")),
        .value("mark_weight", \.markWeight, "Weight of the keyed score in both.", .called("w")),
        .value(
            "keep_candidates", \.keepCandidates,
            "Also write every draft with the right answer to this file, and which of them was released.",
            .called("path"), role: .output),
    ]

    /// Whether a draft is chosen by Σ Δ.
    public var needsDerivatives: Bool { count != nil && select.needsDerivatives }
    /// Whether a draft is chosen by its keyed score.
    public var needsMarkScore: Bool { count != nil && select.needsMarkScore }

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        if keepCandidates != nil, count == nil {
            throw SettingsError("keep_candidates", "`keep_candidates` needs `drafts`")
        }
    }

    /// The choice, nil where every trace is released.
    public var options: DraftOptions? {
        guard count != nil else { return nil }
        var options = DraftOptions(select)
        options.reference = reference
        options.onEmpty = onEmpty
        options.poisonWeight = poisonWeight
        options.markWeight = markWeight
        return options
    }
}
