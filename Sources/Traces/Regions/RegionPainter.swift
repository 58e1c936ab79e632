/// Lays kinds over a text, later ones over earlier ones.
struct RegionPainter {
    private let count: Int
    private var spans: [TraceRegions.Span] = []

    init(count: Int) {
        self.count = count
    }

    mutating func paint(_ kind: TraceRegions.Kind, _ range: Range<Int>) {
        let range = range.clamped(to: 0..<count)
        guard !range.isEmpty else { return }
        // The usual case: after everything so far.
        guard let last = spans.last, range.lowerBound < last.range.upperBound else {
            append(kind, range)
            return
        }
        let old = spans
        spans = []
        for span in old where span.range.lowerBound < range.lowerBound {
            append(span.kind, span.range.lowerBound..<min(span.range.upperBound, range.lowerBound))
        }
        append(kind, range)
        for span in old where span.range.upperBound > range.upperBound {
            append(span.kind, max(span.range.lowerBound, range.upperBound)..<span.range.upperBound)
        }
    }

    private mutating func append(_ kind: TraceRegions.Kind, _ range: Range<Int>) {
        if let last = spans.last, last.kind == kind, last.range.upperBound == range.lowerBound {
            spans[spans.count - 1].range = last.range.lowerBound..<range.upperBound
        } else {
            spans.append(TraceRegions.Span(kind: kind, range: range))
        }
    }

    func finish() -> [TraceRegions.Span] { spans }
}
