/// How a tokenizer to be made splits text before its model sees it.
public enum PieceRule: String, Hashable, Sendable, CaseIterable {
    /// The GPT-2 expression.
    case gpt2 = "gpt-2"
    /// The Qwen2 expression: every digit on its own.
    case qwen2
    /// The Llama-3 expression: numbers in groups of up to three digits.
    case llama3 = "llama-3"

    var scanner: PieceScanner {
        switch self {
        case .gpt2: .gpt2
        case .qwen2: .cased(digits: 1)
        case .llama3: .cased(digits: 3)
        }
    }

    /// The pre-tokenizer in tokenizer.json.
    var json: String {
        func byteLevel(_ useRegex: Bool) -> String {
            """
            {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":\(useRegex)}
            """
        }
        guard self != .gpt2 else { return byteLevel(true) }
        let pattern = TokenizerWriter.quoted(self == .qwen2 ? PieceScanner.qwen2Pattern : PieceScanner.llama3Pattern)
        return """
            {"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":\(pattern)},\
            "behavior":"Isolated","invert":false},\(byteLevel(false))]}
            """
    }
}

/// The distinct pieces of a text with their counts, in an order that depends on nothing but the texts.
struct PieceCounts {
    /// Most frequent first; equal counts by bytes.
    let entries: [(piece: [UInt8], count: Int)]

    init(_ texts: some Sequence<String>, rule: PieceRule) {
        var counts: [[UInt8]: Int] = [:]
        for var text in texts {
            text.withUTF8 { utf8 in
                rule.scanner.forEachPiece(in: utf8) { counts[Array(utf8[$0]), default: 0] += 1 }
            }
        }
        entries = counts.map { (piece: $0.key, count: $0.value) }.sorted { left, right in
            left.count == right.count ? left.piece.lexicographicallyPrecedes(right.piece) : left.count > right.count
        }
    }
}
