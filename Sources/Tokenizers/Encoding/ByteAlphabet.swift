/// GPT-2's one-to-one map between bytes and printable characters, in which byte-level vocabularies are written.
///
/// Printable Latin-1 stands for itself; the other 68 bytes are U+0100 to U+0143, in order (space is Ġ, U+0120).
enum ByteAlphabet {
    /// The code point for each byte.
    static let codePoints: [UInt32] = {
        var next: UInt32 = 0x100
        return (0..<256).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return UInt32(byte)
            default:
                defer { next += 1 }
                return next
            }
        }
    }()

    /// The byte for each code point below 0x144, or -1.
    private static let bytes: [Int16] = {
        var table = [Int16](repeating: -1, count: 0x144)
        for (byte, code) in codePoints.enumerated() { table[Int(code)] = Int16(byte) }
        return table
    }()

    /// The bytes that a token's text stands for, or nil if one of its characters stands for no byte.
    static func decode(_ utf8: some Collection<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        out.reserveCapacity(utf8.count)
        var lead: UInt8 = 0
        for unit in utf8 {
            if unit < 0x80 {
                guard bytes[Int(unit)] >= 0 else { return nil }
                out.append(unit)
            } else if unit >= 0xC0 {
                guard unit < 0xC8 else { return nil }
                lead = unit
            } else {
                let code = Int(lead & 0x1F) << 6 | Int(unit & 0x3F)
                guard code < bytes.count, bytes[code] >= 0 else { return nil }
                out.append(UInt8(bytes[code]))
            }
        }
        return out
    }

    /// The text that stands for `bytes`.
    static func encode(_ bytes: some Collection<UInt8>) -> String {
        var out = String.UnicodeScalarView()
        for byte in bytes {
            if let scalar = Unicode.Scalar(codePoints[Int(byte)]) { out.append(scalar) }
        }
        return String(out)
    }
}
