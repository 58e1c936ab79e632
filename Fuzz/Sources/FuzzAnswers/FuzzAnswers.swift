import Answers
import FuzzSupport

/// Two texts in, split at the first NUL (or in the middle): extraction from each, comparison of both and with known values.
///
/// Checked: ranges in bounds and between scalars, the text at the range; comparison is symmetric, and never calls a text
/// different from itself; no text is equal to two answers that are different from each other.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAnswers(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: data, count: count)
    let split = bytes.firstIndex(of: 0) ?? count / 2
    let first = String(decoding: bytes[..<split], as: UTF8.self)
    let second = String(decoding: bytes[split...].drop { $0 == 0 }, as: UTF8.self)
    checkPair(first, second)
    let answers = (checkExtraction(first), checkExtraction(second))
    if let a = answers.0?.text, let b = answers.1?.text { checkPair(a, b) }
    for text in [first, second] + [answers.0?.text, answers.1?.text].compactMap(\.self) { checkValues(text) }
    if let reference = AnswerExtractor.reference(in: second) {
        precondition(!reference.text.isEmpty, "an answer must not be empty")
    }
    return 0
}

private func checkPair(_ a: String, _ b: String) {
    precondition(
        AnswerEquivalence.compare(a, b) == AnswerEquivalence.compare(b, a), "comparison must be symmetric")
    precondition(AnswerEquivalence.compare(a, a) != .different, "an answer must not differ from itself")
    precondition(AnswerEquivalence.compare(b, b) != .different, "an answer must not differ from itself")
}

/// Values of which a text may be at most one, but for those that only leave something open: 5 is 5 km.
private let values = [
    "5", "-5", "50", "0.5", "5000", "1/3", "5 km", "5 m", "5 kg", "5 clips", "$5", "5 cents", "5%", "50%", "5 million",
    "x = 5",
    "y = 6", "(5, 6)", "[5, 6)", "{5, 6}", "5, 6", "A", "B", "(A), (C)", "yes", "no", "∞", "2\\pi", "x^2", "Co", "CO",
]

private func checkValues(_ text: String) {
    let equal = values.filter { AnswerEquivalence.compare(text, $0) == .equal }
    for (index, first) in equal.enumerated() {
        for second in equal[(index + 1)...] {
            precondition(
                AnswerEquivalence.compare(first, second) != .different,
                "no answer may be equal to two that are different")
        }
    }
}
