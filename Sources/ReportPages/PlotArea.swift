import Foundation

/// The inside of a plot: data to coordinates, axes and grid. Whatever the data, every coordinate is a finite number.
package struct PlotArea {
    /// The drawing's size, in its own units.
    package static let width = 360.0
    package static let height = 236.0
    /// The inside of the axes.
    package static let left = 46.0
    package static let right = 348.0
    package static let top = 22.0
    package static let bottom = 194.0

    /// What the axes show.
    package let x: ClosedRange<Double>
    package let y: ClosedRange<Double>

    /// Ranges that are empty or not finite are widened to something that can be drawn.
    package init(x: ClosedRange<Double>, y: ClosedRange<Double>) {
        self.x = Self.drawable(x)
        self.y = Self.drawable(y)
    }

    /// The range of the finite values, with the others ignored.
    package static func range(_ values: [Double]) -> ClosedRange<Double> {
        let finite = values.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max() else { return 0...1 }
        return low...high
    }

    private static func drawable(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
        guard range.lowerBound.isFinite, range.upperBound.isFinite, (range.upperBound - range.lowerBound).isFinite
        else {
            return 0...1
        }
        let size = max(abs(range.lowerBound), abs(range.upperBound), 1)
        return range.upperBound - range.lowerBound > 1e-9 * size
            ? range : range.lowerBound - 0.5 * size...range.upperBound + 0.5 * size
    }

    /// Where a value of the x axis is drawn.
    package func px(_ value: Double) -> Double {
        place(value, x, Self.left, Self.right)
    }

    /// Where a value of the y axis is drawn.
    package func py(_ value: Double) -> Double {
        place(value, y, Self.bottom, Self.top)
    }

    /// Values beyond the range stand on its border.
    private func place(_ value: Double, _ range: ClosedRange<Double>, _ start: Double, _ end: Double) -> Double {
        let value = value.isNaN ? range.lowerBound : min(max(value, range.lowerBound), range.upperBound)
        return start + (value - range.lowerBound) / (range.upperBound - range.lowerBound) * (end - start)
    }

    /// Round numbers inside a range, at most `limit` and about as many.
    package static func ticks(_ range: ClosedRange<Double>, limit: Int = 6, whole: Bool = false) -> [Double] {
        let span = range.upperBound - range.lowerBound
        var step = pow(10, Foundation.log10(span / Double(limit)).rounded(.down))
        for factor in [1.0, 2, 5, 10, 20] where span / (step * factor) <= Double(limit) {
            step *= factor
            break
        }
        if whole { step = max(1, step.rounded()) }
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        guard first.isFinite, last >= first, last - first < 100 else { return [] }
        return stride(from: first, through: last, by: 1).map { $0 * step }
    }

    /// Grid lines and labels of the y axis, and its title above.
    package func yAxis(_ ticks: [Double], title: String, label: (Double) -> String) -> String {
        var svg = ""
        for tick in ticks {
            svg += Self.line("grid", Self.left, py(tick), Self.right, py(tick))
            svg += Self.text(label(tick), x: Self.left - 6, y: py(tick) + 3.5, anchor: "end")
        }
        return svg + Self.text(title, x: 4, y: 12, anchor: "start", class: "axis")
    }

    /// The line, ticks and labels of the x axis, and its title below.
    package func xAxis(_ ticks: [Double], title: String, label: (Double) -> String) -> String {
        var svg = Self.line("base", Self.left, Self.bottom, Self.right, Self.bottom)
        for tick in ticks {
            svg += Self.line("base", px(tick), Self.bottom, px(tick), Self.bottom + 4)
            svg += Self.text(label(tick), x: px(tick), y: Self.bottom + 16, anchor: "middle")
        }
        let middle = (Self.left + Self.right) / 2
        return svg + Self.text(title, x: middle, y: Self.height - 6, anchor: "middle", class: "axis")
    }

    /// A line of a class of the style sheet.
    package static func line(_ name: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
        "<line class=\"\(name)\" x1=\"\(format(x1))\" y1=\"\(format(y1))\" x2=\"\(format(x2))\" y2=\"\(format(y2))\"/>"
    }

    /// A dot of a class of the style sheet.
    package static func dot(_ name: String, _ x: Double, _ y: Double, radius: Double) -> String {
        "<circle class=\"\(name)\" cx=\"\(format(x))\" cy=\"\(format(y))\" r=\"\(format(radius))\"/>"
    }

    /// A text; escaped here.
    package static func text(_ text: String, x: Double, y: Double, anchor: String, class name: String = "tick")
        -> String
    {
        "<text class=\"\(name)\" x=\"\(format(x))\" y=\"\(format(y))\" text-anchor=\"\(anchor)\">"
            + ReportText.escape(text) + "</text>"
    }

    /// A coordinate.
    package static func format(_ value: Double) -> String {
        let text = String(format: "%.1f", value)
        return text == "-0.0" ? "0.0" : text
    }

    /// The figure around a plot, with a title and a description for those who cannot see it.
    package static func figure(id: String, title: String, description: String, caption: String, body: String) -> String
    {
        """
        <figure>
        <svg viewBox="0 0 \(Int(width)) \(Int(height))" role="img" aria-labelledby="\(id)-t \(id)-d">
        <title id="\(id)-t">\(ReportText.escape(title))</title>
        <desc id="\(id)-d">\(ReportText.escape(description))</desc>
        \(body)
        </svg>
        <figcaption><strong>\(ReportText.escape(title)).</strong> \(ReportText.escape(caption))</figcaption>
        </figure>

        """
    }
}
