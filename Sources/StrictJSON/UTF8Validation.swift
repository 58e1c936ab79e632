/// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing past U+10FFFF.
package enum UTF8Validation {
    /// The offset of the first byte that does not begin or continue a well-formed scalar, or nil.
    package static func firstInvalidOffset(in bytes: UnsafeRawBufferPointer) -> Int? {
        let count = bytes.count
        guard count > 0, let base = bytes.baseAddress else { return nil }
        var index = 0
        while index < count {
            // Most text is ASCII: 32 bytes at a time.
            while index &+ 32 <= count {
                let a = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                let b = base.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self)
                let c = base.loadUnaligned(fromByteOffset: index &+ 16, as: UInt64.self)
                let d = base.loadUnaligned(fromByteOffset: index &+ 24, as: UInt64.self)
                if (a | b | c | d) & 0x8080_8080_8080_8080 != 0 { break }
                index &+= 32
            }
            guard index < count else { break }
            let byte = bytes[index]
            if byte < 0x80 {
                index &+= 1
                continue
            }
            let length = scalarLength(bytes, at: index)
            if length == 0 { return index }
            index &+= length
        }
        return nil
    }

    /// The length of the well-formed multi-byte scalar at `index`, or 0.
    private static func scalarLength(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
        let lead = bytes[index]
        let length: Int
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF: length = 3
        case 0xF0...0xF4: length = 4
        default: return 0
        }
        guard index &+ length <= bytes.count else { return 0 }
        let second = bytes[index &+ 1]
        let allowed: ClosedRange<UInt8> =
            switch lead {
            case 0xE0: 0xA0...0xBF
            case 0xED: 0x80...0x9F
            case 0xF0: 0x90...0xBF
            case 0xF4: 0x80...0x8F
            default: 0x80...0xBF
            }
        guard allowed.contains(second) else { return 0 }
        for offset in 2..<max(length, 2) where bytes[index &+ offset] & 0xC0 != 0x80 { return 0 }
        return length
    }

    /// A byte for an error message.
    package static func name(_ byte: UInt8) -> String {
        if byte > 0x20, byte < 0x7F { return "'\(UnicodeScalar(byte))'" }
        let hex = String(byte, radix: 16, uppercase: true)
        return "byte 0x" + (hex.count == 1 ? "0" + hex : hex)
    }
}
