/// The parts of reasoning that no rewriter touches: numbers, formulas, code, addresses, markup.
public enum ProtectedSpans {
    /// The protected spans as UTF-8 offsets, sorted and merged.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - ranges: The UTF-8 ranges to look in, in order.
    public static func find(in text: String, within ranges: [Range<Int>]) -> [Range<Int>] {
        []
    }
}
