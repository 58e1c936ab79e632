/// Finds the end of a JSON object or array by its brackets and quotation marks alone. Whether it is JSON, its parser says.
package struct JSONExtent {
    /// Whether the last byte that was taken is in a string, its closing quotation mark not counted.
    @inlinable package var isInString: Bool { isInText }

    @usableFromInline var isInText = false
    @usableFromInline var isEscaped = false
    @usableFromInline var depth = 0

    /// Before the first bracket.
    @inlinable package init() {}

    /// Takes the next byte, of which the first is a bracket; true with the one that closes it.
    @inlinable
    package mutating func take(_ byte: UInt8) -> Bool {
        if isInText {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInText = false
            }
            return false
        }
        switch byte {
        case UInt8(ascii: "\""): isInText = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            return depth <= 0
        default: break
        }
        return false
    }
}
