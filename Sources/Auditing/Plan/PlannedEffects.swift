/// The effects that samples are planned for unless an audit's operator knows better.
///
/// They are planning values, not measurements of any suspect: what students of a few hundred thousand parameters showed that
/// were trained on marked traces alone, rounded down. Larger models, longer outputs and larger vocabularies show more per
/// output; mixtures with other data show less, in proportion to the share of marked text. They decide sample sizes and the
/// border between `no evidence` and `inconclusive`, never a p-value.
package enum PlannedEffects {
    /// z per square root of an answer, text or trace; for triggers the share of pairs whose target is the answer.
    ///
    /// | test | green, fingerprint | gumbel | tournament | others |
    /// |---|---|---|---|---|
    /// | outputs | 0.05 | 0.10 | 0.05 | |
    /// | outputs-reference | 0.22 | 0.15 | 0.10 | |
    /// | reading | 0.15 | 0.15 | 0.10 | |
    /// | reading-reference | 0.25 | 0.20 | 0.15 | |
    /// | text | | | | lexical 0.15, selection 0.10 |
    /// | trigger | | | | 0.5 |
    /// | candidates | | | | 0.10 |
    package static func effect(of kind: AuditPlan.TestKind, scheme: String) -> Double {
        switch (kind, scheme) {
        case (.outputs, "gumbel"): 0.10
        case (.outputs, _): 0.05
        case (.outputsReference, "gumbel"): 0.15
        case (.outputsReference, "tournament"): 0.10
        case (.outputsReference, _): 0.22
        case (.reading, "tournament"): 0.10
        case (.reading, _): 0.15
        case (.readingReference, "gumbel"): 0.20
        case (.readingReference, "tournament"): 0.15
        case (.readingReference, _): 0.25
        case (.text, "lexical"): 0.15
        case (.text, _): 0.10
        case (.trigger, _): 0.5
        case (.candidates, _): 0.10
        }
    }

    /// What the planned effect of a kind of test is measured in.
    package static func unit(of kind: AuditPlan.TestKind) -> String {
        switch kind {
        case .outputs, .outputsReference, .text: "z per square root of an answer"
        case .reading, .readingReference: "z per square root of a text"
        case .trigger: "share of pairs answered with their target"
        case .candidates: "z per square root of a trace"
        }
    }

    /// What a kind of test counts.
    package static func counted(by kind: AuditPlan.TestKind) -> String {
        switch kind {
        case .outputs, .outputsReference, .text: "answers"
        case .reading, .readingReference: "texts"
        case .trigger: "pairs"
        case .candidates: "traces"
        }
    }
}
