import Marks

/// Power against a planned effect, and the sample that it needs.
package struct PlannedPower: Hashable, Sendable {
    /// The probability that the planned effect is found, 0 to 1.
    package var power: Double
    /// The units that reach the wanted power; nil if no reasonable number does.
    package var needed: Int?

    /// - Parameters:
    ///   - test: The test with its planned effect.
    ///   - units: Answers, texts, pairs or traces that are scored.
    ///   - level: The level of one test of the family: the audit's over the family's size, Holm's first step.
    ///   - wanted: The power wanted.
    ///   - targets: T, for triggers.
    package init(
        of test: AuditPlan.Test, units: Int, level: Double, wanted: Double, targets: TriggerTargets = .threeDigits
    ) {
        if test.kind == .trigger {
            power = TriggerPower.power(
                pairs: units, hitRate: test.plannedEffect, targets: targets.count, alpha: level)
            needed = TriggerPower.pairsNeeded(
                hitRate: test.plannedEffect, targets: targets.count, alpha: level, power: wanted)
            return
        }
        let pValue: AuditPower.PValue = test.primary == .chernoff ? .chernoff : .tail
        power = AuditPower.power(effect: test.plannedEffect, units: units, level: level, by: pValue)
        needed = AuditPower.unitsNeeded(effect: test.plannedEffect, level: level, power: wanted, by: pValue)
    }
}

extension AuditPlan.Test {
    /// The primary p-value of a test whose exact tail is not known: the rank among decoys, or Chernoff's bound where ranks
    /// of so few decoys could never reach the level.
    package static func primary(familySize: Int, decoyKeys: Int, level: Double) -> AuditPlan.Primary {
        KeyRandomisation.canReach(level: level, familySize: familySize, decoys: decoyKeys)
            ? .keyRandomisation : .chernoff
    }
}
