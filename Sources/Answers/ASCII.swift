import StrictJSON

/// UTF-8 bytes of a text; never outlives the string that it was taken from.
typealias Bytes = UnsafeBufferPointer<UInt8>

extension UInt8 {
    @inline(__always) init(ascii character: Unicode.Scalar) {
        self = UInt8(truncatingIfNeeded: character.value)
    }

    @inline(__always) var isAlphanumeric: Bool { isASCIIDigit || isASCIILetter }
}

/// The UTF-8 bytes of `text`; a string that is not stored contiguously is copied first.
@inline(__always)
func withBytes<R>(of text: String, _ body: (Bytes) -> R) -> R {
    if let result = text.utf8.withContiguousStorageIfAvailable(body) { return result }
    return ContiguousArray(text.utf8).withUnsafeBufferPointer(body)
}

extension UnsafeBufferPointer where Element == UInt8 {
    /// Whether the lower-case ASCII `word` stands at `index`, in any case.
    @inline(__always)
    func matches(_ word: StaticString, at index: Int) -> Bool {
        let length = word.utf8CodeUnitCount
        guard index >= 0, index <= count - length else { return false }
        let start = word.utf8Start
        for offset in 0..<length where self[index + offset].asciiLowercased != start[offset] { return false }
        return true
    }

    /// Whether `word` ends right before `end`, in any case.
    @inline(__always)
    func matches(_ word: StaticString, before end: Int) -> Bool {
        matches(word, at: end - word.utf8CodeUnitCount)
    }

    /// The last place of `byte` in `range`.
    @inline(__always)
    func lastIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        var index = range.upperBound
        while index > range.lowerBound {
            index -= 1
            if self[index] == byte { return index }
        }
        return nil
    }

    /// `range` without the white space at both of its ends.
    @inline(__always)
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, self[lower].isASCIISpace { lower += 1 }
        while lower < upper, self[upper - 1].isASCIISpace { upper -= 1 }
        return lower..<upper
    }
}
