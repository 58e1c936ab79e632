import StrictJSON

/// Finds the final answer of a reasoning trace.
///
/// Markers are tried in a fixed order, and the last occurrence of the first marker that is present wins: `\boxed{...}` with
/// balanced braces, `####`, `<answer>`, "Final Answer:" and "The answer is", a choice A to J, and the last number. A box,
/// `####` or phrase that more than a few sentences of reasoning follow was a step on the way, and does not count.
/// Every step is linear in the length of the text, whatever the text is.
public enum AnswerExtractor {
    /// The final answer of `text`, or nil when the text has no marker, no choice and no number.
    public static func extract(from text: String) -> ExtractedAnswer? {
        withBytes(of: text) { bytes in locate(in: bytes).map { $0.answer(in: bytes) } }
    }

    /// The final answer of a reference solution: what it marks as its answer, and otherwise the text itself where it is a
    /// bare answer such as `x^2 + 1`, "(3, 4)" or "Monday". A longer text, and a sentence such as "She has 20 apples left.",
    /// is read as a trace is. Nil for a text without an answer.
    public static func reference(in solution: String) -> ExtractedAnswer? {
        withBytes(of: solution) { bytes in
            let whole = bytes.trimmed(bytes.indices)
            guard !whole.isEmpty else { return nil }
            if let marked = marked(in: bytes) { return marked.answer(in: bytes) }
            switch BareAnswer.reading(of: bytes, whole) {
            case .bare: break
            case .sentence: if let choice = choice(in: bytes) { return choice.answer(in: bytes) }
            case .trace: return locate(in: bytes)?.answer(in: bytes)
            }
            let range = resultOfEquation(in: bytes, whole)
            return Location(marker: .bare, range: range, markerRange: whole).answer(in: bytes)
        }
    }

    /// Where an answer stands, before a string is made of it.
    struct Location {
        var marker: ExtractedAnswer.Marker
        var range: Range<Int>
        var markerRange: Range<Int>

        func answer(in bytes: Bytes) -> ExtractedAnswer {
            ExtractedAnswer(
                text: String(decoding: Bytes(rebasing: bytes[range]), as: UTF8.self), range: range,
                markerRange: markerRange, marker: marker)
        }
    }

    static func locate(in bytes: Bytes) -> Location? {
        marked(in: bytes) ?? choice(in: bytes) ?? lastNumber(in: bytes)
    }

    /// The answer that a text marks as its final one.
    private static func marked(in bytes: Bytes) -> Location? {
        final(boxed(in: bytes), in: bytes) ?? final(hashes(in: bytes), in: bytes) ?? answerTag(in: bytes)
            ?? answerMember(in: bytes) ?? final(phrase(in: bytes, within: 0..<bytes.count), in: bytes)
    }

    /// A place that reasoning goes on behind is not where the answer is given.
    private static func final(_ location: Location?, in bytes: Bytes) -> Location? {
        guard let location, !FollowingSentences.areMany(in: bytes, from: location.markerRange.upperBound) else {
            return nil
        }
        return location
    }

    /// Whether more than a few sentences stand behind a place of `text`, so that what ends there is not its end.
    ///
    /// - Parameters:
    ///   - offset: A place, in UTF-8 bytes.
    ///   - text: The text.
    package static func reasoningFollows(_ offset: Int, in text: String) -> Bool {
        withBytes(of: text) { FollowingSentences.areMany(in: $0, from: min(max(0, offset), $0.count)) }
    }

    /// The right side of a calculation ("3 + 4 = 7"): what is left of the last equals sign must be arithmetic, or a name and
    /// arithmetic. Anything else, such as the equation `2x + 3 = 7`, is left as it is.
    static func resultOfEquation(in bytes: Bytes, _ range: Range<Int>) -> Range<Int> {
        guard range.count <= 512, let sign = bytes.lastIndex(of: UInt8(ascii: "="), in: range), sign > range.lowerBound
        else { return range }
        let right = bytes.trimmed((sign + 1)..<range.upperBound)
        guard !right.isEmpty, !"<>!:=\\".utf8.contains(bytes[sign - 1]) else { return range }
        var start = range.lowerBound
        if let first = bytes[range].firstIndex(of: UInt8(ascii: "=")), first < sign { start = first + 1 }
        var digits = 0
        var operators = 0
        var index = start
        while index < sign {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "+"), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "-"), 0x80...: operators += 1
            case 0x20, UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "."), UInt8(ascii: "%"), UInt8(ascii: "{"),
                UInt8(ascii: "}"), UInt8(ascii: "^"):
                break
            case UInt8(ascii: "\\"):
                guard let end = arithmeticCommand(in: bytes, at: index + 1) else { return range }
                operators += 1
                index = end
                continue
            default: return range
            }
            index += 1
        }
        return digits > 0 && operators > 0 ? right : range
    }

    private static func arithmeticCommand(in bytes: Bytes, at start: Int) -> Int? {
        for (name, length) in [("times" as StaticString, 5), ("cdot", 4), ("div", 3), ("frac", 4), ("dfrac", 5)]
        where bytes.matches(name, at: start) {
            let end = start + length
            return end < bytes.count && bytes[end].isASCIILetter ? nil : end
        }
        return nil
    }
}
