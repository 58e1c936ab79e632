/// An arithmetic story without its wording: an amount, what happens to it, and who has what.
///
/// All amounts, operands and results lie within `WordProblem.range`, so that each is one token of the lab's vocabulary.
public struct WordProblem: Hashable, Sendable {
    /// What happens to the amount.
    public enum Change: Hashable, Sendable {
        /// So many more.
        case gain(Int)
        /// So many fewer.
        case lose(Int)
        /// Twice as many.
        case double

        /// The amount after the change.
        public func applied(to amount: Int) -> Int {
            switch self {
            case .gain(let operand): amount + operand
            case .lose(let operand): amount - operand
            case .double: amount * 2
            }
        }
    }

    /// The numbers that occur.
    public static let range = 0...99

    /// Who the story is about.
    public var person: Person
    /// What is counted, in the plural.
    public var items: String
    /// The amount at the start.
    public var start: Int
    /// What happens, in order; one to three changes in the lab's data.
    public var changes: [Change]

    /// Describes a story.
    public init(person: Person, items: String, start: Int, changes: [Change]) {
        self.person = person
        self.items = items
        self.start = start
        self.changes = changes
    }

    /// The amounts after 0, 1, … changes; one more than there are changes.
    public var amounts: [Int] {
        var amounts = [start]
        var amount = start
        for change in changes {
            amount = change.applied(to: amount)
            amounts.append(amount)
        }
        return amounts
    }

    /// The amount at the end.
    public var answer: Int {
        changes.reduce(start) { $1.applied(to: $0) }
    }

    /// A number that depends on the arithmetic alone, not on person, items and wording: problems with the same start and
    /// the same changes are the same problem to whoever has learnt to solve it.
    public var fingerprint: UInt64 {
        var hash = LabHash()
        hash.combine(start)
        for change in changes {
            switch change {
            case .gain(let operand): hash.combine(1_000 + operand)
            case .lose(let operand): hash.combine(2_000 + operand)
            case .double: hash.combine(3_000)
            }
        }
        return hash.value
    }
}

/// A person of a story.
public struct Person: Hashable, Sendable {
    /// The name.
    public var name: String
    /// "he" or "she".
    public var pronoun: String

    /// Describes a person.
    public init(name: String, pronoun: String) {
        self.name = name
        self.pronoun = pronoun
    }

    /// The pronoun at the start of a sentence.
    var capitalisedPronoun: String { pronoun == "she" ? "She" : "He" }
    /// "him" or "her".
    var object: String { pronoun == "she" ? "her" : "him" }
}
