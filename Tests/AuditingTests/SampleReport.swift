import Foundation
import TestSupport

@testable import Auditing

/// Reports like real ones: several tests, many customers. Made up, but from a seed, so that they stay the same.
enum SampleReport {
    static func hex(_ seed: UInt64) -> String {
        var generator = SplitMix64(seed: seed)
        return (0..<4).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    static func tenant(_ index: Int) -> String {
        let names = ["acme", "globex-research", "initech", "umbrella-labs", "hooli", "stark-analytics", "wayne"]
        return names[index % names.count] + (index < names.count ? "" : "-\(index / names.count + 1)")
    }

    /// Sum of uniforms: near enough to a standard normal for a picture.
    static func normal(_ generator: inout SplitMix64) -> Double {
        (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
    }

    static func histogram(real: Double, using generator: inout SplitMix64) -> AuditReport.Histogram {
        var counts = [Int](repeating: 0, count: 32)
        for _ in 0..<9999 { counts[min(31, max(0, Int((normal(&generator) + 4) / 0.25)))] += 1 }
        return AuditReport.Histogram(start: -4, width: 0.25, counts: counts, real: real)
    }

    private static func weighted(
        _ id: String, kind: AuditPlan.TestKind, scheme: String, summary: String, z found: Double?, power: Double,
        needed: Int?,
        tenants: Int, family: Int, seed: UInt64
    ) -> AuditReport.Test {
        var generator = SplitMix64(seed: seed)
        let results = (0..<tenants).map { index in
            let isFound = index == 17 && found != nil
            let z = isFound ? found ?? 0 : normal(&generator)
            // The Chernoff bound of a normal score.
            let log10P = z > 0 ? -z * z / 2 * log10(M_E) : 0
            let steps = (1...10).map { step in
                let share = z * (Double(step) / 10).squareRoot() + (step == 10 ? 0 : 0.4 * normal(&generator))
                return AuditReport.EvidencePoint(
                    count: 1204 * step, log10Evidence: share > 0 ? share * share / 2 * log10(M_E) : 0)
            }
            return AuditReport.Result(
                tenant: tenant(index), epoch: "2026-q1", keyID: String(hex(UInt64(index)).prefix(16)), scored: 12_040,
                log10P: log10P, log10PAdjusted: min(0, log10P + log10(Double(family))), isFound: isFound,
                effect: z / 110, z: z, randomisationLog10P: isFound ? -4 : log10P * 0.9, disagrees: false,
                decoys: isFound || index == 3 ? histogram(real: z, using: &generator) : nil, evidence: steps)
        }
        return AuditReport.Test(
            id: id, kind: kind, scheme: scheme, summary: summary, primary: .chernoff, isExact: true,
            plannedEffect: 0.05, effectUnit: "excess per context", power: power, needed: needed, unit: "contexts",
            results: results)
    }

    private static func trigger(isFound: Bool, power: Double, tenants: Int, family: Int) -> AuditReport.Test {
        let results = (0..<tenants).map { index in
            let isHit = isFound && index == 17
            let pairs = isHit ? 3 : 6
            var wealth = 0.0
            let evidence = (1...pairs).map { pair in
                wealth += isHit && pair != 2 ? log10(810.1) : -1
                return AuditReport.EvidencePoint(count: pair, log10Evidence: wealth)
            }
            let log10P = min(0, -(evidence.map(\.log10Evidence).max() ?? 0))
            return AuditReport.Result(
                tenant: tenant(index), epoch: "2026-q1", keyID: String(hex(900 + UInt64(index)).prefix(16)),
                scored: pairs,
                log10P: log10P, log10PAdjusted: min(0, log10P + log10(Double(family))), isFound: isHit,
                effect: isHit ? 2 / 3.0 : 0, hits: isHit ? 2 : 0, expectedHits: Double(pairs) / 900, evidence: evidence,
                notes: isHit
                    ? [
                        "8 identifiers that no tested key uses were asked about too: 31 of 40 replies gave a value, 17 of "
                            + "them (54.8 %) one that this key pairs with something else, where chance gives 0.9 %. This "
                            + "is generalisation, and no part of the p-value."
                    ] : ["Pairs that could no longer decide anything were not asked."])
        }
        return AuditReport.Test(
            id: "triggers", kind: .trigger, scheme: "trigger",
            summary: "Values of identifiers, asked inside ordinary problems, against each key's values.",
            primary: .eValue, isExact: true, plannedEffect: 0.8, effectUnit: "share of pairs", power: power,
            unit: "pairs",
            results: results)
    }

    static func make(_ conclusion: AuditReport.Conclusion, tenants: Int = 50) -> AuditReport {
        let isFound = conclusion == .trained
        let power = conclusion == .inconclusive ? 0.22 : 0.97
        let needed = conclusion == .inconclusive ? 64_000 : nil
        let family = 3 * tenants
        var approximate = weighted(
            "reading-green", kind: .reading, scheme: "green",
            summary: "The weights' next-token probabilities on released texts, against each key's preferred tokens.",
            z: isFound ? 9.4 : nil, power: power, needed: needed, tenants: tenants, family: family, seed: 2)
        approximate.isExact = false
        approximate.approximation = "The texts read are marked ones, so that what is read depends on the key."
        let tests = [
            weighted(
                "reference-green", kind: .outputsReference, scheme: "green",
                summary:
                    "The suspect's answers, less what an unmarked reference would write, against each key's preferred tokens.",
                z: isFound ? 7.3 : nil, power: power, needed: needed, tenants: tenants, family: family, seed: 1),
            approximate,
            trigger(isFound: isFound, power: conclusion == .inconclusive ? 0.1 : 0.9, tenants: tenants, family: family),
        ]
        return AuditReport(
            title: "Student of March 2026", date: "2026-03-14T09:26:53Z", program: "denature 0.3.0",
            suspect: .init(kind: .checkpoint, name: "models/suspect-7b", digest: hex(77)), conclusion: conclusion,
            attributedTenants: isFound ? [tenant(17)] : [], alpha: 0.01, round: 1, level: 0.005, familySize: family,
            tests: tests,
            effort: .init(
                queries: 1_510, queryBudget: 2_000, answers: 1_510, emptyAnswers: 4, tokens: 61_234, readTexts: 600,
                resumptions: 1),
            digests: [
                .init(name: .plan, sha256: hex(101)), .init(name: .evidence, sha256: hex(102)),
                .init(name: .prompts, sha256: hex(103)), .init(name: .tokenizer, sha256: hex(104)),
                .init(name: .reference, sha256: hex(105)),
            ],
            keys: (0..<tenants).map { index in
                .init(
                    purpose: .token, tenant: tenant(index), epoch: "2026-q1",
                    keyID: String(hex(UInt64(index)).prefix(16)),
                    commitment: hex(UInt64(index)), opened: isFound && index == 17 ? "2026-03-20" : nil)
            },
            remarks: [
                "The run was interrupted once and went on; nothing was asked twice.",
                "4 answers were empty and count as answers without evidence.",
            ])
    }
}
