import Foundation
import KeyedPRF
import Marks
import Statistics

/// From a plan, its evidence and the keyring to the report, without model or network: the same numbers every time.
package struct AuditAnalysis {
    /// What was fixed before.
    let plan: AuditPlan
    let planDigest: String
    let evidence: AuditEvidence
    let subkeys: [AuditPlan.Key: Subkey]
    let threads: Int
    /// The schemes that are known.
    let registry: MarkRegistry
    /// What was answered and read, in order.
    let material: AuditMaterial

    /// Points of a curve of evidence.
    static let curvePoints = 10

    /// Checks that the evidence is complete and follows the plan.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - evidence: Its evidence.
    ///   - keyring: The keyring that made the plan.
    ///   - threads: Threads for decoy keys; changes no number.
    ///   - registry: The schemes that are known.
    /// - Throws: ``AuditError``, or `KeyedPRFError`.
    package init(
        plan: SealedAuditPlan, evidence: AuditEvidence, keyring: Keyring, threads: Int,
        registry: MarkRegistry = .standard
    ) throws {
        guard evidence.seal != nil else {
            throw AuditError.incompleteEvidence(
                path: evidence.path, reason: "the run did not come to its end; run the same command again to go on")
        }
        self.plan = plan.plan
        planDigest = try plan.digest
        self.evidence = evidence
        subkeys = try plan.plan.subkeys(in: keyring)
        self.threads = max(1, threads)
        self.registry = registry
        material = try AuditMaterial(plan: plan.plan, evidence: evidence)
    }

    /// All results, with Holm's correction over all of them, and the conclusion.
    package func report() throws -> AuditReport {
        var tests: [AuditReport.Test] = []
        for test in plan.tests {
            switch test.kind {
            case .outputs: tests.append(try outputs(test))
            case .outputsReference, .reading, .readingReference: tests.append(try weighted(test))
            case .text: tests.append(try text(test))
            case .trigger: tests.append(try trigger(test))
            case .candidates: tests.append(try candidates(test))
            }
        }
        adjust(&tests)
        let header = evidence.header
        return AuditReport(
            title: plan.title, date: evidence.seal?.date ?? header.started, program: header.program,
            suspect: header.suspect, conclusion: conclusion(tests), attributedTenants: Self.tenants(tests),
            alpha: plan.levels.alpha, round: plan.levels.round, level: plan.levels.level, familySize: plan.familySize,
            tests: tests, effort: effort, digests: digests, keys: keys, remarks: remarks(tests))
    }

    // MARK: Parts of tests

    /// The level of one test: Holm's first step.
    var singleLevel: Double { plan.levels.level / Double(max(plan.familySize, 1)) }

    /// A test's subkeys, in the order of the plan.
    func keys(of test: AuditPlan.Test) -> [(AuditPlan.Key, Subkey)] {
        plan.keys(of: test).compactMap { key in subkeys[key].map { (key, $0) } }
    }

    /// An empty row for a key.
    func row(_ key: AuditPlan.Key) -> AuditReport.Result {
        AuditReport.Result(tenant: key.tenant, epoch: key.epoch, keyID: key.id, scored: 0, log10P: 0, effect: 0)
    }

    /// Seeds the decoys of a test: tests do not share theirs.
    func decoySeed(_ test: AuditPlan.Test) -> UInt64 {
        let place = plan.tests.firstIndex(of: test) ?? 0
        return SeededGenerator.mix(SeededGenerator.mix(plan.seed) &+ 0x1_0000 &+ UInt64(place))
    }

    /// Growing shares of so many units: at most ten, the last one all of them.
    static func prefixes(of count: Int) -> [Int] {
        guard count > 0 else { return [] }
        let points = min(curvePoints, count)
        return (1...points).map { $0 * count / points }
    }

    /// A test's part of the report.
    func summarised(
        _ test: AuditPlan.Test, units: Int, summary: String, results: [AuditReport.Result],
        approximation: String? = nil
    ) -> AuditReport.Test {
        let power = PlannedPower(
            of: test, units: units, level: singleLevel, wanted: plan.power,
            targets: plan.trigger?.settings.targets ?? .threeDigits)
        return AuditReport.Test(
            id: test.id, kind: test.kind.rawValue, scheme: test.scheme, summary: summary,
            primary: test.primary.rawValue,
            isExact: approximation == nil, approximation: approximation, plannedEffect: test.plannedEffect,
            effectUnit: PlannedEffects.unit(of: test.kind), power: power.power,
            needed: power.needed.flatMap { $0 > units ? $0 : nil }, unit: PlannedEffects.counted(by: test.kind),
            results: results)
    }

    /// JSON has no infinities, and −0 would print a sign.
    static func finite(_ value: Double) -> Double {
        if value.isNaN { return 0 }
        let bounded = min(max(value, -Double.greatestFiniteMagnitude), Double.greatestFiniteMagnitude)
        return bounded == 0 ? 0 : bounded
    }

    // MARK: The family

    private func adjust(_ tests: inout [AuditReport.Test]) {
        let adjusted = Holm.adjust(log10P: tests.flatMap { $0.results.map(\.log10P) })
        var place = 0
        for test in tests.indices {
            for result in tests[test].results.indices {
                tests[test].results[result].log10PAdjusted = Self.finite(adjusted[place])
                tests[test].results[result].isFound = adjusted[place] <= log10(plan.levels.level)
                place += 1
            }
        }
    }

    /// A negative says something about a scheme only if one of its tests would probably have found the planned effect.
    private func conclusion(_ tests: [AuditReport.Test]) -> AuditReport.Conclusion {
        if tests.contains(where: { $0.results.contains(where: \.isFound) }) { return .trained }
        let schemes = Set(tests.map(\.scheme))
        let hasPower =
            !tests.isEmpty
            && schemes.allSatisfy { scheme in
                tests.contains { $0.scheme == scheme && $0.power >= plan.power }
            }
        return hasPower ? .noEvidence : .inconclusive
    }

    private static func tenants(_ tests: [AuditReport.Test]) -> [String] {
        let found = tests.flatMap(\.results).filter(\.isFound).enumerated().sorted {
            ($0.element.log10PAdjusted, $0.element.log10P, $0.offset)
                < ($1.element.log10PAdjusted, $1.element.log10P, $1.offset)
        }
        var tenants: [String] = []
        for (_, result) in found where !tenants.contains(result.tenant) { tenants.append(result.tenant) }
        return tenants
    }
}
