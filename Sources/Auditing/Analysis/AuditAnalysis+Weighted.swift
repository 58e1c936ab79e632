import Foundation
import KeyedPRF
import Marks
import Statistics

/// Tests of distinct (context, token) pairs with weights that no key decides.
extension AuditAnalysis {
    /// One text with what is known of it.
    private struct Weighed {
        var document: TokenDocument
        var observed: [TopTokens]?
        var reference: [TopTokens]?
    }

    /// `outputs-reference`, `reading`, `reading-reference`.
    func weighted(_ test: AuditPlan.Test) throws -> AuditReport.Test {
        let configuration = try test.configuration(in: registry)
        let texts = try weighed(test)
        let keys = keys(of: test)
        let testKeys = keys.map { TokenTestKey.subkey($0.1) }
        var results = keys.map { row($0.0) }
        let weights = TupleWeights(configuration, rule: Self.rule(of: test.kind))
        let prefixes = Self.prefixes(of: texts.count)
        var final: WeightedKeyTest?
        for (index, text) in texts.enumerated() {
            weights.add(text.document, observed: text.observed, reference: text.reference)
            guard prefixes.contains(index + 1) else { continue }
            let keyTest = WeightedKeyTest(weights.tuples(), configuration: configuration)
            if index + 1 == texts.count { final = keyTest }
            for (place, key) in testKeys.enumerated() {
                let bound = keyTest.log10Chernoff(try keyTest.score(key: key))
                results[place].evidence =
                    (results[place].evidence ?? []) + [
                        .init(count: index + 1, log10Evidence: Self.finite(-bound))
                    ]
            }
        }
        let units = weights.positions > 0 ? texts.count : 0
        if let final, units > 0 {
            let decoys = final.decoyScores(count: plan.decoyKeys, seed: decoySeed(test), threads: threads)
            for (place, key) in testKeys.enumerated() {
                results[place].scored = units
                fill(&results[place], test, final, try final.score(key: key), decoys)
            }
        }
        return summarised(
            test, units: units, summary: Self.summary(of: test.kind), results: results,
            approximation: approximation(test))
    }

    private func fill(
        _ result: inout AuditReport.Result, _ test: AuditPlan.Test, _ keyTest: WeightedKeyTest, _ score: WeightedScore,
        _ decoys: [Double]
    ) {
        let rank = KeyRandomisation.log10P(real: score.z, decoys: decoys)
        let bound = keyTest.log10Chernoff(score)
        result.effect = Self.finite(score.z / Double(max(1, result.scored)).squareRoot())
        result.z = Self.finite(score.z)
        result.decoys = KeyRandomisation.histogram(real: score.z, decoys: decoys, bins: 40)
        let width = keyTest.configuration.width
        result.notes = [
            "\(score.positions) positions after contexts of \(width) tokens, \(score.tuples) distinct (context, token)."
        ]
        if test.primary == .chernoff {
            result.log10P = Self.finite(min(0, bound))
            result.randomisationLog10P = Self.finite(rank)
        } else {
            result.log10P = Self.finite(rank)
            result.notes.append("Chernoff's bound gives log10 p at most \(String(format: "%.2f", min(0, bound))).")
        }
        result.disagrees = KeyRandomisation.contradicts(
            log10P: min(0, bound), isBound: true, real: score.z, decoys: decoys)
    }

    private static func rule(of kind: AuditPlan.TestKind) -> TupleWeights.Rule {
        switch kind {
        case .reading: .mass
        case .readingReference: .massMinusReference
        default: .observedMinusReference
        }
    }

    private static func summary(of kind: AuditPlan.TestKind) -> String {
        switch kind {
        case .reading: "What the suspect's weights expect after given texts, against the key."
        case .readingReference:
            "What the suspect's weights expect after given texts, less what the reference expects, against the key."
        default: "Tokens of the suspect's answers, less what the reference would have written, against the key."
        }
    }

    private func approximation(_ test: AuditPlan.Test) -> String? {
        guard test.kind.needsDocuments, plan.documents?.marked == true else { return nil }
        return "The texts that were read may carry the tested marks: their contexts then depend on the key."
    }

    /// Answers or texts, in order.
    private func weighed(_ test: AuditPlan.Test) throws(AuditError) -> [Weighed] {
        var texts: [Weighed] = []
        if test.kind == .outputsReference {
            for answer in material.answers where !answer.document.tokens.isEmpty {
                texts.append(
                    Weighed(
                        document: answer.document,
                        reference: try material.rows(
                            .reference, .answer, answer.number, tokens: answer.document.tokens.count)))
            }
            return texts
        }
        for text in material.texts where !text.document.tokens.isEmpty {
            let count = text.document.tokens.count
            texts.append(
                Weighed(
                    document: text.document,
                    observed: try material.rows(.suspect, .document, text.number, tokens: count),
                    reference: test.kind.needsReference
                        ? try material.rows(.reference, .document, text.number, tokens: count) : nil))
        }
        return texts
    }
}
