/// What a neighbour of an expression is, as grammar guards see it.
///
/// A neighbour that is itself an expression of the lexicon counts as the first member of its class, so that rewriting the
/// neighbour can never change what a guard answers.
package struct LexicalNeighbour {
    /// Identifier in the word table of the lexicon, 0 for a word that no guard and no expression names.
    package var word: Int
    /// The kinds the neighbour belongs to.
    package var kinds: LexicalKinds
}

/// Kinds of neighbours, written `<name>` in guard lists.
public struct LexicalKinds: OptionSet, Hashable, Sendable {
    /// One bit per kind.
    public let rawValue: UInt16

    /// Creates a set from its bits.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// A word that starts with a digit, or a currency sign with a digit after it.
    public static let number = LexicalKinds(rawValue: 1)
    /// Anything else that is not a word: an opening parenthesis, a backslash, an operator.
    public static let symbol = LexicalKinds(rawValue: 2)
    /// A comma directly at the expression.
    public static let comma = LexicalKinds(rawValue: 4)
    /// Other punctuation, a line break, or the border of the region.
    public static let end = LexicalKinds(rawValue: 8)
    /// A word with an upper-case first letter, other than "I".
    public static let name = LexicalKinds(rawValue: 16)
    /// A word that ends in -ing.
    public static let gerund = LexicalKinds(rawValue: 32)
    /// A word of four letters or more that ends in -s.
    public static let plural = LexicalKinds(rawValue: 64)

    /// The kinds by their spelling in guard lists.
    static let named: [String: LexicalKinds] = [
        "<number>": .number, "<symbol>": .symbol, "<comma>": .comma, "<end>": .end, "<name>": .name,
        "<ing>": .gerund, "<plural>": .plural,
    ]
}

/// A set of words and kinds that a neighbour is compared with.
struct LexicalNeighbourSet: Hashable, Sendable {
    /// Words in normal form, sorted.
    var words: [String] = []
    var kinds: LexicalKinds = []
    /// Bit i is set when word i of the table is in the set.
    var bits: [UInt64] = []

    @inline(__always)
    func contains(_ neighbour: LexicalNeighbour) -> Bool {
        if !kinds.isDisjoint(with: neighbour.kinds) { return true }
        let slot = neighbour.word >> 6
        return slot < bits.count && bits[slot] & (1 << UInt64(neighbour.word & 63)) != 0
    }
}

/// A condition on the surroundings of an expression. Every part that is present must hold.
///
/// | key | holds when |
/// |---|---|
/// | `position` | the expression starts a sentence (`initial`) or does not (`medial`) |
/// | `previous`, `previous_not` | the neighbour on the left is, or is not, in the list |
/// | `next`, `next_not` | the neighbour on the right is, or is not, in the list |
/// | `beyond`, `beyond_not` | the neighbour after `next`, or after a comma that follows, is, or is not, in the list |
struct LexicalGuard: Hashable, Sendable {
    enum Position: String, Sendable {
        case initial, medial
    }

    var position: Position?
    var previous: LexicalNeighbourSet?
    var previousNot: LexicalNeighbourSet?
    var next: LexicalNeighbourSet?
    var nextNot: LexicalNeighbourSet?
    var beyond: LexicalNeighbourSet?
    var beyondNot: LexicalNeighbourSet?

    func holds(
        isInitial: Bool, previous left: LexicalNeighbour, next right: LexicalNeighbour, beyond second: LexicalNeighbour
    ) -> Bool {
        if let position, (position == .initial) != isInitial { return false }
        if let previous, !previous.contains(left) { return false }
        if let previousNot, previousNot.contains(left) { return false }
        if let next, !next.contains(right) { return false }
        if let nextNot, nextNot.contains(right) { return false }
        if let beyond, !beyond.contains(second) { return false }
        if let beyondNot, beyondNot.contains(second) { return false }
        return true
    }

    /// Applies `body` to every list of the guard.
    mutating func updateSets(_ body: (inout LexicalNeighbourSet) -> Void) {
        for path in LexicalGuard.setPaths {
            if var set = self[keyPath: path.value] {
                body(&set)
                self[keyPath: path.value] = set
            }
        }
    }

    /// The lists by their key in the file.
    static var setPaths: [(key: String, value: WritableKeyPath<LexicalGuard, LexicalNeighbourSet?>)] {
        [
            ("previous", \.previous), ("previous_not", \.previousNot), ("next", \.next), ("next_not", \.nextNot),
            ("beyond", \.beyond), ("beyond_not", \.beyondNot),
        ]
    }

    /// One line that says everything the guard says, for the lexicon's digest.
    var canonical: String {
        var parts = position.map { ["position=\($0.rawValue)"] } ?? []
        for (key, path) in LexicalGuard.setPaths {
            guard let set = self[keyPath: path] else { continue }
            parts.append("\(key)=\(set.words.joined(separator: ","))/\(set.kinds.rawValue)")
        }
        return parts.joined(separator: ";")
    }
}
