import Foundation
import KeyedPRF
import Marks
import Statistics

extension AuditAnalysis {
    /// Decoy keys of a check that decides nothing.
    private var checkDecoys: Int { min(plan.decoyKeys, 500) }

    /// `outputs`: the exact tail of what de-duplicated tokens score.
    func outputs(_ test: AuditPlan.Test) throws -> AuditReport.Test {
        let configuration = try test.configuration(in: registry)
        let keys = keys(of: test)
        let testKeys = keys.map { TokenTestKey.subkey($0.1) }
        let detector = try TokenDetector(tests: [(configuration, testKeys)])
        let corpus = TokenCorpus(configuration)
        let answers = material.answers.filter { !$0.isEmpty }
        let prefixes = Self.prefixes(of: answers.count)
        var results = keys.map { row($0.0) }
        for (index, answer) in answers.enumerated() {
            detector.add(answer.document)
            corpus.add(answer.document)
            guard prefixes.contains(index + 1) else { continue }
            for (place, result) in detector.results().enumerated() {
                results[place].evidence =
                    (results[place].evidence ?? []) + [
                        .init(count: index + 1, log10Evidence: Self.finite(-result.log10P))
                    ]
            }
        }
        let decoys = try decoyScores(corpus, configuration, seed: decoySeed(test))
        let root = Double(max(1, answers.count)).squareRoot()
        for (place, found) in detector.results().enumerated() where found.scored > 0 {
            let scale = TokenScale(found, configuration)
            results[place].scored = answers.count
            results[place].log10P = found.log10P
            results[place].z = Self.finite(scale.z(found.effect))
            results[place].effect = Self.finite(scale.z(found.effect) / root)
            results[place].interval = found.interval?.map { Self.finite(scale.z($0 - scale.chance) / root) }
            results[place].hits = found.hits
            results[place].expectedHits = found.expectedHits
            results[place].notes = [scale.sentence(found, configuration)]
            compare(&results[place], real: scale.z(found.effect), decoys: decoys)
        }
        return summarised(
            test, units: results.first?.scored ?? 0,
            summary: "Tokens of the suspect's answers against the key: each distinct (context, token) counts once.",
            results: results)
    }

    private func decoyScores(
        _ corpus: TokenCorpus, _ configuration: TokenTestConfiguration, seed: UInt64
    ) throws -> [Double] {
        guard corpus.count > 0 else { return [] }
        var generator = SeededGenerator(seed: seed)
        var keys: [TokenTestKey] = []
        for _ in 0..<checkDecoys { keys.append(corpus.randomKey(using: &generator)) }
        let scale = TokenScale(scored: corpus.count, configuration)
        return try corpus.totals(keys: keys, threads: threads).map {
            scale.z(corpus.null.summary($0, confidence: 0.95).effect)
        }
    }

    /// The check by decoys: an exact p in the bulk must agree with the rank.
    private func compare(_ result: inout AuditReport.Result, real: Double, decoys: [Double]) {
        guard !decoys.isEmpty else { return }
        result.randomisationLog10P = KeyRandomisation.log10P(real: real, decoys: decoys)
        result.decoys = KeyRandomisation.histogram(real: real, decoys: decoys, bins: 40)
        result.disagrees = KeyRandomisation.contradicts(
            log10P: result.log10P, isBound: false, real: real, decoys: decoys)
    }
}

/// From rates to standardised scores.
private struct TokenScale {
    /// The rate, or mean score, without a mark.
    let chance: Double
    /// Standard deviations per unit of rate.
    private let factor: Double

    init(_ result: TokenDetectionResult, _ configuration: TokenTestConfiguration) {
        self.init(scored: result.scored, configuration)
    }

    init(scored: Int, _ configuration: TokenTestConfiguration) {
        let law = configuration.mark.law
        switch law {
        case .count(let trials, let probability):
            chance = probability
            factor = (Double(scored * trials) / (probability * (1 - probability))).squareRoot()
        case .exponential:
            chance = law.mean
            factor = (Double(scored) / law.variance).squareRoot()
        }
    }

    /// Standard deviations of a rate above chance.
    func z(_ excess: Double) -> Double { excess * factor }

    func sentence(_ result: TokenDetectionResult, _ configuration: TokenTestConfiguration) -> String {
        func number(_ value: Double) -> String { String(format: "%.4f", value) }
        var text = "\(result.scored) distinct positions after contexts of \(configuration.width) tokens: "
        text += (result.hits == nil ? "mean score " : "rate ") + number(chance + result.effect)
        if let interval = result.interval, interval.count == 2 {
            text += " (95 % interval \(number(interval[0])) to \(number(interval[1])))"
        }
        return text + ", by chance \(number(chance))."
    }
}
