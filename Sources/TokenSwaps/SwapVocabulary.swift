import Tokenizers

/// The tokens that swaps may take away and put in: lower-case words of at least two Latin letters, with or without the
/// space before them, spelt-out numbers excepted.
///
/// Capitalised words are names or begin sentences, and everything else is a number, an operator or punctuation: none of
/// these is ever touched. Whether a run of letters is a word of a language is not known here: in a vocabulary of word
/// pieces a swap may put in a piece that stands alone.
public struct SwapVocabulary: Sendable {
    /// What a token and the one that takes its place have in common.
    public enum Kind: Int, Hashable, Sendable, CaseIterable {
        /// A word without anything before it.
        case plain
        /// A word with the space before it.
        case spaced
    }

    /// The kind of every id, nil for one that is not swapped.
    private let kinds: [Kind?]
    private let tokens: [[Int32]]

    /// - Parameters:
    ///   - tokenizer: Whose tokens.
    ///   - size: The width of the model's rows of logits: ids from there on are left out.
    public init(_ tokenizer: Tokenizer, size: Int) {
        var kinds: [Kind?] = []
        var tokens: [[Int32]] = Kind.allCases.map { _ in [] }
        for id in 0..<Int32(clamping: max(0, min(size, tokenizer.idBound))) {
            let kind = Self.kind(of: id, tokenizer)
            kinds.append(kind)
            if let kind { tokens[kind.rawValue].append(id) }
        }
        self.kinds = kinds
        self.tokens = tokens
    }

    /// The kind of a token, nil for one that is not swapped.
    public func kind(of token: Int32) -> Kind? {
        kinds.indices.contains(Int(token)) ? kinds[Int(token)] : nil
    }

    /// The tokens of a kind in order of ids.
    public func tokens(_ kind: Kind) -> [Int32] { tokens[kind.rawValue] }

    private static func kind(of id: Int32, _ tokenizer: Tokenizer) -> Kind? {
        guard !tokenizer.isSpecial(id) else { return nil }
        let bytes = tokenizer.bytes(for: id) ?? tokenizer.token(for: id).map { Array($0.utf8) } ?? []
        let word = bytes.first == 0x20 ? bytes.dropFirst() : bytes[...]
        guard word.count >= 2, word.allSatisfy({ (0x61...0x7A).contains($0) }) else { return nil }
        if numberWords.contains(String(decoding: word, as: UTF8.self)) { return nil }
        return word.count == bytes.count ? .plain : .spaced
    }

    /// Numbers in words are numbers.
    private static let numberWords: Set<String> = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty",
        "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million", "billion", "dozen", "half",
        "third", "quarter", "none",
    ]
}
