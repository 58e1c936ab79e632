/// The parts of reasoning that no rewriter touches: numbers, formulas, code, addresses, markup.
public enum ProtectedSpans {
    /// The protected spans as UTF-8 offsets, sorted and merged.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - ranges: The UTF-8 ranges to look in, in order.
    public static func find(in text: String, within ranges: [Range<Int>]) -> [Range<Int>] {
        var text = text
        return text.withUTF8 { bytes in
            var spans: [Range<Int>] = []
            for range in ranges {
                var scanner = TextScanner(bytes, range: range)
                while let token = scanner.next() {
                    guard token.kind != .word else { continue }
                    if let last = spans.last, last.upperBound >= token.start {
                        spans[spans.count - 1] = last.lowerBound..<max(last.upperBound, token.end)
                    } else {
                        spans.append(token.start..<token.end)
                    }
                }
            }
            return spans
        }
    }
}
