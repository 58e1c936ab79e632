import Answers
import FuzzSupport

/// Two texts in, split at the first NUL (or in the middle): extraction from each, comparison of both.
///
/// Checked: ranges in bounds and between scalars, the text at the range; comparison is symmetric, and never calls a text
/// different from itself.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAnswers(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: data, count: count)
    let split = bytes.firstIndex(of: 0) ?? count / 2
    let first = String(decoding: bytes[..<split], as: UTF8.self)
    let second = String(decoding: bytes[split...].drop { $0 == 0 }, as: UTF8.self)
    checkPair(first, second)
    let answers = (checkExtraction(first), checkExtraction(second))
    if let a = answers.0?.text, let b = answers.1?.text { checkPair(a, b) }
    precondition(
        AnswerEquivalence.compareFinalAnswers(first, second) == AnswerEquivalence.compareFinalAnswers(second, first),
        "comparison of final answers must be symmetric")
    return 0
}

private func checkPair(_ a: String, _ b: String) {
    precondition(
        AnswerEquivalence.compare(a, b) == AnswerEquivalence.compare(b, a), "comparison must be symmetric")
    precondition(AnswerEquivalence.compare(a, a) != .different, "an answer must not differ from itself")
    precondition(AnswerEquivalence.compare(b, b) != .different, "an answer must not differ from itself")
}
