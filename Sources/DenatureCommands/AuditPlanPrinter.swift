import Auditing
import Foundation

/// Shows a plan, and what its power is worth.
struct AuditPlanPrinter {
    let plan: AuditPlan
    let digest: String

    private struct Summary: Encodable {
        struct Test: Encodable {
            var id: String
            var keys: Int
            var primary: String
            var plannedEffect: Double
            var planned: Int
            var unit: String
            var plannedPower: Double
            var needed: Int?
        }
        var plan: String
        var planSha256: String
        var alpha: Double
        var round: Int
        var level: Double
        var familySize: Int
        var questions: Int
        var triggerQueries: Int
        var maxQueries: Int
        var tests: [Test]
        var warnings: [String]
    }

    func print(json: Bool, output: String) throws {
        let warnings = warnings
        for warning in warnings { Console.error("denature: warning: " + warning) }
        let tests = plan.tests.map { test in
            Summary.Test(
                id: test.id, keys: plan.keys(of: test).count, primary: test.primary.rawValue,
                plannedEffect: test.plannedEffect, planned: test.planned, unit: PlannedEffects.counted(by: test.kind),
                plannedPower: test.plannedPower, needed: needed(test))
        }
        if json {
            guard output != "-" else { return }
            return try Console.json(
                Summary(
                    plan: output, planSha256: digest, alpha: plan.levels.alpha, round: plan.levels.round,
                    level: plan.levels.level, familySize: plan.familySize, questions: plan.questions?.count ?? 0,
                    triggerQueries: plan.trigger?.count ?? 0, maxQueries: plan.maxQueries, tests: tests,
                    warnings: warnings))
        }
        var lines = [
            "plan \(digest.prefix(16)), \(plan.suspect.rawValue) suspect, \(plan.familySize) tests "
                + "(\(plan.tests.count) kinds and schemes with their keys)",
            "round \(plan.levels.round), level \(plan.levels.level) of alpha \(plan.levels.alpha)"
                + (plan.levels.last ? ", the last" : ""),
        ]
        if plan.suspect != .outputs {
            lines.append(
                "\(plan.questions?.count ?? 0) questions, \(plan.trigger?.count ?? 0) trigger queries, at most "
                    + "\(plan.maxQueries) requests")
        }
        for test in tests {
            lines.append(
                "\(test.id)\t\(test.keys) keys\t\(test.primary)\tplanned effect \(test.plannedEffect)\t"
                    + "\(test.planned) \(test.unit)\tpower \(Int((100 * test.plannedPower).rounded())) %")
        }
        for line in lines {
            if output == "-" { Console.error(line) } else { try Console.output(line) }
        }
    }

    private func needed(_ test: AuditPlan.Test) -> Int? {
        let power = PlannedPower(
            of: test, units: test.planned, level: plan.levels.level / Double(max(1, plan.familySize)),
            wanted: plan.power, targets: plan.trigger?.settings.targets ?? .threeDigits)
        return power.needed.flatMap { $0 > test.planned ? $0 : nil }
    }

    private var warnings: [String] {
        var warnings = plan.tests.filter { $0.plannedPower < plan.power }.map { test in
            let percent = Int((100 * test.plannedPower).rounded())
            var text = "\(test.id) would find its planned effect with a probability of \(percent) % only"
            if let needed = needed(test) { text += "; it needs \(needed) \(PlannedEffects.counted(by: test.kind))" }
            return text
        }
        let unreachable = plan.tests.contains {
            $0.kind == .candidates
                && AuditPlan.Test.primary(
                    familySize: plan.familySize, decoyKeys: plan.decoyKeys, level: plan.levels.level) == .chernoff
        }
        if unreachable {
            warnings.append(
                "candidates: \(plan.decoyKeys) decoy keys can never reach the level in a family of \(plan.familySize)")
        }
        let opened = plan.keys.count { $0.opened != nil }
        if opened > 0 { warnings.append("\(opened) of the keys were opened: their marks can be forged or stripped") }
        return warnings
    }
}
