extension Tokenizer {
    /// The text of ids. Ids without a token are left out; bytes that are not UTF-8 become U+FFFD, one for each maximal
    /// subpart (Unicode standard, section 3.9).
    ///
    /// Added tokens stand for their own text, also where `tokenizers` would read their letters as bytes.
    ///
    /// - Parameters:
    ///   - ids: Token ids.
    ///   - skipSpecialTokens: Whether to leave out control tokens.
    public func decode(_ ids: some Sequence<Int32>, skipSpecialTokens: Bool = true) -> String {
        var decoder = StreamingDecoder(self, skipSpecialTokens: skipSpecialTokens)
        var bytes: [UInt8] = []
        for id in ids { decoder.appendBytes(of: id, to: &bytes) }
        decoder.endRun(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The bytes of ids, and how many of them there are after each id: equal for an id that stands for none.
    ///
    /// - Parameters:
    ///   - ids: Token ids.
    ///   - skipSpecialTokens: Whether control tokens stand for none.
    package func spans(
        of ids: some Sequence<Int32>, skipSpecialTokens: Bool = true
    ) -> (bytes: [UInt8], ends: [Int]) {
        var decoder = StreamingDecoder(self, skipSpecialTokens: skipSpecialTokens)
        decoder.holdsRuns = false
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for id in ids {
            decoder.appendBytes(of: id, to: &bytes)
            ends.append(bytes.count)
        }
        return (bytes, ends)
    }
}

/// Text of ids that arrive one at a time. What it has returned, joined, equals `Tokenizer.decode` of all of them.
public struct StreamingDecoder: Sendable {
    private let tokenizer: Tokenizer
    private let skipsSpecialTokens: Bool
    private var isFirst = true
    /// The bytes of byte tokens that follow each other. Whether they are text is known when the run has ended.
    private var run: [UInt8] = []
    /// Whether such bytes are kept back; otherwise they are given as they come.
    fileprivate var holdsRuns = true
    /// How many of the bytes that are taken off the beginning of a text may still be.
    private var leadingLeft: Int
    /// Bytes not yet returned: empty, or the beginning of a scalar.
    private var pending: [UInt8] = []

    /// - Parameters:
    ///   - tokenizer: Where the ids are from.
    ///   - skipSpecialTokens: Whether to leave out control tokens.
    public init(_ tokenizer: Tokenizer, skipSpecialTokens: Bool = true) {
        self.tokenizer = tokenizer
        skipsSpecialTokens = skipSpecialTokens
        leadingLeft = Self.leadingLimit(tokenizer)
    }

    private static func leadingLimit(_ tokenizer: Tokenizer) -> Int {
        if case .pieces(let rule) = tokenizer.definition.decoding { rule.leadingLimit } else { 0 }
    }

    /// Takes an id and returns the text that is complete now: possibly none, never part of a scalar.
    public mutating func append(_ id: Int32) -> String {
        var bytes = pending
        appendBytes(of: id, to: &bytes)
        let complete = bytes.count - Self.incompleteSuffix(of: bytes)
        pending = Array(bytes[complete...])
        return String(decoding: bytes[..<complete], as: UTF8.self)
    }

    /// Returns what is left: nothing, or U+FFFD for a scalar that was begun. The decoder is as new afterwards.
    public mutating func finish() -> String {
        defer {
            pending = []
            isFirst = true
            leadingLeft = Self.leadingLimit(tokenizer)
        }
        var bytes = pending
        endRun(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    fileprivate mutating func appendBytes(of id: Int32, to bytes: inout [UInt8]) {
        if skipsSpecialTokens, tokenizer.isSpecial(id) { return }
        switch tokenizer.definition.decoding {
        case .bytes:
            if let token = tokenizer.bytes(for: id) { bytes += token }
        case .spaced:
            guard let token = tokenizer.token(for: id) else { return }
            if !isFirst { bytes.append(0x20) }
            isFirst = false
            bytes += token.utf8
        case .pieces(let rule):
            appendPiece(id, rule, to: &bytes)
        }
    }

    private mutating func appendPiece(_ id: Int32, _ rule: PieceDecoding, to bytes: inout [UInt8]) {
        let token = tokenizer.addedContent(id) ?? tokenizer.definition.table.bytes(of: id).map(Array.init)
        guard let token else { return }
        defer { isFirst = false }
        if let byte = rule.byte(token) {
            if holdsRuns { run.append(byte) } else { appendText([byte], rule, to: &bytes) }
        } else {
            endRun(&bytes)
            appendText(rule.text(token, isFirst: isFirst), rule, to: &bytes)
        }
    }

    /// Gives the bytes of a run of byte tokens: text, or where they are none U+FFFD for each, as in `tokenizers`.
    fileprivate mutating func endRun(_ bytes: inout [UInt8]) {
        guard !run.isEmpty, case .pieces(let rule) = tokenizer.definition.decoding else { return }
        let isText = String(validating: run, as: UTF8.self) != nil
        let text = isText ? run : run.flatMap { _ in Array("\u{FFFD}".utf8) }
        run = []
        appendText(text, rule, to: &bytes)
    }

    /// Appends text, without what is taken off the beginning.
    private mutating func appendText(_ text: [UInt8], _ rule: PieceDecoding, to bytes: inout [UInt8]) {
        var text = text[...]
        while leadingLeft > 0, !text.isEmpty {
            guard !rule.leading.isEmpty, text.starts(with: rule.leading) else {
                leadingLeft = 0
                break
            }
            text = text.dropFirst(rule.leading.count)
            leadingLeft -= 1
        }
        bytes += text
    }

    /// The length of the longest suffix that is the beginning of a well-formed scalar and not all of it, 0 to 3.
    private static func incompleteSuffix(of bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let lead = bytes[bytes.count - length]
            if lead & 0xC0 == 0x80 { continue }
            let needed: Int
            switch lead {
            case 0xC2...0xDF: needed = 2
            case 0xE0...0xEF: needed = 3
            case 0xF0...0xF4: needed = 4
            default: return 0
            }
            guard length < needed else { return 0 }
            // The second byte is narrower after these leads; outside, nothing that follows can complete the scalar.
            if length >= 2 {
                let second = bytes[bytes.count - length + 1]
                switch lead {
                case 0xE0 where second < 0xA0, 0xED where second > 0x9F, 0xF0 where second < 0x90,
                    0xF4 where second > 0x8F:
                    return 0
                default: break
                }
            }
            return length
        }
        return 0
    }
}
