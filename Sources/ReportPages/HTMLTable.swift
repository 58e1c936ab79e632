/// A table that scrolls inside its box when it is too wide, with rows beyond a number folded away.
package struct HTMLTable {
    /// A cell; its text is not escaped yet.
    package enum Cell {
        /// The row's name.
        case head(String)
        /// Words.
        case text(String)
        /// A figure, aligned to the right.
        case number(String)
        /// A digest or a key's name, in a fixed-width face.
        case code(String)
        /// A finding, set off.
        case mark(String)
    }

    /// A column's head.
    package enum Column {
        /// Of words.
        case text(String)
        /// Of figures.
        case number(String)
    }

    var caption: String
    var columns: [Column]
    var rows: [[Cell]]
    /// The class of rows that stand out, by index.
    var isMarked: [Bool]

    /// A table; rows that `isMarked` names by index stand out.
    package init(caption: String, columns: [Column], rows: [[Cell]], isMarked: [Bool] = []) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
        self.isMarked = isMarked
    }

    /// The table; rows from `limit` on are in a second one that opens on demand.
    package func html(limit: Int = .max, rest: String = "other rows") -> String {
        guard !rows.isEmpty else { return "" }
        let shown = min(max(0, limit), rows.count)
        var html = shown > 0 ? table(0..<shown, caption: caption) : ""
        if shown < rows.count {
            let summary = "\(ReportText.count(rows.count - shown)) \(rest)"
            html +=
                "<details><summary>\(ReportText.escape(summary))</summary>"
                + table(shown..<rows.count, caption: caption + ", continued") + "</details>\n"
        }
        return html
    }

    private func table(_ range: Range<Int>, caption: String) -> String {
        let label = ReportText.escape(caption)
        var html =
            "<div class=\"scroll\" role=\"region\" aria-label=\"\(label)\" tabindex=\"0\">"
            + "<table><caption>\(label)</caption>\n<thead><tr>"
        for column in columns {
            switch column {
            case .text(let name): html += "<th scope=\"col\">\(ReportText.escape(name))</th>"
            case .number(let name): html += "<th scope=\"col\" class=\"n\">\(ReportText.escape(name))</th>"
            }
        }
        html += "</tr></thead>\n<tbody>\n"
        for index in range {
            html += isMarked.indices.contains(index) && isMarked[index] ? "<tr class=\"hit\">" : "<tr>"
            for cell in rows[index] { html += Self.cell(cell) }
            html += "</tr>\n"
        }
        return html + "</tbody></table></div>\n"
    }

    private static func cell(_ cell: Cell) -> String {
        switch cell {
        case .head(let text): "<th scope=\"row\"\(width(text))>\(ReportText.escape(text))</th>"
        case .text(let text): "<td\(width(text))>\(ReportText.escape(text))</td>"
        case .number(let text): "<td class=\"n\">\(ReportText.escape(text))</td>"
        case .code(let text): "<td\(width(text))><code>\(ReportText.escape(text))</code></td>"
        case .mark(let text): "<td><strong class=\"mark\">\(ReportText.escape(text))</strong></td>"
        }
    }

    /// Short texts stay on one line, sentences get room.
    private static func width(_ text: String) -> String {
        text.count <= 24 ? " class=\"s\"" : text.contains(" ") && text.count > 48 ? " class=\"w\"" : ""
    }
}
