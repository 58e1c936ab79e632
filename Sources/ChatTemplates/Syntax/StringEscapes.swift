/// The escapes of a string in a template, which are Python's.
enum StringEscapes {
    /// The text that is meant.
    ///
    /// - Returns: nil for an escape cut short, for one that names no character, and for characters by name.
    static func resolved(_ body: Text) -> Text? {
        var out = Text()
        var i = 0
        while i < body.count {
            guard body[i] == 0x5C, i + 1 < body.count else {
                out.units.append(body.units[i])
                i += 1
                continue
            }
            let kind = body[i + 1]
            i += 2
            if let simple = simple[kind] {
                out.units.append(simple)
            } else if kind == 0x0A {
                continue
            } else if let length = [0x78: 2, 0x75: 4, 0x55: 8][kind] {
                guard let value = number(body, i, length, radix: 16), Unicode.Scalar(value) != nil else { return nil }
                out.units.append(value)
                i += length
            } else if (0x30...0x37).contains(kind) {
                var length = 1
                while length < 3, i - 1 + length < body.count, (0x30...0x37).contains(body[i - 1 + length]) {
                    length += 1
                }
                guard let value = number(body, i - 1, length, radix: 8) else { return nil }
                out.units.append(value)
                i += length - 1
            } else if kind == 0x4E {
                return nil
            } else {
                // What is no escape keeps its backslash.
                out.units += [0x5C, kind]
            }
        }
        return out
    }

    private static let simple: [UInt32: UInt32] = [
        0x5C: 0x5C, 0x27: 0x27, 0x22: 0x22, 0x61: 0x07, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09,
        0x76: 0x0B,
    ]

    private static func number(_ body: Text, _ start: Int, _ length: Int, radix: Int) -> UInt32? {
        guard start + length <= body.count else { return nil }
        return UInt32(body.slice(start..<start + length).string, radix: radix)
    }
}
