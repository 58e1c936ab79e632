import Answers

/// The part of an untagged text that states the final answer and must not change.
enum FinalAnswerSpan {
    /// How far a sentence is followed in either direction, in bytes.
    private static let maxSentenceBytes = 400

    /// The answer with its marker: the line after `####`, the whole sentence around a phrase or a box.
    static func find(in text: inout String) -> Range<Int>? {
        guard let answer = AnswerExtractor.extract(from: text) else { return nil }
        let isFollowed = AnswerExtractor.reasoningFollows(answer.markerRange.upperBound, in: text)
        return text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            let marker = answer.markerRange.clamped(to: 0..<bytes.count)
            guard !marker.isEmpty else { return nil }
            switch answer.marker {
            case .phrase, .boxed, .choice: return sentence(around: marker, in: bytes)
            case .hashes: return aligned(marker, in: bytes)
            // A number that reasoning goes on behind marks no end: it stays where it is as every number does.
            case .bare, .lastNumber: return isFollowed ? nil : aligned(marker, in: bytes)
            // The tags have been read before, and none of them held an answer; a member of an object may.
            case .answerTag: return bytes[marker.lowerBound] == UInt8(ascii: "<") ? nil : aligned(marker, in: bytes)
            }
        }
    }

    private static func sentence(around marker: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Range<Int> {
        var start = marker.lowerBound
        let first = max(0, start - maxSentenceBytes)
        while start > first {
            let previous = bytes[start - 1]
            if previous == 0x0A || (previous == 0x20 && start >= 2 && isTerminator(bytes[start - 2])) { break }
            // Do not run over the end of a tag.
            if previous == 0x3E { break }
            start -= 1
        }
        var end = marker.upperBound
        let last = min(bytes.count, end + maxSentenceBytes)
        while end < last {
            let byte = bytes[end]
            if byte == 0x0A || byte == 0x3C { break }
            end += 1
            if isTerminator(byte), end == bytes.count || bytes[end] <= 0x20 { break }
        }
        return aligned(start..<end, in: bytes)
    }

    private static func isTerminator(_ byte: UInt8) -> Bool { byte == 0x2E || byte == 0x21 || byte == 0x3F }

    /// Widens a range to whole scalars.
    private static func aligned(_ range: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        return start..<end
    }
}
