import StrictJSON

/// The multisets of numerals, formulas and capitalised names of a text, which a lexical rewrite must not change.
///
/// - Numerals: every number as written, inside formulas too.
/// - Formulas: maximal runs of mathematical tokens, LaTeX, `<<…>>` annotations and code.
/// - Names: capitalised words that do not begin a sentence or are outside the lexicon ("I" is not a name).
public struct TextInvariants: Equatable, Sendable {
    /// What an item is.
    public enum Category: UInt8, Sendable, CaseIterable {
        /// A number.
        case numeral
        /// A formula, LaTeX or code.
        case formula
        /// A capitalised name.
        case name
    }

    private struct Item {
        /// The category in the lowest two bits, a hash of the bytes above.
        var key: UInt64
        var start: UInt32
        var length: UInt32
    }

    private var items: [Item] = []
    /// Order-free digests of the keys: two sums of differently mixed values, 128 bits together.
    private var firstSum: UInt64 = 0
    private var secondSum: UInt64 = 0
    private let text: String

    /// Takes the invariants of a text.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - withNames: Whether names count.
    ///   - isLexiconWord: Whether a word (its UTF-8 as written) belongs to the lexicon, so that it is not taken for
    ///     a name where it begins a sentence.
    public init(
        of text: String, withNames: Bool = true,
        isLexiconWord: (UnsafeBufferPointer<UInt8>) -> Bool = { _ in false }
    ) {
        self.text = text
        var copy = text
        copy.withUTF8 { bytes in
            items.reserveCapacity(bytes.count / 12)
            var scanner = TextScanner(bytes, range: 0..<bytes.count)
            while let token = scanner.next() {
                switch token.kind {
                case .word: if withNames { addName(token, bytes, isLexiconWord) }
                case .number: addNumerals(token, bytes)
                case .formula:
                    add(.formula, token.start, token.end, bytes)
                    addNumerals(token, bytes)
                case .latex, .code:
                    add(.formula, token.start, token.end, bytes)
                    addNumerals(token, bytes)
                case .address, .tag, .identifier, .quotation: addNumerals(token, bytes)
                }
            }
        }
    }

    /// Equal multisets (compared by their digests).
    public static func == (a: TextInvariants, b: TextInvariants) -> Bool {
        a.items.count == b.items.count && a.firstSum == b.firstSum && a.secondSum == b.secondSum
    }

    /// The first item that one of the texts has and the other has not, for a message; nil when they are equal.
    public func firstDifference(from other: TextInvariants) -> String? {
        if self == other { return nil }
        var missing = other.items.reduce(into: [:]) { $0[$1.key, default: 0] += 1 }
        for item in items {
            let left = missing[item.key] ?? 0
            if left == 0 { return "\(describe(item)) is missing from the other text" }
            missing[item.key] = left - 1
        }
        // Not found on this side: the last occurrences on the other are the surplus.
        for item in other.items.reversed() where missing[item.key] ?? 0 > 0 {
            return "\(other.describe(item)) is only in the other text"
        }
        return nil
    }

    /// The items of one category as they stand in the text, sorted.
    public func strings(_ category: Category) -> [String] {
        items.filter { $0.key & 3 == UInt64(category.rawValue) }.map(string).sorted()
    }

    private func string(_ item: Item) -> String {
        let start = text.utf8.index(text.startIndex, offsetBy: Int(item.start))
        let end = text.utf8.index(start, offsetBy: Int(item.length))
        return String(decoding: text.utf8[start..<end], as: UTF8.self)
    }

    private func describe(_ item: Item) -> String {
        let category = Category(rawValue: UInt8(item.key & 3)) ?? .name
        return "\(category) \"\(string(item).prefix(80))\""
    }

    private mutating func add(_ category: Category, _ start: Int, _ end: Int, _ bytes: UnsafeBufferPointer<UInt8>) {
        let hash = TextHash.of(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<end]))
        let key = hash << 2 | UInt64(category.rawValue)
        firstSum &+= TextHash.fold(key)
        secondSum &+= TextHash.fold(~key)
        items.append(
            Item(
                key: key, start: UInt32(truncatingIfNeeded: start),
                length: UInt32(truncatingIfNeeded: end - start)))
    }

    private mutating func addName(
        _ token: TextScanner.Token, _ bytes: UnsafeBufferPointer<UInt8>,
        _ isLexiconWord: (UnsafeBufferPointer<UInt8>) -> Bool
    ) {
        guard token.end > token.start, bytes[token.start].isASCIIUpper else { return }
        let word = UnsafeBufferPointer(rebasing: bytes[token.start..<token.end])
        // The pronoun, alone or contracted.
        if word[0] == 0x49, word.count == 1 || word[1] == 0x27 || word[1] == 0xE2 { return }
        if token.beginsSentence, isLexiconWord(word) { return }
        add(.name, token.start, token.end, bytes)
    }

    /// Every number inside a token.
    private mutating func addNumerals(_ token: TextScanner.Token, _ bytes: UnsafeBufferPointer<UInt8>) {
        let scanner = TextScanner(bytes, range: token.start..<token.end)
        var index = token.start
        while index < token.end {
            guard bytes[index].isASCIIDigit else {
                index += 1
                continue
            }
            let end = NumberScanner.end(scanner, index)
            add(.numeral, index, end, bytes)
            index = end
        }
    }
}

/// A fast 64-bit hash for comparing multisets within one run (multiply and fold, eight bytes at a time).
enum TextHash {
    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: bytes.count)
        var index = 0
        while index + 8 <= bytes.count {
            hash = fold(hash ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        var tail: UInt64 = 0
        while index < bytes.count {
            tail = tail << 8 | UInt64(bytes[index])
            index += 1
        }
        return fold(fold(hash ^ tail))
    }

    @inline(__always)
    static func fold(_ value: UInt64) -> UInt64 {
        let product = (value ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
        return product.high ^ product.low
    }
}
