import Foundation
import Statistics

/// From counts to results.
package enum DetectionAnalysis {
    /// Tests every key of every scheme; the family is all of them.
    package static func results(
        of counts: ObservationCounts, plan: DetectionPlan, settings: DetectionSettings = DetectionSettings()
    ) -> [DetectionResult] {
        let classes = counts.classes
        var results: [DetectionResult] = []
        for (index, entry) in plan.entries.enumerated() {
            let own = classes.filter { $0.scheme == index }
            let null = PoissonBinomial(
                groups: own.map { .init(probability: 1 / Double($0.alternatives), count: $0.count) })
            for (keyIndex, key) in entry.keys.enumerated() {
                let hits = own.reduce(0) { $0 + $1.hits[keyIndex] }
                var result = test(hits: hits, null: null, settings: settings)
                result.scheme = entry.scheme.name
                result.tenant = key.identity.tenant
                result.epoch = key.identity.epoch
                result.keyID = key.keyID
                results.append(result)
            }
        }
        judge(&results, plan: plan, settings: settings)
        return results
    }

    /// The part of a result that needs no name and no family.
    private static func test(hits: Int, null: PoissonBinomial, settings: DetectionSettings) -> DetectionResult {
        let scored = null.trials
        let mean = null.mean
        let deviation = null.variance.squareRoot()
        let interval = ClopperPearson.interval(
            successes: hits, trials: scored, confidence: settings.confidence)
        return DetectionResult(
            scheme: "", tenant: "", epoch: "", keyID: "",
            log10P: finite(LogSpace.log10(fromNatural: null.logUpperTail(atLeast: hits))), log10PAdjusted: 0,
            scored: scored, hits: hits, expectedHits: finite(mean),
            score: deviation > 0 ? finite((Double(hits) - mean) / deviation) : 0,
            effect: scored > 0 ? finite((Double(hits) - mean) / Double(scored)) : 0,
            interval: [interval.lowerBound, interval.upperBound], verdict: .noEvidence, familySize: 1,
            neededObservations: nil)
    }

    /// Adjusts for the family and adds the verdicts.
    private static func judge(
        _ results: inout [DetectionResult], plan: DetectionPlan, settings: DetectionSettings
    ) {
        let family = results.count
        let adjusted = Holm.adjust(log10P: results.map(\.log10P))
        // All keys of a scheme share n and the null, hence the plan.
        var plans: [String: Int?] = [:]
        for index in results.indices {
            results[index].log10PAdjusted = finite(adjusted[index])
            results[index].familySize = family
            if adjusted[index] <= log10(settings.alpha) {
                results[index].verdict = .marked
                continue
            }
            let scheme = results[index].scheme
            let needed: Int?
            if let known = plans[scheme] {
                needed = known
            } else {
                needed = self.needed(for: results[index], plan: plan, settings: settings)
                plans.updateValue(needed, forKey: scheme)
            }
            if let needed, results[index].scored >= needed {
                results[index].verdict = .noEvidence
            } else {
                results[index].verdict = .inconclusive
                results[index].neededObservations = needed
            }
        }
    }

    /// The observations that the planned effect needs in this family.
    private static func needed(
        for result: DetectionResult, plan: DetectionPlan, settings: DetectionSettings
    ) -> Int? {
        let scheme = plan.entries.first { $0.scheme.name == result.scheme }?.scheme
        let chance =
            result.scored > 0 ? result.expectedHits / Double(result.scored) : scheme?.chance ?? 0.5
        let standard = scheme.map { type(of: $0).plannedEffect }
        return DetectionPower.observationsNeeded(
            chance: chance, effect: settings.plannedEffects[result.scheme] ?? standard ?? 0.1,
            alpha: settings.alpha / Double(max(result.familySize, 1)), power: settings.power)
    }

    /// JSON has no infinities, and −0 would print a sign.
    private static func finite(_ value: Double) -> Double {
        if value.isNaN { return 0 }
        let bounded = min(max(value, -Double.greatestFiniteMagnitude), Double.greatestFiniteMagnitude)
        return bounded == 0 ? 0 : bounded
    }
}
