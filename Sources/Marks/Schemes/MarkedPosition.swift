import Generation

extension SequenceContext {
    /// The context of the next token: the last `width` tokens of the continuation, or nil while there are fewer. The
    /// prompt does not count: whoever reads the continuation later need not have it.
    package func watermarkContext(width: Int) -> ArraySlice<Int32>? {
        generated.count >= width ? generated.suffix(width) : nil
    }

    /// Whether the last `width` tokens of the continuation were the context of an earlier token.
    package func repeatsWatermarkContext(width: Int) -> Bool {
        generated.withUnsafeBufferPointer { tokens in
            let count = tokens.count
            guard count > width, width > 0 else { return false }
            let last = tokens[count - 1]
            var end = count - 1
            while end >= width {
                if tokens[end - 1] == last {
                    var j = 2
                    while j <= width, tokens[end - j] == tokens[count - j] { j += 1 }
                    if j > width { return true }
                }
                end -= 1
            }
            return false
        }
    }
}
