/// Where the tokens of two tokenizations of one text begin and end at the same bytes.
public struct TokenAlignment: Hashable, Sendable {
    /// For each token of the first tokenization the token of the second that begins at the same byte, nil where none does
    /// or where the texts have ceased to be the same.
    public let starts: [Int?]
    /// For each token of the second tokenization the token of the first in which it ends; the last one for what is left.
    public let owners: [Int]

    /// - Parameters:
    ///   - first: The bytes of a text, and how many of them there are after each token.
    ///   - second: The same of another tokenization. Where its bytes differ from the first's (because its tokenizer
    ///     normalises, or does not know a word) nothing after them is aligned; a space that it puts before the text is
    ///     passed over.
    public init(_ first: (bytes: [UInt8], ends: [Int]), _ second: (bytes: [UInt8], ends: [Int])) {
        let hasPrefix = second.bytes.first == 0x20 && first.bytes.first != 0x20
        let shift = hasPrefix ? 1 : 0
        var common = 0
        while common < first.bytes.count, common + shift < second.bytes.count,
            first.bytes[common] == second.bytes[common + shift]
        {
            common += 1
        }
        var starting: [Int: Int] = [:]
        var start = 0
        for (index, end) in second.ends.enumerated() {
            // The token in front of which the space was put begins where the text does.
            let offset = max(0, start - shift)
            // A token that stands for no bytes gives its place to the one after it.
            if offset <= common { starting[offset] = index }
            start = end
        }
        start = 0
        starts = first.ends.map { end in
            defer { start = end }
            return starting[start]
        }
        var owner = 0
        let last = max(0, first.ends.count - 1)
        owners = second.ends.map { end in
            while owner < last, first.ends[owner] < end - shift { owner += 1 }
            return owner
        }
    }
}
