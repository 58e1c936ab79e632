/// SentencePiece's way with spaces: each becomes a visible mark, and a mark goes before a text.
struct Metaspace: Sendable {
    /// Where a mark is put before what does not begin with one.
    enum Prefix: String, Sendable {
        /// Before every stretch of text.
        case always
        /// Where the text itself begins.
        case first
        /// Nowhere.
        case never
    }

    /// The mark; U+2581 in all models in use.
    var mark: [UInt8]
    var prefix: Prefix
    /// Whether the text is cut before each mark.
    var splits: Bool

    /// The text with its spaces marked.
    ///
    /// - Parameter isStart: Whether the text itself begins here.
    func marked(_ text: UnsafeBufferPointer<UInt8>, isStart: Bool) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count + text.count / 2 + mark.count)
        for byte in text {
            if byte == 0x20 { out += mark } else { out.append(byte) }
        }
        let wantsPrefix = prefix == .always || (prefix == .first && isStart)
        return wantsPrefix && !out.starts(with: mark) ? mark + out : out
    }

    /// How the marked text is cut.
    var rule: SplitRule { SplitRule(pattern: .text(mark), behavior: .mergedWithNext) }
}

/// One step between the normalized text and the model.
enum PreTokenizerStep: Sendable {
    case scan(PieceScanner)
    case split(SplitRule)
    case metaspace(Metaspace)
}
