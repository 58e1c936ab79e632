/// Why the acceptance gate turned a candidate down. The raw value stands in ledgers and reports.
public enum Rejection: String, Error, Hashable, Sendable, CaseIterable {
    /// The final answer is not equivalent to the original's.
    case answerChanged = "answer_changed"
    /// The final answer is gone.
    case answerMissing = "answer_missing"
    /// The original has no answer that can be compared, so a free rewriting cannot be checked.
    case answerUnverified = "answer_unverified"
    /// The reasoning no longer contains the result it led to.
    case resultMissing = "result_missing"
    /// No reasoning is left.
    case reasoningMissing = "reasoning_missing"
    /// The text stops in the middle.
    case truncated = "truncated"
    /// Much shorter or longer than the original.
    case lengthRatio = "length_ratio"
    /// The instruction shows through.
    case promptLeak = "prompt_leak"
    /// The writer declined.
    case refusal = "refusal"
    /// Numerals, formulas or names differ after a word-for-word rewriting.
    case invariantsChanged = "invariants_changed"
    /// A mark that was ordered is not in the text.
    case watermarkMissing = "watermark_missing"
    /// Asked to answer from the new reasoning alone, the endpoint gave another answer.
    case forcedAnswerDiffers = "forced_answer_differs"
    /// The reasoning's tags were broken, or marks and control tokens added that the original has not.
    case structureChanged = "structure_changed"
    /// The reply was empty.
    case emptyReply = "empty_reply"
    /// The reply has not the tags that were asked for: it is talk about the task.
    case tagsMissing = "tags_missing"
    /// The reply greets its reader, or offers more.
    case preamble = "preamble"
    /// The reply is in another language.
    case languageChanged = "language_changed"
    /// Numbers that are not the original's, or most of the original's gone.
    case numbersChanged = "numbers_changed"
}
