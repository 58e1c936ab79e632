import Foundation
import ReportPages

/// A defence as a plot shows it.
struct PlotSeries {
    /// A point with its interval.
    struct Point {
        var x: Double
        var y: Double
        var low: Double
        var high: Double
        /// What it is, for whoever points at it.
        var title: String
    }

    /// Its number among the defences, which decides colour and shape.
    var index: Int
    var points: [Point]
    /// Whether it is the defence that stands for none.
    var isBaseline: Bool
}

/// Student accuracy against something: a line with its band for each defence, marks with whiskers for each point.
struct TradeoffPlot {
    var id: String
    var title: String
    var description: String
    var caption: String
    /// The title of the x axis.
    var axis: String
    /// Whether the x axis has equal steps for equal factors where values differ much.
    var isFactor = false
    /// Whether both axes are shares.
    var isShare = true
    var series: [PlotSeries]

    /// The figure; empty where no series has a point.
    func html() -> String {
        let points = series.flatMap(\.points)
        guard !points.isEmpty else { return "" }
        let xs = points.map { place($0.x) }
        let x = PlotArea.range(xs)
        let width = x.upperBound - x.lowerBound
        // A single value stands in the middle.
        let margin = max(0.06 * width, isShare ? 0.02 : width > 0 ? 0 : max(0.05, 0.1 * abs(x.lowerBound)))
        var left = x.lowerBound - margin
        var right = x.upperBound + margin
        if isShare { (left, right) = (max(0, left), min(1.0, right)) }
        let top = min(1, (points.map(\.high).max() ?? 1) + 0.05)
        let area = PlotArea(x: min(left, right)...max(left, right), y: 0...max(top, 0.1))
        var body = area.yAxis(PlotArea.ticks(area.y, limit: 5), title: "student accuracy", label: Self.share)
        body += xAxis(area)
        for item in series where item.points.count > 1 { body += band(item, area) }
        for item in series { body += whiskers(item, area) }
        for item in series where item.points.count > 1 {
            let corners = sorted(item).map { (area.px(place($0.x)), area.py($0.y)) }
            body +=
                "<polyline class=\"trade s\(item.index % PlotMarker.colours)\(item.isBaseline ? " base-line" : "")\" "
            body += "points=\"\(Self.points(corners))\"/>"
        }
        for item in series {
            for point in item.points {
                let marker = PlotMarker(index: item.index)
                body += "<g><title>\(ReportText.escape(point.title))</title>"
                body += marker.svg(area.px(place(point.x)), area.py(point.y), radius: 4.2) + "</g>"
            }
        }
        return PlotArea.figure(id: id, title: title, description: description, caption: caption, body: body)
    }

    /// Equal steps for equal factors only where that shows more.
    private var isLogarithmic: Bool {
        let values = series.flatMap(\.points).map(\.x)
        guard isFactor, let low = values.min(), let high = values.max(), low > 0 else { return false }
        return high > 4 * low
    }

    private func place(_ value: Double) -> Double { isLogarithmic ? log10(max(value, 1e-12)) : value }

    private func xAxis(_ area: PlotArea) -> String {
        guard isLogarithmic else {
            return area.xAxis(PlotArea.ticks(area.x, limit: 6), title: axis) {
                isShare ? Self.share($0) : ReportText.number($0)
            }
        }
        let marks = (0...6).flatMap { power in [1.0, 2, 5].map { log10($0) + Double(power) } }
        let ticks = marks.filter { area.x.contains($0) }
        return area.xAxis(ticks, title: axis) { ReportText.whole(pow(10, $0).rounded()) }
    }

    private func sorted(_ item: PlotSeries) -> [PlotSeries.Point] {
        item.points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    }

    private func band(_ item: PlotSeries, _ area: PlotArea) -> String {
        let points = sorted(item)
        let upper = points.map { (area.px(place($0.x)), area.py($0.high)) }
        let lower = points.reversed().map { (area.px(place($0.x)), area.py($0.low)) }
        return "<polygon class=\"band s\(item.index % PlotMarker.colours)\" points=\"\(Self.points(upper + lower))\"/>"
    }

    private func whiskers(_ item: PlotSeries, _ area: PlotArea) -> String {
        item.points.map { point in
            let x = area.px(place(point.x))
            return PlotArea.line(
                "whisker s\(item.index % PlotMarker.colours)", x, area.py(point.low), x, area.py(point.high))
        }.joined()
    }

    private static func points(_ corners: [(Double, Double)]) -> String {
        corners.map { "\(PlotArea.format($0.0)),\(PlotArea.format($0.1))" }.joined(separator: " ")
    }

    /// A share on an axis.
    static func share(_ value: Double) -> String {
        let text = String(format: "%.0f\u{A0}%%", 100 * value)
        return text.hasPrefix("-0") ? String(text.dropFirst()) : text
    }
}

/// A defence's mark: a shape and a colour, so that nothing is said by colour alone.
struct PlotMarker {
    static let colours = 8
    var index: Int

    /// The shape around a place.
    func svg(_ x: Double, _ y: Double, radius r: Double) -> String {
        let name = "mark-s s\(index % Self.colours)"
        func polygon(_ corners: [(Double, Double)]) -> String {
            let points = corners.map { "\(PlotArea.format(x + $0.0)),\(PlotArea.format(y + $0.1))" }
            return "<polygon class=\"\(name)\" points=\"\(points.joined(separator: " "))\"/>"
        }
        // Five shapes and eight colours: forty defences before one looks like another.
        switch index % 5 {
        case 0: return PlotArea.dot(name, x, y, radius: r)
        case 1: return polygon([(-r, -r), (r, -r), (r, r), (-r, r)].map { ($0.0 * 0.86, $0.1 * 0.86) })
        case 2: return polygon([(0, -r), (r, 0), (0, r), (-r, 0)].map { ($0.0 * 1.2, $0.1 * 1.2) })
        case 3: return polygon([(0, -r * 1.15), (r * 1.1, r * 0.8), (-r * 1.1, r * 0.8)])
        default: return polygon([(0, r * 1.15), (r * 1.1, -r * 0.8), (-r * 1.1, -r * 0.8)])
        }
    }

    /// The mark beside a name.
    func legend() -> String {
        "<svg class=\"key\" viewBox=\"0 0 14 14\" aria-hidden=\"true\">\(svg(7, 7, radius: 5))</svg>"
    }
}
