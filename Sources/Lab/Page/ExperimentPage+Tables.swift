import Foundation
import ReportPages

extension ExperimentPage {
    /// What each defence takes from students at equal cost.
    static func gaps(_ table: ExperimentTable) -> String {
        let rows = table.rows.filter { $0.attacker == ExperimentTable.noAttacker }
        let cells = rows.map { row -> [HTMLTable.Cell] in
            [
                .head(name(row)), .number(row.teacherAccuracy.map(share) ?? "–"), .number(share(row.studentAccuracy)),
                .number("\(percent(row.studentLow)) to \(percent(row.studentHigh))"),
                .number(row.gap.map(points) ?? "–"), .number(gapInterval(row)), .text(row.against ?? "–"),
                .number(row.gapTeacherAccuracy.map(share) ?? "–"),
            ]
        }
        let marked = rows.map { ($0.gapLow ?? -1) > 0 }
        let html = HTMLTable(
            caption: "Students without an attack; rows set off have a gap whose interval lies above 0",
            columns: [
                .text("defence"), .number("teacher"), .number("student"), .number("95 % interval"),
                .number("gap (points)"), .number("95 % interval"), .text("below students of"),
                .number("at teacher accuracy"),
            ], rows: cells, isMarked: marked
        ).html()
        return """
            <section aria-labelledby="gaps">
            <h2 id="gaps">What a defence takes</h2>
            <p>The gap is by how many points students of the defence are below those of the defence named beside it, at the same
            accuracy of released traces. Where that one's curve ends before, its nearest point counts, and the last column says
            where it lies.</p>
            \(html)
            </section>
            """
    }

    private static func gapInterval(_ row: ExperimentTable.Row) -> String {
        guard let low = row.gapLow, let high = row.gapHigh else { return "one seed" }
        return "\(points(low)) to \(points(high))"
    }

    private static func percent(_ value: Double) -> String { String(format: "%.1f", 100 * value) }

    // MARK: Attackers

    /// Students after each attack, a column for each attacker.
    static func attacks(_ table: ExperimentTable) -> String {
        var attackers: [String] = []
        for row in table.rows where row.attacker != ExperimentTable.noAttacker && !attackers.contains(row.attacker) {
            attackers.append(row.attacker)
        }
        guard !attackers.isEmpty else { return "" }
        let plain = table.rows.filter { row in
            row.attacker == ExperimentTable.noAttacker
                && table.rows.contains {
                    $0.defence == row.defence && $0.setting == row.setting && $0.attacker != row.attacker
                }
        }
        let cells = plain.map { row -> [HTMLTable.Cell] in
            [.head(name(row)), .number(percent(row.studentAccuracy))]
                + attackers.map { attacker -> HTMLTable.Cell in
                    let attacked = table.rows.first {
                        $0.defence == row.defence && $0.setting == row.setting && $0.attacker == attacker
                    }
                    return .number(attacked.map(attackCell) ?? "")
                }
        }
        let names: [HTMLTable.Column] = attackers.map { .number($0) }
        let html = HTMLTable(
            caption: "Student accuracy in percent, and by how many points the attack changed it",
            columns: [.text("defence"), .number("no attack")] + names, rows: cells
        ).html()
        return """
            <section aria-labelledby="attacks">
            <h2 id="attacks">What attackers recover</h2>
            <p>Each attacker works on the released traces before a student learns from them, and has as many traces left as the
            others unless the table of all figures says otherwise.</p>
            \(html)
            </section>
            """
    }

    private static func attackCell(_ row: ExperimentTable.Row) -> String {
        percent(row.studentAccuracy) + (row.recovered.map { " (\(points($0)))" } ?? "")
    }

    // MARK: Audits

    /// What audits of marked students found.
    static func audits(_ table: ExperimentTable) -> String {
        let rows = table.rows.filter { $0.auditLog10P != nil }
        guard !rows.isEmpty else { return "" }
        let cells = rows.map { row -> [HTMLTable.Cell] in
            let values = row.auditLog10P ?? []
            let found = "\(row.auditFound ?? 0) of \(values.count)"
            return [
                .head(name(row)), .text(row.attacker), (row.auditFound ?? 0) > 0 ? .mark(found) : .text(found),
                .text(values.map { ReportText.probability(log10: $0) }.joined(separator: " · ")),
                .number(String(row.auditWrong ?? 0)), .number(share(row.studentAccuracy)),
            ]
        }
        let html = HTMLTable(
            caption: "Audits of students, and the right customer's adjusted p-value for each seed",
            columns: [
                .text("defence"), .text("attacker"), .text("right customer found"), .text("adjusted p"),
                .number("audits that name another"), .number("student"),
            ], rows: cells
        ).html()
        return """
            <section aria-labelledby="audits">
            <h2 id="audits">Whose traces were learnt</h2>
            <p>The traces of these rows carry the mark of one customer; <code>denature audit</code> asked the student, and its
            report was verified.</p>
            \(html)
            </section>
            """
    }

    // MARK: All figures

    /// Every figure of the table.
    static func figures(_ table: ExperimentTable) -> String {
        func number(_ value: Double?, _ digits: Int) -> HTMLTable.Cell {
            .number(value.map { String(format: "%.\(digits)f", $0).replacing("-", with: "−") } ?? "–")
        }
        let cells = table.rows.map { row -> [HTMLTable.Cell] in
            [
                .head(name(row)), .text(row.attacker), number(row.teacherAccuracy, 3), number(row.studentAccuracy, 3),
                .number(row.studentAccuracies.map { String(format: "%.3f", $0) }.joined(separator: " ")),
                .number(row.gap.map(points) ?? "–"), .number(row.recovered.map(points) ?? "–"),
                number(row.generatedTokens, 1), number(row.meanTokens, 1), number(row.meanLogProbability, 3),
                number(row.klPerToken, 4), number(row.klPerTrace, 2), number(row.similarity, 3),
                number(row.judgeScore, 2),
                number(row.learntTraces, 0), number(row.learntAccuracy, 3),
            ]
        }
        let html = HTMLTable(
            caption: "All rows",
            columns: [
                .text("defence"), .text("attacker"), .number("teacher"), .number("student"), .number("per seed"),
                .number("gap (points)"), .number("recovered (points)"), .number("tokens written per trace"),
                .number("tokens per trace"), .number("log-prob per token"), .number("KL per token"),
                .number("KL per trace"), .number("similarity"), .number("judge"), .number("traces learnt"),
                .number("of them right"),
            ], rows: cells
        ).html()
        return """
            <section aria-labelledby="figures">
            <h2 id="figures">All figures</h2>
            \(html)
            </section>
            """
    }
}
