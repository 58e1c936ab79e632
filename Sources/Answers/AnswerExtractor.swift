/// Finds the final answer of a reasoning trace.
///
/// Markers are tried in a fixed order, and the last occurrence of the first marker that is present wins: `\boxed{...}` with
/// balanced braces, `####`, `<answer>`, "Final Answer:" and "The answer is", a choice A to E, and the last number.
/// Every step is linear in the length of the text, whatever the text is.
public enum AnswerExtractor {
    /// The final answer of `text`, or nil when the text has no marker, no choice and no number.
    public static func extract(from text: String) -> ExtractedAnswer? {
        withBytes(of: text) { bytes in
            locate(in: bytes).map { found in
                ExtractedAnswer(
                    text: String(decoding: Bytes(rebasing: bytes[found.range]), as: UTF8.self), range: found.range,
                    markerRange: found.markerRange, marker: found.marker)
            }
        }
    }

    /// Where an answer stands, before a string is made of it.
    struct Location {
        var marker: ExtractedAnswer.Marker
        var range: Range<Int>
        var markerRange: Range<Int>
    }

    static func locate(in bytes: Bytes) -> Location? {
        boxed(in: bytes) ?? hashes(in: bytes) ?? answerTag(in: bytes)
            ?? phrase(in: bytes, within: 0..<bytes.count) ?? choice(in: bytes) ?? lastNumber(in: bytes)
    }
}
