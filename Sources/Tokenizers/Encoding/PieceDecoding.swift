/// How the tokens of SentencePiece vocabularies become text again: marks to spaces, byte tokens to bytes, and what was put before
/// the text taken away.
struct PieceDecoding: Sendable {
    struct Replacement: Sendable {
        var from: [UInt8]
        var to: [UInt8]
    }

    /// Applied to each token, in order.
    var replacements: [Replacement] = []
    /// Whether tokens such as `<0x0A>` stand for bytes.
    var fallsBackToBytes = false
    /// A mark that is left out of the first token instead of becoming what ``replacements`` say.
    var markLeftOutOfFirst: [UInt8]?
    /// At most so many of these bytes are taken off the beginning of the text.
    var leading: [UInt8] = []
    var leadingLimit = 0

    /// The byte that a token stands for, if it is a byte token.
    func byte(_ token: some Collection<UInt8>) -> UInt8? { fallsBackToBytes ? ByteFallback.byte(token) : nil }

    /// The text of a token that is no byte token.
    func text(_ token: some Collection<UInt8>, isFirst: Bool) -> [UInt8] {
        var bytes = Array(token)
        if isFirst, let markLeftOutOfFirst { bytes = Self.replacing(markLeftOutOfFirst, by: [], in: bytes) }
        for replacement in replacements { bytes = Self.replacing(replacement.from, by: replacement.to, in: bytes) }
        return bytes
    }

    private static func replacing(_ from: [UInt8], by to: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        let places = bytes.withUnsafeBufferPointer { TextPattern.text(from).matches(in: $0) }
        if places.isEmpty { return bytes }
        var out: [UInt8] = []
        var copied = 0
        for place in places {
            out += bytes[copied..<place.lowerBound] + to
            copied = place.upperBound
        }
        return out + bytes[copied...]
    }
}
