import Answers
import Traces

/// What must hold for the analysis of any text, in whatever role; traps when it does not.
public func checkText(_ text: String, role: TraceField.Role) {
    let bytes = Array(text.utf8)
    let regions = TraceRegions.find(in: text, role: role)
    var covered = 0
    for span in regions.spans {
        precondition(span.range.lowerBound == covered && !span.range.isEmpty, "regions must cover the text in order")
        covered = span.range.upperBound
        precondition(isBoundary(covered, of: bytes), "regions must end between scalars")
    }
    precondition(covered == bytes.count, "regions must cover the text")

    let reasoning = regions.reasoning
    let protected = ProtectedSpans.find(in: text, within: reasoning)
    var previous = -1
    var region = reasoning[...]
    for span in protected {
        precondition(span.lowerBound > previous && !span.isEmpty, "protected spans must be sorted and merged")
        previous = span.upperBound
        // Merged spans may run over the border of two regions that touch, so each end is looked up by itself.
        while let first = region.first, first.upperBound <= span.lowerBound { region.removeFirst() }
        precondition(region.first?.contains(span.lowerBound) ?? false, "protected spans must lie in reasoning")
        precondition(
            reasoning.contains { $0.lowerBound < span.upperBound && span.upperBound <= $0.upperBound },
            "protected spans must end in reasoning")
        precondition(
            isBoundary(span.lowerBound, of: bytes) && isBoundary(span.upperBound, of: bytes),
            "protected spans must end between scalars")
    }
    _ = TextClassifier.classify(text, reasoning: reasoning, protected: protected)

    let invariants = TextInvariants(of: text)
    precondition(invariants == TextInvariants(of: text), "invariants must be a function of the text")
    precondition(invariants.firstDifference(from: invariants) == nil, "a text must equal itself")
    checkExtraction(text)
}

/// What must hold for an extracted answer.
@discardableResult
public func checkExtraction(_ text: String) -> ExtractedAnswer? {
    guard let answer = AnswerExtractor.extract(from: text) else { return nil }
    let bytes = Array(text.utf8)
    precondition(answer.markerRange.upperBound <= bytes.count, "the marker must lie in the text")
    precondition(
        answer.markerRange.lowerBound <= answer.range.lowerBound
            && answer.range.upperBound <= answer.markerRange.upperBound, "the answer must lie in its marker")
    for offset in [
        answer.range.lowerBound, answer.range.upperBound, answer.markerRange.lowerBound, answer.markerRange.upperBound,
    ] {
        precondition(isBoundary(offset, of: bytes), "an answer must end between scalars")
    }
    precondition(answer.text.utf8.elementsEqual(bytes[answer.range]), "the answer's text must be the text at its range")
    return answer
}

/// Whether an offset falls between two scalars of UTF-8.
public func isBoundary(_ offset: Int, of bytes: [UInt8]) -> Bool {
    offset == 0 || offset == bytes.count || (bytes.indices.contains(offset) && bytes[offset] & 0xC0 != 0x80)
}
