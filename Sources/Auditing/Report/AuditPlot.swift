import Foundation
import ReportPages

/// The three plots of a test. Each is empty text where there is nothing to draw.
enum AuditPlot {
    /// Adjusted p of every key in the order of the plan, the smallest on top, with the level drawn.
    static func adjusted(_ test: AuditReport.Test, level: Double, id: String) -> String {
        let values = test.results.map { -min(0, $0.log10PAdjusted.isNaN ? 0 : $0.log10PAdjusted) }
        guard !values.isEmpty else { return "" }
        let threshold = -log10(level)
        let drawn = values.filter(\.isFinite) + (threshold.isFinite ? [threshold] : [])
        let area = PlotArea(
            x: 0.5...Double(values.count) + 0.5, y: 0...max(2.5, (drawn.max() ?? 0) * 1.15))
        let ticks = PlotArea.ticks(area.y, limit: 5, whole: true)
        var body = area.yAxis(ticks, title: "adjusted p-value") { ReportText.power(-$0) }
        body += area.xAxis(
            values.count == 1
                ? [1] : PlotArea.ticks(1...Double(values.count), limit: 8, whole: true).filter { $0 >= 1 },
            title: values.count == 1 ? "the tested key" : "tested keys, in the order of the plan"
        ) { ReportText.whole($0) }
        body += self.threshold(threshold, "level \(ReportText.number(level))", in: area)
        let radius = values.count > 120 ? 1.6 : values.count > 24 ? 2.4 : 3.4
        var labels: [(place: Double, text: String)] = []
        for (index, result) in test.results.enumerated() {
            let (x, y) = (area.px(Double(index + 1)), area.py(values[index]))
            if result.isFound {
                let r = radius + 2.6
                let corners = [(x, y - r), (x + r, y), (x, y + r), (x - r, y)]
                body += "<polygon class=\"found\" points=\"\(points(corners))\"/>"
            } else {
                body += PlotArea.dot("dot", x, y, radius: radius)
            }
        }
        for result in test.ranked.filter(\.isFound).prefix(3) {
            guard let index = test.results.firstIndex(of: result) else { continue }
            let (x, y) = (area.px(Double(index + 1)), area.py(values[index]))
            // Labels of findings that lie at the same height move apart, the smaller p above.
            var place = max(PlotArea.top + 8, y + 3.5)
            while let other = labels.first(where: { abs($0.place - place) < 12 }) { place = other.place + 12.5 }
            labels.append((place, result.tenant))
            let isRight = x > (PlotArea.left + PlotArea.right) / 2
            body += PlotArea.text(
                ReportText.short(result.tenant), x: isRight ? x - 10 : x + 10, y: place,
                anchor: isRight ? "end" : "start",
                class: "label")
        }
        let found = test.results.filter(\.isFound).count
        let smallest = test.ranked.first.map { ReportText.probability(log10: $0.log10PAdjusted) } ?? "1"
        return PlotArea.figure(
            id: id, title: "Every key's adjusted p-value",
            description:
                "\(ReportText.count(values.count, "keys")); \(found) at or below the level; the smallest adjusted p-value is "
                + "\(smallest).",
            caption: "Higher is stronger, on a logarithmic scale. Keys on or above the dashed line are found.",
            body: body)
    }

    /// Decoy keys' scores as bars, the real key's as a line.
    static func histogram(_ result: AuditReport.Result, id: String) -> String {
        guard let histogram = result.decoys, histogram.start.isFinite, histogram.width.isFinite, histogram.width >= 0,
            !histogram.counts.isEmpty, histogram.counts.contains(where: { $0 > 0 })
        else { return "" }
        let width = histogram.width > 0 ? histogram.width : 1
        let start = histogram.width > 0 ? histogram.start : histogram.start - 0.5
        let end = start + width * Double(histogram.counts.count)
        guard (5 * (end - start)).isFinite, end.isFinite else { return "" }
        // A real key far away would press the bars into a line: then it is shown at the border.
        let span = end - start
        let (low, high) = (start - 2 * span, end + 2 * span)
        let real = histogram.real.isNaN ? start : min(max(histogram.real, low), high)
        let most = Double(histogram.counts.max() ?? 1)
        let area = PlotArea(x: min(start, real - 0.04 * span)...max(end, real + 0.04 * span), y: 0...most * 1.12)
        var body = area.yAxis(PlotArea.ticks(area.y, limit: 4, whole: true), title: "decoy keys") {
            ReportText.whole($0)
        }
        for (index, count) in histogram.counts.enumerated() where count > 0 {
            let x = area.px(start + width * Double(index))
            let y = area.py(Double(count))
            let next = area.px(start + width * Double(index + 1))
            body +=
                "<rect class=\"bar\" x=\"\(PlotArea.format(x + 0.3))\" y=\"\(PlotArea.format(y))\" "
                + "width=\"\(PlotArea.format(max(0.6, next - x - 0.6)))\" height=\"\(PlotArea.format(PlotArea.bottom - y))\"/>"
        }
        body += area.xAxis(PlotArea.ticks(area.x, limit: 5), title: "score") { ReportText.number($0) }
        if !histogram.real.isNaN {
            let x = area.px(real)
            let name = result.isFound ? "real" : "real plain"
            body += PlotArea.line(name, x, PlotArea.top + 6, x, PlotArea.bottom)
            let isRight = x > (PlotArea.left + PlotArea.right) / 2
            let isOutside = real != histogram.real
            let label = isOutside ? "real key, at \(ReportText.number(histogram.real))" : "real key"
            body += PlotArea.text(
                label, x: isRight ? x - 5 : x + 5, y: PlotArea.top + 14, anchor: isRight ? "end" : "start",
                class: "label")
        }
        let decoys = histogram.counts.reduce(0) { $0.addingReportingOverflow($1).partialValue }
        return PlotArea.figure(
            id: id, title: "The real key among decoys",
            description:
                "Scores of \(ReportText.count(decoys, "decoy keys")) between \(ReportText.number(start)) and "
                + "\(ReportText.number(end)); the real key of \(result.tenant) scores \(ReportText.number(histogram.real)).",
            caption: "Key of \(ReportText.short(result.tenant, 40)). Bars: what keys score that marked nothing.",
            body: body)
    }

    /// Evidence after growing shares, the strongest key on top of the others.
    static func evidence(_ test: AuditReport.Test, family: Int, level: Double, id: String) -> String {
        let ranked = test.ranked.filter { $0.evidence?.contains { !$0.log10Evidence.isNaN } == true }
        guard let best = ranked.first else { return "" }
        let curves = ranked.prefix(100).map { ($0.evidence ?? []).filter { !$0.log10Evidence.isNaN } }
        let needed = log10(Double(max(1, family)) / level)
        let heights = curves.joined().map(\.log10Evidence) + [0, needed]
        let range = PlotArea.range(heights)
        let area = PlotArea(
            x: 0...Double(max(1, curves.joined().map(\.count).max() ?? 1)),
            y: range.lowerBound...range.upperBound + 0.08 * (range.upperBound - range.lowerBound))
        var body = area.yAxis(PlotArea.ticks(area.y, limit: 5, whole: true), title: "evidence (1/p)") {
            ReportText.power($0)
        }
        body += area.xAxis(
            PlotArea.ticks(area.x, limit: 6, whole: true), title: test.unit
        ) { ReportText.whole($0) }
        body += threshold(needed, "needed", in: area)
        for (index, curve) in curves.enumerated().reversed() {
            let name = index > 0 ? "other" : best.isFound ? "curve" : "curve plain"
            let corners =
                [(area.px(0), area.py(0))] + curve.map { (area.px(Double($0.count)), area.py($0.log10Evidence)) }
            body += "<polyline class=\"\(name)\" points=\"\(points(corners))\"/>"
            if index == 0, let end = corners.last {
                body += PlotArea.dot(best.isFound ? "found" : "dot", end.0, end.1, radius: 3)
            }
        }
        let last = curves[0].last.map { ReportText.number($0.log10Evidence) } ?? "0"
        return PlotArea.figure(
            id: id, title: "How the evidence grew",
            description:
                "For the key of \(best.tenant), log10 of the evidence ends at \(last); \(ReportText.number(needed)) is needed. "
                + "\(ReportText.count(max(0, curves.count - 1), "other keys")) are drawn thin.",
            caption: "Thick: key of \(ReportText.short(best.tenant, 40)). Thin: other keys.", body: body)
    }

    private static func threshold(_ value: Double, _ label: String, in area: PlotArea) -> String {
        guard value.isFinite else { return "" }
        let y = area.py(value)
        return PlotArea.line("level", PlotArea.left, y, PlotArea.right, y)
            + PlotArea.text(label, x: PlotArea.right, y: y - 4, anchor: "end", class: "level")
    }

    private static func points(_ corners: [(Double, Double)]) -> String {
        corners.map { "\(PlotArea.format($0.0)),\(PlotArea.format($0.1))" }.joined(separator: " ")
    }
}
