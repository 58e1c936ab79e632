import ReportPages

/// A report as one HTML page that a reader without statistics can follow: the verdict first, then what it rests on.
///
/// The page stands alone: no script, no network (a policy in its head forbids both), styles inside, plots as inline SVG. It
/// prints, follows the reader's light or dark setting, and fits a telephone's width. Every text that comes from outside is
/// escaped. Equal reports give equal pages.
public enum AuditHTML {
    /// The page.
    public static func page(_ report: AuditReport) -> String {
        let title = "Audit report: \(AuditVerdict.headline(report))"
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="color-scheme" content="light dark">
            <title>\(ReportText.escape(title))</title>
            <style>
            \(ReportStyle.sheet)
            </style>
            </head>
            <body>
            <main>
            \(header(report))
            \(verdict(report))
            \(figures(report))
            \(attribution(report))
            \(overview(report))
            \(report.tests.enumerated().map { test($1, number: $0 + 1, report) }.joined())
            \(method(report))
            \(limits(report))
            \(keys(report))
            \(digests(report))
            \(verification(report))
            </main>
            </body>
            </html>

            """
    }

    private static func header(_ report: AuditReport) -> String {
        """
        <header>
        <p class="over">Audit of a language model</p>
        <h1>\(ReportText.escape(report.title))</h1>
        <p class="meta">\(ReportText.escape(report.date)) · \(ReportText.escape(report.program))\(round(report))</p>
        </header>
        """
    }

    private static func round(_ report: AuditReport) -> String {
        report.round > 1 ? " · round \(ReportText.count(report.round)) of a chain of audits" : ""
    }

    private static func verdict(_ report: AuditReport) -> String {
        let kind =
            switch report.conclusion {
            case .trained: "trained"
            case .noEvidence: "none"
            case .inconclusive: "open"
            }
        return """
            <section class="verdict \(kind)" aria-labelledby="verdict">
            <h2 id="verdict">\(ReportText.escape(AuditVerdict.headline(report)))</h2>
            <p class="lead">\(ReportText.escape(AuditVerdict.sentence(report)))</p>
            <div class="pair">
            <div><h3>What this shows</h3>\(list(AuditVerdict.shows(report)))</div>
            <div><h3>What it does not show</h3>\(list(AuditVerdict.doesNotShow(report)))</div>
            </div>
            </section>
            """
    }

    /// The figures that a reader looks for first.
    private static func figures(_ report: AuditReport) -> String {
        let effort = report.effort
        let smallest = ReportText.probability(log10: report.quotedAdjusted.log10P)
        var tiles = [
            ("smallest adjusted p" + (report.quotedAdjusted.isApproximate ? ", approximate" : ""), smallest),
            ("level", ReportText.number(report.level)),
            ("tests in the family", ReportText.count(report.familySize)),
            ("keys", ReportText.count(report.keys.count)),
        ]
        if effort.queryBudget > 0 || effort.queries > 0 {
            tiles.append(
                (
                    "questions asked, of \(ReportText.count(effort.queryBudget)) allowed",
                    ReportText.count(effort.queries)
                ))
        }
        if effort.answers > 0 { tiles.append(("answers", ReportText.count(effort.answers))) }
        if effort.emptyAnswers > 0 {
            tiles.append(("answers that were empty or refused", ReportText.count(effort.emptyAnswers)))
        }
        if effort.tokens > 0 { tiles.append(("tokens of answers", ReportText.count(effort.tokens))) }
        if effort.readTexts > 0 { tiles.append(("texts read by its weights", ReportText.count(effort.readTexts))) }
        if effort.resumptions > 0 {
            tiles.append(("interruptions that the run survived", ReportText.count(effort.resumptions)))
        }
        let items = tiles.map { "<div><dt>\(ReportText.escape($0.0))</dt><dd>\(ReportText.escape($0.1))</dd></div>" }
        return "<dl class=\"tiles\">\(items.joined())</dl>"
    }

    private static func attribution(_ report: AuditReport) -> String {
        guard !report.attributedTenants.isEmpty else { return "" }
        let rows = report.attributedTenants.map { tenant in
            let found = report.tests.flatMap { test in
                test.results.filter { $0.tenant == tenant && $0.isFound }.map { (test, $0) }
            }
            // An exact p-value is quoted before a smaller one that is approximate.
            let exact = found.filter { $0.0.isExact }
            let smallest = (exact.isEmpty ? found : exact).map { $0.1.log10PAdjusted }.filter { !$0.isNaN }.min() ?? 0
            var tests: [String] = []
            for (test, _) in found where !tests.contains(test.id) { tests.append(test.id) }
            var epochs: [String] = []
            for (_, result) in found where !epochs.contains(result.epoch) { epochs.append(result.epoch) }
            return [
                .head(tenant),
                .number(ReportText.probability(log10: smallest) + (exact.isEmpty ? " (approximate)" : "")),
                .text(tests.joined(separator: ", ")), .text(epochs.joined(separator: ", ")),
            ] as [HTMLTable.Cell]
        }
        let table = HTMLTable(
            caption: "Customers whose mark was found",
            columns: [.text("customer"), .number("smallest adjusted p"), .text("found by"), .text("epochs")], rows: rows
        )
        return """
            <section aria-labelledby="customers">
            <h2 id="customers">Whose mark it is</h2>
            \(table.html())
            </section>
            """
    }

    /// A bulleted list of plain sentences.
    static func list(_ items: [String]) -> String {
        guard !items.isEmpty else { return "" }
        return "<ul>" + items.map { "<li>\(ReportText.escape($0))</li>" }.joined() + "</ul>"
    }
}
