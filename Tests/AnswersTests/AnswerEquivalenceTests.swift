import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import Answers

/// Pairs made by scripts/golden/golden_answers.py.
private struct Golden: Decodable, Sendable {
    struct Pair: Decodable, Sendable, CustomTestStringConvertible {
        var a: String
        var b: String
        var expected: String
        var testDescription: String { "\(a) ? \(b)" }
    }

    var pairs: [Pair]

    static let pairs: [Pair] = {
        let file = URL(fileURLWithPath: Repository.path("fixtures/golden/answers/equivalence.json"))
        guard let data = try? Data(contentsOf: file), let golden = try? JSONDecoder().decode(Golden.self, from: data)
        else {
            return []
        }
        return golden.pairs
    }()
}

@Suite struct AnswerEquivalenceTests {
    @Test func goldenFileIsThere() {
        #expect(Golden.pairs.count >= 250)
    }

    @Test func goldenPairs() {
        for pair in Golden.pairs {
            #expect(AnswerEquivalence.compare(pair.a, pair.b).rawValue == pair.expected, "\(pair.testDescription)")
            #expect(
                AnswerEquivalence.compare(pair.b, pair.a).rawValue == pair.expected, "reversed \(pair.testDescription)")
        }
    }

    @Test(arguments: [
        ("#### 1,080", "The answer is 1080.", AnswerComparison.equal),
        ("so \\boxed{\\frac12}", "<answer>0.5</answer>", .equal),
        ("Answer: D", "It is (D).", .equal), ("We get \\boxed{2}.", "\\frac{1}{2}", .different),
        ("We get \\boxed{4}.", "(3, 4)", .different), ("So \\boxed{45}.", "3:45", .unknown),
        ("So \\boxed{\\text{Monday}}.", "Monday", .equal), ("It is \\(\\frac{3}{4}\\).", "\\frac{1}{4}", .different),
        ("#### 20", "She has 20 apples left.", .equal),
        ("#### 5", "#### 6", .different),
        ("#### 5", "no answer here", .unknown),
        ("nothing", "nothing", .unknown),
        ("", "", .unknown),
    ])
    func finalAnswers(trace: String, reference: String, expected: AnswerComparison) {
        #expect(AnswerEquivalence.compare(trace: trace, reference: reference) == expected)
    }

    // MARK: Properties

    /// One of the ways to write numerator/denominator.
    private func write(_ numerator: Int, _ denominator: Int, _ generator: inout SplitMix64) -> String {
        let sign = numerator < 0 ? "-" : ""
        let n = abs(numerator)
        let k = Int.random(in: 1...9, using: &generator)
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: return "\(sign)\(n)/\(denominator)"
        case 1: return "\(sign)\\frac{\(n * k)}{\(denominator * k)}"
        case 2: return "$\(sign)\\dfrac{\(n)}{\(denominator)}$."
        case 3 where n > denominator: return "\(sign)\(n / denominator) \(n % denominator)/\(denominator)"
        case 4 where denominator == 1: return "\(sign)\(n).00"
        case 5: return "\(sign)\(n)e3/\(denominator)000"
        default: return " \\left(\(numerator) / \(denominator)\\right) "
        }
    }

    @Test(arguments: 0..<4)
    func rationalsInDifferentNotations(run: Int) {
        let seed = UInt64(run) &+ 77
        var generator = SplitMix64(seed: seed)
        for _ in 0..<250 {
            let n = Int.random(in: -5000...5000, using: &generator)
            let d = Int.random(in: 1...60, using: &generator)
            let a = write(n, d, &generator)
            let b = write(n, d, &generator)
            #expect(AnswerEquivalence.compare(a, b) == .equal, "seed \(seed): \(a) ? \(b)")
            let m = Int.random(in: -5000...5000, using: &generator)
            let e = Int.random(in: 1...60, using: &generator)
            let c = write(m, e, &generator)
            let expected: AnswerComparison = n * e == m * d ? .equal : .different
            #expect(AnswerEquivalence.compare(a, c) == expected, "seed \(seed): \(a) ? \(c)")
        }
    }

    @Test(arguments: 0..<4)
    func neverTrapsAndIsSymmetric(run: Int) {
        let seed = UInt64(run) &+ 901
        var generator = SplitMix64(seed: seed)
        let pieces = [
            "\\frac", "{", "}", "1", "23", ",", "(", ")", "[", "]", "/", "^", "-", "e9", " ", ".", "\\", "$", "%", "km",
            "½", "∞",
            "\\text{", "\\sqrt", "\u{0}", "é", "\\circ", "^\\circ", "=", "B", "\\{", "\\}", "*", "cents", "000", "x",
            "yes",
        ]
        func text() -> String {
            (0..<Int.random(in: 0...9, using: &generator)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }.joined()
        }
        for _ in 0..<2000 {
            let a = text()
            let b = text()
            let forward = AnswerEquivalence.compare(a, b)
            #expect(
                forward == AnswerEquivalence.compare(b, a),
                "seed \(seed): \(a.debugDescription) ? \(b.debugDescription)")
            #expect(AnswerEquivalence.compare(a, a) != .different, "seed \(seed): \(a.debugDescription)")
        }
    }

    // MARK: Hostile input

    @Test(arguments: [
        "1e999999999", "1e-999999999", "10^{999999999}", "9^4096", "1e99999999999999999999999999", "2^{2^{2}}",
    ])
    func hugeExponentsAreUnknown(text: String) {
        #expect(AnswerEquivalence.compare(text, "1") != .equal)
        #expect(AnswerEquivalence.compare(text, text) == .equal)
    }

    @Test func longNumerals() {
        let long = String(repeating: "7", count: 4090)
        #expect(AnswerEquivalence.compare(long, long + ".0") == .equal)
        #expect(AnswerEquivalence.compare(long, String(long.dropLast()) + "8") == .different)
        let tooLong = String(repeating: "7", count: 4097)
        #expect(AnswerEquivalence.compare(tooLong, tooLong + ".0") == .unknown)
        let huge = String(repeating: "7", count: 1_000_000)
        #expect(AnswerEquivalence.compare(huge, huge + "8") == .unknown)
    }

    @Test(arguments: ["(", "{", "[", "\\frac{", "\\text{", "-", "\\sqrt", "^", "(a) "])
    func deepNesting(piece: String) {
        for count in [40, 1000, 100_000] {
            let deep = String(repeating: piece, count: count)
            #expect(AnswerEquivalence.compare(deep + "1", "1") != .equal)
            #expect(AnswerEquivalence.compare(deep, deep) != .different)
        }
    }
}
