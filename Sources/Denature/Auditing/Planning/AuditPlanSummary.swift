import Auditing

/// What a plan comes to: sizes, and what its power is worth.
public struct AuditPlanSummary: Encodable, Hashable, Sendable {
    /// One test of the plan.
    public struct Test: Encodable, Hashable, Sendable {
        /// Its name in the plan.
        public var id: String
        /// How many keys it tries.
        public var keys: Int
        /// How the p-value on which the verdict rests is made.
        public var primary: AuditPlan.Primary
        /// The effect that is planned for: z per square root of a unit; for triggers the share of pairs that are hit.
        public var plannedEffect: Double
        /// Units that are planned.
        public var planned: Int
        /// What is counted: answers, texts, pairs or traces.
        public var unit: String
        /// The probability that the planned effect is found.
        public var plannedPower: Double
        /// Units that reach the wanted power, if more than planned.
        public var needed: Int?
    }

    /// The plan's file.
    public var plan: String
    /// SHA-256 of the plan.
    public var planSha256: String
    /// Family-wise level of the whole chain of audits.
    public var alpha: Double
    /// Which audit of the chain this is, from 1.
    public var round: Int
    /// What this audit may spend.
    public var level: Double
    /// The number of tests: each test with each of its keys.
    public var familySize: Int
    /// Ordinary questions.
    public var questions: Int
    /// Queries about identifiers, if nothing ends them early.
    public var triggerQueries: Int
    /// Requests that may be sent, repeated ones included.
    public var maxQueries: Int
    /// The tests, in the order of the plan.
    public var tests: [Test]
    /// What its operator should think about, in sentences.
    public var warnings: [String]

    /// - Parameters:
    ///   - sealed: The plan.
    ///   - path: Its file.
    /// - Throws: `EncodingError` for a number that is none.
    public init(_ sealed: SealedAuditPlan, path: String) throws {
        let plan = sealed.plan
        self.plan = path
        planSha256 = try sealed.digest
        alpha = plan.levels.alpha
        round = plan.levels.round
        level = plan.levels.level
        familySize = plan.familySize
        questions = plan.questions?.count ?? 0
        triggerQueries = plan.trigger?.count ?? 0
        maxQueries = plan.maxQueries
        tests = plan.tests.map { test in
            Test(
                id: test.id, keys: plan.keys(of: test).count, primary: test.primary,
                plannedEffect: test.plannedEffect, planned: test.planned, unit: PlannedEffects.counted(by: test.kind),
                plannedPower: test.plannedPower, needed: Self.needed(test, plan))
        }
        warnings = Self.warnings(tests, plan)
    }

    private static func needed(_ test: AuditPlan.Test, _ plan: AuditPlan) -> Int? {
        let power = PlannedPower(
            of: test, units: test.planned, level: plan.levels.level / Double(max(1, plan.familySize)),
            wanted: plan.power, targets: plan.trigger?.settings.targets ?? .threeDigits)
        return power.needed.flatMap { $0 > test.planned ? $0 : nil }
    }

    private static func warnings(_ tests: [Test], _ plan: AuditPlan) -> [String] {
        var warnings = tests.filter { $0.plannedPower < plan.power }.map { test in
            let percent = Int((100 * test.plannedPower).rounded())
            var text = "\(test.id) would find its planned effect with a probability of \(percent) % only"
            if let needed = test.needed { text += "; it needs \(needed) \(test.unit)" }
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
