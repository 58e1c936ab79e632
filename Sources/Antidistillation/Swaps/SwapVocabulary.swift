import Tokenizers

/// What swaps may touch.
public enum SwapScope: String, Hashable, Sendable, CaseIterable {
    /// Lower-case words. Capitalised ones are names or begin sentences.
    case words
    /// Words of either case, names among them, and the punctuation of sentences: everything but numbers, operators,
    /// formulas and markup. A reader stumbles more often.
    case tokens
}

/// The tokens that swaps may take away and put in: words of at least two Latin letters, with or without the space before
/// them, spelt-out numbers excepted; of ``SwapScope/tokens`` the punctuation of sentences too.
///
/// Everything else is a number, an operator or markup: none of these is ever touched. Whether a run of letters is a word of a language is not known here: in a vocabulary of word
/// pieces a swap may put in a piece that stands alone.
public struct SwapVocabulary: Sendable {
    /// What a token and the one that takes its place have in common.
    public enum Kind: Int, Hashable, Sendable, CaseIterable {
        /// Without anything before it.
        case plain
        /// With the space before it.
        case spaced
    }

    /// The kind of every id, nil for one that is not swapped.
    private let kinds: [Kind?]
    private let tokens: [[Int32]]
    /// What it is for.
    public let scope: SwapScope

    /// - Parameters:
    ///   - tokenizer: Whose tokens.
    ///   - size: The width of the model's rows of logits: ids from there on are left out.
    ///   - scope: What may be touched.
    public init(_ tokenizer: Tokenizer, size: Int, scope: SwapScope = .words) {
        self.scope = scope
        var kinds: [Kind?] = []
        var tokens: [[Int32]] = Kind.allCases.map { _ in [] }
        for id in 0..<Int32(clamping: max(0, min(size, tokenizer.idBound))) {
            let kind = Self.kind(of: id, tokenizer, scope)
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

    private static func kind(of id: Int32, _ tokenizer: Tokenizer, _ scope: SwapScope) -> Kind? {
        guard !tokenizer.isSpecial(id) else { return nil }
        let bytes = tokenizer.bytes(for: id) ?? tokenizer.token(for: id).map { Array($0.utf8) } ?? []
        let word = bytes.first == 0x20 ? bytes.dropFirst() : bytes[...]
        guard let first = word.first else { return nil }
        let kind = word.count == bytes.count ? Kind.plain : .spaced
        if scope == .tokens, word.count == 1, punctuation.contains(first) { return kind }
        let isBeginning = (0x61...0x7A).contains(first) || scope == .tokens && (0x41...0x5A).contains(first)
        guard isBeginning, word.count >= 2, word.dropFirst().allSatisfy({ (0x61...0x7A).contains($0) }) else {
            return nil
        }
        if numberWords.contains(String(decoding: word, as: UTF8.self).lowercased()) { return nil }
        return kind
    }

    private static let punctuation = Set(".,;:!?".utf8)

    /// Numbers in words are numbers.
    private static let numberWords: Set<String> = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty",
        "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million", "billion", "dozen", "half",
        "third", "quarter", "none",
    ]
}
