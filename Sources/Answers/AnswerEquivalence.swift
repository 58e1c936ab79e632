import StrictJSON

/// What a comparison of two answers says.
public enum AnswerComparison: String, Sendable, CaseIterable {
    /// Both are the same value, or the same text after normalisation.
    case equal
    /// Both are understood, and are not the same.
    case different
    /// At least one is not understood, or they cannot be told apart. Never to be taken for `equal`.
    case unknown
}

/// Decides whether two final answers say the same, by exact rational arithmetic.
public enum AnswerEquivalence {
    /// Compares two answers, as `AnswerExtractor` gives them.
    ///
    /// Numbers are read with thousands separators, currencies, units, percent signs, LaTeX and plain fractions, mixed numbers
    /// and scientific notation; and so are intervals, tuples, sets and lists of them, choices, and yes and no. Anything else
    /// is equal to the same text only, and otherwise unknown. Numerals beyond 4096 digits and exponents beyond ±4096 are not
    /// read. An empty answer, and one of delimiters alone, is unknown.
    ///
    /// The result is the same for `b` and `a`; and no answer is `equal` to two answers that are `different` from each other.
    /// A bare number leaves the unit open: 5 is 5 km and 5 kg, so that these two are `unknown`.
    public static func compare(_ a: String, _ b: String) -> AnswerComparison {
        withBytes(of: a) { first in withBytes(of: b) { compare(first, $0) } }
    }

    /// Compares the final answer of a trace with that of a reference solution, which may be a bare answer
    /// (``AnswerExtractor/reference(in:)``). Without an answer in both the result is `unknown`.
    public static func compare(trace: String, reference: String) -> AnswerComparison {
        guard let answer = AnswerExtractor.extract(from: trace),
            let wanted = AnswerExtractor.reference(in: reference)
        else { return .unknown }
        return compare(answer.text, wanted.text)
    }

    // MARK: Bytes

    /// UTF-8 bytes beyond which an answer is compared as it stands.
    private static let maximumLength = 65_536

    static func compare(_ a: Bytes, _ b: Bytes) -> AnswerComparison {
        let a = Bytes(rebasing: a[a.trimmed(a.indices)])
        let b = Bytes(rebasing: b[b.trimmed(b.indices)])
        guard !a.isEmpty, !b.isEmpty else { return .unknown }
        // No answer is that long: what is, costs no more than this comparison.
        guard max(a.count, b.count) <= maximumLength else {
            return a.count == b.count && saysSomething(a) && a.elementsEqual(b) ? .equal : .unknown
        }
        if let x = smallInteger(a), let y = smallInteger(b) { return x == y ? .equal : .different }
        let x = AnswerNormalizer.normalize(a)
        let y = AnswerNormalizer.normalize(b)
        guard saysSomething(x), saysSomething(y) else { return .unknown }
        if x == y { return .equal }
        return compare(AnswerValue.parse(x[...]), AnswerValue.parse(y[...]))
    }

    /// Whether there is more than delimiters: a letter or digit, or the empty set.
    private static func saysSomething(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.contains { $0.isAlphanumeric || $0 >= 0x80 } || bytes.elementsEqual("{}".utf8)
    }

    /// A plain integer of at most 18 digits, the usual answer of GSM8K.
    private static func smallInteger(_ bytes: Bytes) -> Int64? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let start = isNegative ? 1 : 0
        guard bytes.count > start, bytes.count - start <= 18 else { return nil }
        var value: Int64 = 0
        for index in start..<bytes.count {
            guard bytes[index].isASCIIDigit else { return nil }
            value = value * 10 + Int64(bytes[index] & 0x0F)
        }
        return isNegative ? -value : value
    }

    // MARK: Values

    private static func compare(_ a: AnswerValue, _ b: AnswerValue) -> AnswerComparison {
        switch (a, b) {
        case (.quantity(let x), .quantity(let y)):
            return x.compare(y)
        case (.infinity(let x), .infinity(let y)):
            return x == y ? .equal : .different
        case (.quantity, .infinity), (.infinity, .quantity):
            return .different
        case (.choice(let x, let xs), .choice(let y, let ys)):
            guard x == y else { return .different }
            guard let xs, let ys else { return .equal }
            return compare(xs, ys) == .equal ? .equal : .unknown
        case (.choices(let x), .choices(let y)):
            return x == y ? .equal : .different
        case (.choices, .choice), (.choice, .choices):
            return .different
        case (.word(let x), .word(let y)):
            if x == y { return .equal }
            let isOneFamily = ["yes", "no"].contains(x) == ["yes", "no"].contains(y)
            return isOneFamily ? .different : .unknown
        case (.tuple(let o1, let c1, let xs, _), .tuple(let o2, let c2, let ys, _)):
            guard o1 == o2, c1 == c2, xs.count == ys.count else { return .different }
            return inOrder(xs, ys)
        case (.set(let xs), .set(let ys)):
            return asSets(xs, ys)
        case (.list(let xs), .list(let ys)):
            if xs.count == ys.count {
                let result = inOrder(xs, ys)
                if result == .equal || haveSameNames(xs, ys) { return result }
            }
            // The same solutions in another order, or another point.
            return asSets(xs, ys) == .different ? .different : .unknown
        case (.assignment(let m, let x), .assignment(let n, let y)):
            let result = compare(x, y)
            return m == n ? result : .unknown
        case (.assignment(_, let x), _):
            return compare(x, b)
        case (_, .assignment(_, let y)):
            return compare(a, y)
        case (.tuple(_, _, let elements, let mayBeNumber), .quantity),
            (.quantity, .tuple(_, _, let elements, let mayBeNumber)):
            return mayBeNumber || elements.count < 2 ? .unknown : .different
        case (.set(let elements), .quantity), (.quantity, .set(let elements)):
            return elements.count == 1 ? .unknown : .different
        case (.tuple, .set), (.set, .tuple):
            return .different
        case (.opaque(let x), .opaque(let y)):
            return x == y && !x.isEmpty ? .equal : .unknown
        default:
            return .unknown
        }
    }

    /// "x = 5, y = 6" and "x = 5, y = 7".
    private static func haveSameNames(_ xs: [AnswerValue], _ ys: [AnswerValue]) -> Bool {
        zip(xs, ys).allSatisfy {
            guard case .assignment(let m, _) = $0, case .assignment(let n, _) = $1 else { return false }
            return m == n
        }
    }

    /// Different as soon as one pair is; equal when all pairs are.
    private static func inOrder(_ xs: [AnswerValue], _ ys: [AnswerValue]) -> AnswerComparison {
        var result = AnswerComparison.equal
        for (x, y) in zip(xs, ys) {
            switch compare(x, y) {
            case .equal: break
            case .different: return .different
            case .unknown: result = .unknown
            }
        }
        return result
    }

    private static func asSets(_ xs: [AnswerValue], _ ys: [AnswerValue]) -> AnswerComparison {
        let forward = containment(of: xs, in: ys)
        guard forward != .different else { return .different }
        let backward = containment(of: ys, in: xs)
        return backward == .equal ? forward : backward
    }

    private static func containment(of xs: [AnswerValue], in ys: [AnswerValue]) -> AnswerComparison {
        var result = AnswerComparison.equal
        for x in xs {
            var best = AnswerComparison.different
            for y in ys {
                let comparison = compare(x, y)
                if comparison == .equal {
                    best = .equal
                    break
                }
                if comparison == .unknown { best = .unknown }
            }
            if best == .different { return .different }
            if best == .unknown { result = .unknown }
        }
        return result
    }
}
