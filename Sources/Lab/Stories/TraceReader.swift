/// Reads what a trace of the lab computes, whatever its wording.
struct TraceReader {
    /// One equation: an amount, what is done to it, and the result. Two changes where two steps were taken at once.
    struct Step: Hashable {
        var before: Int
        var changes: [WordProblem.Change]
        var after: Int
    }

    private enum Piece: Hashable {
        case word(String)
        case slot(Character)
    }

    private enum Kind {
        case sum, difference, doubling
    }

    /// Every wording of a step as pieces, the longest first, so that a wording within another is not taken for it.
    private static let patterns: [(kind: Kind, pieces: [Piece])] = {
        var patterns: [(kind: Kind, pieces: [Piece])] = []
        for (kind, phrases) in [
            (Kind.sum, TraceWording.sums + [RewriteWording.formalSum]),
            (.difference, TraceWording.differences + [RewriteWording.formalDifference]),
            (.doubling, TraceWording.doublings + [RewriteWording.formalDoubling]),
        ] {
            for phrase in phrases {
                let pieces = words(phrase.text).map { word -> Piece in
                    guard word.count == 3, word.hasPrefix("{"), let name = word.dropFirst().first else {
                        return .word(word)
                    }
                    return .slot(name)
                }
                patterns.append((kind, pieces))
            }
        }
        return patterns.enumerated().sorted {
            ($1.element.pieces.count, $0.offset) < ($0.element.pieces.count, $1.offset)
        }
        .map(\.element)
    }()

    /// The steps of a trace in order, and the number after `####`; nil where there is no such number.
    ///
    /// A step that does not say the amount before it goes on from the last result; of the first one the amount follows
    /// from its result.
    static func read(_ trace: String) -> (steps: [Step], answer: Int)? {
        let words = words(trace)
        var steps: [Step] = []
        var answer: Int?
        var i = 0
        while i < words.count {
            if words[i] == "####", i + 1 < words.count {
                answer = Int(words[i + 1])
                i += 2
            } else if let (step, length) = merged(words[i...]) ?? single(words[i...], last: steps.last?.after) {
                steps.append(step)
                i += length
            } else {
                i += 1
            }
        }
        return answer.map { (steps, $0) }
    }

    /// Words in lower case; punctuation is left out.
    static func words(_ text: String) -> [String] {
        text.lowercased().split(separator: " ").map { word in
            String(word.reversed().drop { ",.;:?".contains($0) }.reversed())
        }.filter { !$0.isEmpty }
    }

    /// `a + b - c = d`.
    private static func merged(_ words: ArraySlice<String>) -> (Step, Int)? {
        let words = Array(words.prefix(7))
        guard words.count == 7, let before = Int(words[0]), let after = Int(words[6]),
            ["=", "yields"].contains(words[5]), let first = change(words[1], words[2]),
            let second = change(words[3], words[4])
        else { return nil }
        return (Step(before: before, changes: [first, second], after: after), 7)
    }

    private static func change(_ sign: String, _ operand: String) -> WordProblem.Change? {
        guard let operand = Int(operand) else { return nil }
        return sign == "+" ? .gain(operand) : sign == "-" ? .lose(operand) : nil
    }

    private static func single(_ words: ArraySlice<String>, last: Int?) -> (Step, Int)? {
        for (kind, pieces) in patterns {
            guard let values = match(pieces, words), let after = values["c"] else { continue }
            let operand = values["b"] ?? 0
            let change: WordProblem.Change =
                switch kind {
                case .sum: .gain(operand)
                case .difference: .lose(operand)
                case .doubling: .double
                }
            let implied =
                switch kind {
                case .sum: after - operand
                case .difference: after + operand
                case .doubling: after / 2
                }
            return (Step(before: values["a"] ?? last ?? implied, changes: [change], after: after), pieces.count)
        }
        return nil
    }

    private static func match(_ pieces: [Piece], _ words: ArraySlice<String>) -> [Character: Int]? {
        guard words.count >= pieces.count else { return nil }
        var values: [Character: Int] = [:]
        for (piece, word) in zip(pieces, words) {
            switch piece {
            case .word(let expected):
                guard expected == word else { return nil }
            case .slot(let name):
                guard let value = Int(word), values[name] ?? value == value else { return nil }
                values[name] = value
            }
        }
        return values
    }
}
