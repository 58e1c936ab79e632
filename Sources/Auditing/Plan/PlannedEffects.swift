import Marks

/// The effects that samples are planned for unless an audit's operator knows better.
///
/// They are planning values, not measurements of any suspect: what students of a few hundred thousand parameters showed that
/// were trained on marked traces alone, rounded down. Larger models, longer outputs and larger vocabularies show more per
/// output; mixtures with other data show less, in proportion to the share of marked text. They decide sample sizes and the
/// border between `no evidence` and `inconclusive`, never a p-value.
package enum PlannedEffects {
    /// z per square root of an answer, text or trace, as the scheme has it; for triggers the share of pairs whose target is
    /// the answer.
    package static func effect(
        of kind: AuditPlan.TestKind, scheme: String, in registry: MarkRegistry = .standard
    ) -> Double {
        // A scheme that is not known is refused elsewhere; a plan's number is then of no consequence.
        let effects =
            registry.tokenScheme(named: TokenMarkName(scheme))?.plannedEffects ?? TokenMarkEffects(detection: 0.1)
        return switch kind {
        case .outputs: effects.outputs
        case .outputsReference: effects.outputsReference
        case .reading: effects.reading
        case .readingReference: effects.readingReference
        case .text: registry.textScheme(named: scheme)?.audit?.plannedEffect ?? 0.1
        case .trigger: 0.5
        case .candidates: 0.1
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
