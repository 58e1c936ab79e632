import Foundation
import ReportPages

/// A table as one HTML page: curves first, then what attackers gain, audits, and every figure.
///
/// The page stands alone: no script, no network (a policy in its head forbids both), styles inside, plots as inline SVG.
/// Equal tables give equal pages.
public enum ExperimentPage {
    /// The page.
    public static func page(_ table: ExperimentTable, note: String = "") -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="color-scheme" content="light dark">
        <title>\(ReportText.escape(table.title))</title>
        <style>
        \(ReportStyle.sheet)
        \(style)
        </style>
        </head>
        <body>
        <main>
        \(header(table, note))
        \(curves(table))
        \(gaps(table))
        \(attacks(table))
        \(audits(table))
        \(figures(table))
        \(method(table))
        </main>
        </body>
        </html>

        """
    }

    private static func header(_ table: ExperimentTable, _ note: String) -> String {
        let seeds = table.seeds.map(String.init).joined(separator: ", ")
        let tiles = [
            ("rows", ReportText.count(table.rows.count)),
            ("students", ReportText.count(table.rows.reduce(0) { $0 + $1.studentAccuracies.count })),
            ("problems that each was judged on", ReportText.count(table.evaluationProblems)),
            (table.seeds.count == 1 ? "seed" : "seeds", seeds),
        ].map { "<div><dt>\(ReportText.escape($0.0))</dt><dd>\(ReportText.escape($0.1))</dd></div>" }
        return """
            <header>
            <p class="over">What defences of traces cost, and what they take from a student</p>
            <h1>\(ReportText.escape(table.title))</h1>
            \(note.isEmpty ? "" : "<p class=\"lead\">\(ReportText.escape(note))</p>")
            <p class="meta">denature \(ReportText.escape(table.version))</p>
            <dl class="tiles">\(tiles.joined())</dl>
            </header>
            """
    }

    // MARK: Curves

    private static func curves(_ table: ExperimentTable) -> String {
        let names = defences(table)
        let plain = table.rows.filter { $0.attacker == ExperimentTable.noAttacker }
        var plots = [
            TradeoffPlot(
                id: "teacher", title: "Teacher against student",
                description: "Student accuracy against the accuracy of released traces, for each defence.",
                caption: "Lower is better for the defender at the same place from left to right.",
                axis: "released traces with the right answer",
                series: series(names, plain, table) { $0.teacherAccuracy }),
            TradeoffPlot(
                id: "tokens", title: "Cost in tokens",
                description: "Student accuracy against the tokens that the teacher writes for a released trace.",
                caption: "Tokens that the teacher writes for each released trace, discarded drafts included.",
                axis: "tokens written per released trace", isFactor: true, isShare: false,
                series: series(names, plain, table) { $0.generatedTokens }),
            TradeoffPlot(
                id: "reader", title: "Cost to the reader",
                description: "Student accuracy against the teacher's log-probability per token of what is released.",
                caption: "Further left reads less like the teacher. Nats per token, before temperature.",
                axis: "log-probability per token of released traces", isShare: false,
                series: series(names, plain, table) { $0.meanLogProbability }),
        ]
        let worst = strongest(table)
        if worst.contains(where: { $0.attacker != ExperimentTable.noAttacker }) {
            plots.insert(
                TradeoffPlot(
                    id: "attacked", title: "Against the strongest attacker",
                    description: "The highest student accuracy of any attacker tried, against the teacher's.",
                    caption: "For each point the attacker tried whose students are best, chosen after the fact.",
                    axis: "released traces with the right answer",
                    series: series(names, worst, table) { $0.teacherAccuracy }),
                at: 1)
        }
        return """
            <section aria-labelledby="curves">
            <h2 id="curves">Trade-offs</h2>
            <p>Each mark is the mean over seeds of students that learnt from the traces of one setting; whiskers and bands are 95 %
            intervals. Lines join the settings of a sweep.</p>
            \(legend(names))
            <div class="plots">
            \(plots.map { $0.html() }.joined())</div>
            </section>
            """
    }

    /// The defences in the order of the file.
    static func defences(_ table: ExperimentTable) -> [String] {
        var names: [String] = []
        for row in table.rows where !names.contains(row.defence) { names.append(row.defence) }
        return names
    }

    private static func legend(_ names: [String]) -> String {
        let items = names.enumerated().map {
            "<li>\(PlotMarker(index: $0.offset).legend()) \(ReportText.escape($0.element))</li>"
        }
        return "<ul class=\"legend\">\(items.joined())</ul>"
    }

    private static func series(
        _ names: [String], _ rows: [ExperimentTable.Row], _ table: ExperimentTable,
        x: (ExperimentTable.Row) -> Double?
    ) -> [PlotSeries] {
        names.enumerated().map { index, name in
            let points = rows.filter { $0.defence == name }.compactMap { row in
                x(row).map {
                    PlotSeries.Point(
                        x: $0, y: row.studentAccuracy, low: row.studentLow, high: row.studentHigh,
                        title: title(row) + ": student \(share(row.studentAccuracy))")
                }
            }
            return PlotSeries(index: index, points: points, isBaseline: name == table.baseline)
        }
    }

    /// Of every defence and setting the row whose students are best; those without an attacked row count as they are.
    private static func strongest(_ table: ExperimentTable) -> [ExperimentTable.Row] {
        var best: [ExperimentTable.Row] = []
        for row in table.rows {
            if let place = best.firstIndex(where: { $0.defence == row.defence && $0.setting == row.setting }) {
                if row.studentAccuracy > best[place].studentAccuracy { best[place] = row }
            } else {
                best.append(row)
            }
        }
        return best
    }

    // MARK: Text

    /// "penalty strength 0.3, answer-filter".
    static func title(_ row: ExperimentTable.Row) -> String {
        name(row) + (row.attacker == ExperimentTable.noAttacker ? "" : ", " + row.attacker)
    }

    /// "penalty strength 0.3".
    static func name(_ row: ExperimentTable.Row) -> String {
        row.name
    }

    /// A share in percent with one decimal.
    static func share(_ value: Double) -> String { String(format: "%.1f\u{A0}%%", 100 * value) }

    /// A difference of shares in points, with its sign.
    static func points(_ value: Double) -> String {
        let text = String(format: "%.1f", 100 * abs(value))
        return text == "0.0" ? "0.0" : (value < 0 ? "−" : "+") + text
    }
}
