import Foundation
import ReportPages

/// What a report concludes, in sentences; plain text, not escaped.
package enum AuditVerdict {
    /// The conclusion in a few words.
    package static func headline(_ report: AuditReport) -> String {
        switch report.conclusion {
        case .trained: "Trained on marked outputs"
        case .noEvidence: "No evidence of marked outputs"
        case .inconclusive: "Inconclusive"
        }
    }

    /// The conclusion with level, family size and, if one was found, whose mark it is.
    package static func sentence(_ report: AuditReport) -> String {
        let suspect = suspect(report.suspect)
        let family = "\(ReportText.count(report.familySize, "tests"))"
        let level = ReportText.number(report.level)
        switch report.conclusion {
        case .trained:
            let quoted = report.quotedAdjusted
            let doubt =
                quoted.isApproximate
                ? " The p-value behind this figure is approximate; the test says why." : ""
            return
                "\(suspect) was trained on text that carries the mark of \(customers(report.attributedTenants)). Without "
                + "any contact with such text, a result this strong in any of the \(family) of this audit has a "
                + "probability of \(ReportText.odds(log10: quoted.log10P)); the audit's level is \(level)."
                + doubt
        case .noEvidence:
            return
                "\(suspect) shows no mark of any tested key in \(family) at the level \(level). Had it been trained on "
                + "marked text to the planned degree, whichever of the tested marks, it would have been found with a probability of "
                + "\(ReportText.percent(report.leastPower)) or more."
        case .inconclusive:
            return
                "\(suspect) shows no mark of any tested key in \(family) at the level \(level), but too little was "
                + "scored to rule one out: training on marked text to the planned degree would have been found with a "
                + "probability of \(ReportText.percent(report.leastPower))."
        }
    }

    /// What follows from the conclusion.
    package static func shows(_ report: AuditReport) -> [String] {
        switch report.conclusion {
        case .trained:
            [
                "The suspect was exposed to text marked with \(keys(report)), "
                    + "directly or through someone else: a reseller, a public copy, another model that learned from it.",
                "The strongest adjusted p-value\(report.quotedAdjusted.isApproximate ? "" : " of an exact test") is \(ReportText.probability(log10: report.quotedAdjusted.log10P)). It is corrected for "
                    + "all \(ReportText.count(report.familySize, "tests")) of the audit together.",
            ]
        case .noEvidence:
            [
                "No test reached the level, and the plan's effect would probably have been seen."
            ]
        case .inconclusive:
            ["No test reached the level, and nothing follows from that."] + needs(report)
        }
    }

    /// What does not follow.
    package static func doesNotShow(_ report: AuditReport) -> [String] {
        switch report.conclusion {
        case .trained:
            [
                "It does not show intent, nor by which path the text reached the suspect, nor when.",
                "It does not show how much of the training data was marked text.",
                "It holds as far as the key was secret and fixed beforehand: whoever knows a key can make text that carries its "
                    + "mark. The commitments below, if published earlier, prove that it was fixed.",
            ]
        case .noEvidence:
            [
                "It does not show that no marked text was used: less of it than planned for, or text that was rephrased first, "
                    + "can stay unseen."
            ]
        case .inconclusive:
            ["It is no evidence in the suspect's favour, and none against it."]
        }
    }

    private static func needs(_ report: AuditReport) -> [String] {
        report.tests.compactMap { test in
            guard let needed = test.needed else { return nil }
            return
                "The test “\(test.id)” would need about \(ReportText.count(needed, test.unit)) for its planned effect; it had "
                + "\(test.scoredRange)."
        }
    }

    private static func suspect(_ suspect: AuditReport.Suspect) -> String {
        switch suspect.kind {
        case .checkpoint: "The model in “\(suspect.name)”"
        case .endpoint: "The model behind the endpoint “\(suspect.name)”"
        case .outputs: "The model that wrote “\(suspect.name)”"
        }
    }

    private static func keys(_ report: AuditReport) -> String {
        report.attributedTenants.count > 1 ? "these customers' keys" : "this customer's key"
    }

    private static func customers(_ tenants: [String]) -> String {
        tenants.isEmpty ? "a tested key" : (tenants.count == 1 ? "customer " : "customers ") + ReportText.list(tenants)
    }
}

extension AuditReport {
    /// The adjusted log10 p that a verdict may quote, at most 0: the smallest of the exact tests if one of them found
    /// something, else the smallest of all, and whether it is approximate.
    var quotedAdjusted: (log10P: Double, isApproximate: Bool) {
        func smallest(_ tests: [Test]) -> Double {
            tests.flatMap(\.results).map(\.log10PAdjusted).filter { !$0.isNaN }.min().map { min(0, $0) } ?? 0
        }
        let exact = tests.filter(\.isExact)
        if exact.contains(where: { $0.results.contains(where: \.isFound) }) { return (smallest(exact), false) }
        return (smallest(tests), tests.contains { !$0.isExact && $0.results.contains(where: \.isFound) })
    }

    /// The power with which the worst looked-for mark would have been found.
    var leastPower: Double {
        // A mark is as well looked for as by its most sensitive test, all of them as well as the worst of them.
        let schemes = Dictionary(grouping: tests, by: \.scheme).values
        return schemes.map { $0.map(\.power).filter(\.isFinite).max() ?? 0 }.min() ?? 0
    }
}

extension AuditReport.Test {
    /// What was scored: `1,234 tokens` or `900 to 1,234 tokens`.
    var scoredRange: String {
        guard let least = results.map(\.scored).min(), let most = results.map(\.scored).max() else {
            return ReportText.count(0, unit)
        }
        return (least == most ? "" : ReportText.count(least) + " to ") + ReportText.count(most, unit)
    }

    /// The smallest adjusted p first, equals in the order of the plan.
    var ranked: [AuditReport.Result] {
        func rank(_ value: Double) -> Double { value.isNaN ? 0 : value }
        return results.enumerated().sorted { a, b in
            (rank(a.element.log10PAdjusted), rank(a.element.log10P), a.offset)
                < (rank(b.element.log10PAdjusted), rank(b.element.log10P), b.offset)
        }.map(\.element)
    }
}
