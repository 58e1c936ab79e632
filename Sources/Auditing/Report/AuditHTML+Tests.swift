import ReportPages

extension AuditHTML {
    /// One row per test.
    static func overview(_ report: AuditReport) -> String {
        let rows = report.tests.map { test in
            let smallest = test.ranked.first?.log10PAdjusted ?? 0
            let found = test.results.count(where: \.isFound)
            return [
                .head(test.id), found > 0 ? .mark("found: \(ReportText.count(found, "keys"))") : .text("nothing found"),
                .number(ReportText.probability(log10: smallest)), .number(ReportText.percent(test.power)),
                .text(primaryName(test.primary) + (test.isExact ? "" : ", approximate")), .text(test.scoredRange),
                .text(test.summary),
            ] as [HTMLTable.Cell]
        }
        let table = HTMLTable(
            caption: "All tests, fixed before the first question",
            columns: [
                .text("test"), .text("result"), .number("smallest adjusted p"), .number("power"), .text("p-value by"),
                .text("scored per key"), .text("what is compared"),
            ], rows: rows)
        return """
            <section aria-labelledby="tested">
            <h2 id="tested">What was tested</h2>
            <p>The suspect is \(suspect(report.suspect)). Every test was made with every key that fits it; together they are
            one family of \(ReportText.count(report.familySize, "tests")), and every adjusted p-value is corrected for all of
            them. Power is the probability with which a test would have found the effect that was planned for.</p>
            \(table.html())
            </section>
            """
    }

    private static func suspect(_ suspect: AuditReport.Suspect) -> String {
        let name = "<bdi><strong>\(ReportText.escape(suspect.name))</strong></bdi>"
        let digest = suspect.digest.map { ", SHA-256 <code>\(ReportText.escape($0))</code>" } ?? ""
        return switch suspect.kind {
        case .checkpoint: "a model whose weights are at hand, \(name)\(digest)"
        case .endpoint: "a model behind an endpoint, \(name)\(digest)"
        case .outputs: "known by its outputs, \(name)\(digest)"
        }
    }

    /// Plots and the table of keys of one test.
    static func test(_ test: AuditReport.Test, number: Int, _ report: AuditReport) -> String {
        let id = "t\(number)"
        let strongest = test.ranked.first { $0.decoys != nil }
        let plots =
            AuditPlot.adjusted(test, level: report.level, id: id + "-p")
            + (strongest.map { AuditPlot.histogram($0, id: id + "-h") } ?? "")
            + AuditPlot.evidence(test, family: report.familySize, level: report.level, id: id + "-e")
        let effect =
            "Planned effect: \(ReportText.number(test.plannedEffect)) \(test.effectUnit). Power with what was scored: "
            + "\(ReportText.percent(test.power))."
            + (test.needed.map { " It would need about \(ReportText.count($0, test.unit))." } ?? "")
        let approximation =
            test.isExact
            ? ""
            : "<p class=\"note\"><strong>Approximate p-value.</strong> \(ReportText.escape(test.approximation ?? ""))</p>"
        return """
            <section aria-labelledby="\(id)">
            <h2 id="\(id)">Test \(number): \(ReportText.escape(test.id))</h2>
            <p>\(ReportText.escape(test.summary)) \(ReportText.escape(effect))</p>
            \(approximation)
            <div class="plots">
            \(plots)</div>
            \(results(test).html(limit: max(5, test.results.count(where: \.isFound)), rest: "other keys"))
            \(notes(test))
            </section>

            """
    }

    private static func results(_ test: AuditReport.Test) -> HTMLTable {
        let ranked = test.ranked
        // Columns that no key fills are left out.
        let hasHits = ranked.contains { $0.hits != nil }
        let hasInterval = ranked.contains { $0.interval != nil }
        let hasZ = ranked.contains { $0.z != nil }
        let hasCheck = ranked.contains { $0.randomisationLog10P != nil }
        // What matters most comes first: on a narrow screen the rest is beyond the edge.
        var columns: [HTMLTable.Column] = [.text("customer"), .text("result"), .number("adjusted p"), .number("p")]
        if hasCheck { columns.append(.number("p among decoys")) }
        columns.append(.number("scored (\(test.unit))"))
        if hasHits { columns += [.number("hits"), .number("by chance")] }
        columns.append(.number("effect"))
        if hasInterval { columns.append(.number("95 % interval")) }
        if hasZ { columns.append(.number("standard deviations")) }
        columns.append(.text("epoch"))
        let rows = ranked.map { result in
            var row: [HTMLTable.Cell] = [
                .head(result.tenant), result.isFound ? .mark("found") : .text("not found"),
                .number(ReportText.probability(log10: result.log10PAdjusted)),
                .number(ReportText.probability(log10: result.log10P)),
            ]
            if hasCheck {
                let check = result.randomisationLog10P.map { ReportText.probability(log10: $0) } ?? ""
                row.append(.number(check + (result.disagrees == true ? " (disagrees)" : "")))
            }
            row.append(.number(ReportText.count(result.scored)))
            if hasHits {
                row.append(.number(result.hits.map { ReportText.count($0) } ?? ""))
                row.append(.number(result.expectedHits.map { ReportText.number($0) } ?? ""))
            }
            row.append(.number(ReportText.number(result.effect)))
            if hasInterval {
                row.append(
                    .number(result.interval.map { $0.map { ReportText.number($0) }.joined(separator: " to ") } ?? ""))
            }
            if hasZ { row.append(.number(result.z.map { ReportText.number($0) } ?? "")) }
            row.append(.text(result.epoch))
            return row
        }
        return HTMLTable(
            caption: "Keys, the smallest p-value first", columns: columns, rows: rows, isMarked: ranked.map(\.isFound))
    }

    /// Notes of the keys, equal ones once. Found keys first, as the table has them.
    private static func notes(_ test: AuditReport.Test) -> String {
        var order: [String] = []
        var tenants: [String: [String]] = [:]
        for result in test.ranked {
            for note in result.notes {
                if tenants[note] == nil { order.append(note) }
                tenants[note, default: []].append(result.tenant)
            }
        }
        let items = order.map { note in
            let names = tenants[note] ?? []
            let whose =
                names.count == test.results.count && names.count > 1 ? "All keys" : ReportText.list(names, limit: 3)
            return "\(whose): \(note)"
        }
        return items.isEmpty ? "" : "<h3>Notes</h3>" + list(items)
    }
}
