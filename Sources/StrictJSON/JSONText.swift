/// Bytes of JSON strings: scanning, decoding, encoding.
package enum JSONText {
    /// The bytes between the quotes of a string token.
    @inline(__always)
    package static func inner(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[(range.lowerBound + 1)..<(range.upperBound - 1)])
    }

    /// The offset of the first quote, backslash or control character at or after `start`, eight bytes at a time.
    @inline(__always)
    static func endOfPlainRun(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        let count = bytes.count
        var index = start
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while index &+ 8 <= count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            // A byte's high bit is set where it equals the quote or backslash, or is below 0x20. Borrows can only
            // set bits above a true hit, so the lowest set bit is right.
            let quote = word ^ (ones &* 0x22)
            let slash = word ^ (ones &* 0x5C)
            let hits =
                ((quote &- ones) & ~quote) | ((slash &- ones) & ~slash) | ((word &- (ones &* 0x20)) & ~word)
            let masked = hits & highs
            if masked != 0 { return index &+ (masked.trailingZeroBitCount >> 3) }
            index &+= 8
        }
        while index < count {
            let byte = bytes[index]
            if byte == 0x22 || byte == 0x5C || byte < 0x20 { return index }
            index &+= 1
        }
        return count
    }

    static func hexUnit(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt16? {
        var unit: UInt16 = 0
        for index in offset..<offset + 4 {
            guard let digit = bytes[index].hexDigitValue else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// Decodes a string token (quotes included in `range`) that the scanner accepted.
    package static func decode(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, escaped: Bool) -> String {
        let inner = (range.lowerBound + 1)..<(range.upperBound - 1)
        if !escaped { return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[inner]), as: UTF8.self) }
        // Decoding never makes a string longer.
        return String(unsafeUninitializedCapacity: max(inner.count, 1)) { buffer in
            unescape(UnsafeRawBufferPointer(rebasing: bytes[inner]), into: buffer)
        }
    }

    /// The decoded bytes of a key, for comparison.
    package static func decodedBytes(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> [UInt8] {
        let inner = (range.lowerBound + 1)..<(range.upperBound - 1)
        return [UInt8](unsafeUninitializedCapacity: max(inner.count, 1)) { buffer, count in
            count = unescape(UnsafeRawBufferPointer(rebasing: bytes[inner]), into: buffer)
        }
    }

    /// Writes what stands between the quotes of a string, escapes resolved; never more bytes than stand there.
    ///
    /// - Returns: The number of bytes written.
    package static func unescape(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        guard let input = source.baseAddress, let output = target.baseAddress else { return 0 }
        var read = 0
        var written = 0
        while read < source.count {
            let end = endOfPlainRun(source, from: read)
            if end > read {
                UnsafeMutableRawPointer(output + written).copyMemory(from: input + read, byteCount: end - read)
                written += end - read
                read = end
            }
            guard read + 1 < source.count else { break }
            let kind = source[read + 1]
            if kind != 0x75 {
                output[written] = simpleEscape(kind)
                written += 1
                read += 2
                continue
            }
            guard read + 6 <= source.count, let unit = hexUnit(source, at: read + 2) else { break }
            read += 6
            var scalar = UInt32(unit)
            if unit & 0xFC00 == 0xD800, read + 6 <= source.count, let low = hexUnit(source, at: read + 2) {
                scalar = 0x10000 + ((scalar & 0x3FF) << 10 | UInt32(low & 0x3FF))
                read += 6
            }
            for byte in UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter {
                output[written] = byte
                written += 1
            }
        }
        return written
    }

    private static func simpleEscape(_ kind: UInt8) -> UInt8 {
        switch kind {
        case 0x62: 0x08
        case 0x66: 0x0C
        case 0x6E: 0x0A
        case 0x72: 0x0D
        case 0x74: 0x09
        default: kind
        }
    }

    /// Whether a string token escapes some non-ASCII character and writes none plainly.
    package static func isASCIIOnly(_ bytes: ArraySlice<UInt8>) -> Bool {
        var hasEscape = false
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte >= 0x80 { return false }
            if byte == 0x5C, index + 5 < bytes.endIndex {
                // \u00XX below 0x80 is an ASCII character: no sign of the habit.
                if bytes[index + 1] == 0x75 {
                    let isASCII = bytes[index + 2] == 0x30 && bytes[index + 3] == 0x30 && bytes[index + 4] < 0x38
                    if !isASCII { hasEscape = true }
                }
                index += 2
            } else {
                index += 1
            }
        }
        return hasEscape
    }

    /// Appends `text` as a JSON string: the quote, the backslash and control characters are escaped, and everything
    /// outside ASCII too when `asciiOnly`.
    package static func append(_ text: String, to output: inout [UInt8], asciiOnly: Bool = false) {
        var text = text
        output.append(0x22)
        text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            var index = 0
            while index < bytes.count {
                let end = endOfPlainRun(bytes, from: index)
                if end > index {
                    appendPlain(UnsafeRawBufferPointer(rebasing: bytes[index..<end]), to: &output, asciiOnly: asciiOnly)
                    index = end
                }
                guard index < bytes.count else { break }
                appendEscape(bytes[index], to: &output)
                index += 1
            }
        }
        output.append(0x22)
    }

    private static func appendPlain(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8], asciiOnly: Bool) {
        if !asciiOnly || !bytes.contains(where: { $0 >= 0x80 }) {
            output.append(contentsOf: bytes)
            return
        }
        for unit in String(decoding: bytes, as: UTF8.self).utf16 {
            if unit < 0x80 {
                output.append(UInt8(unit))
            } else {
                appendUnicodeEscape(unit, to: &output)
            }
        }
    }

    private static func appendEscape(_ byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case 0x22, 0x5C: output.append(contentsOf: [0x5C, byte])
        case 0x08: output.append(contentsOf: [0x5C, 0x62])
        case 0x09: output.append(contentsOf: [0x5C, 0x74])
        case 0x0A: output.append(contentsOf: [0x5C, 0x6E])
        case 0x0C: output.append(contentsOf: [0x5C, 0x66])
        case 0x0D: output.append(contentsOf: [0x5C, 0x72])
        default: appendUnicodeEscape(UInt16(byte), to: &output)
        }
    }

    private static func appendUnicodeEscape(_ unit: UInt16, to output: inout [UInt8]) {
        output.append(contentsOf: [0x5C, 0x75])
        for shift in [12, 8, 4, 0] as [UInt16] {
            let digit = UInt8(unit >> shift & 0xF)
            output.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
        }
    }
}
