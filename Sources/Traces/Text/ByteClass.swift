import StrictJSON

/// Classes of bytes that the text scanner branches on. Bytes of non-ASCII scalars count as letters.
enum ByteClass {
    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool { byte.isASCIILetter || byte >= 0x80 }
    @inline(__always)
    static func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || byte.isASCIIDigit || byte == 0x5F }
    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
