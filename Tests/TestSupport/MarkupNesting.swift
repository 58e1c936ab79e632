/// Whether elements of a page nest: every one that is opened is closed, in order.
package enum MarkupNesting {
    /// The first end tag that closes nothing or something else, or what is left open; nil of a page that nests.
    package static func fault(in page: String) -> String? {
        var open: [Substring] = []
        for piece in page.split(separator: "<").dropFirst() {
            guard let tag = piece.split(separator: ">", omittingEmptySubsequences: false).first else { continue }
            if tag.hasPrefix("!") || tag.hasPrefix("meta") || tag.hasSuffix("/") { continue }
            if tag.hasPrefix("/") {
                if open.popLast() != tag.dropFirst() { return "<\(tag)>" }
            } else {
                open.append(tag.split(separator: " ").first ?? tag)
            }
        }
        return open.last.map { "<\($0)> is not closed" }
    }
}
