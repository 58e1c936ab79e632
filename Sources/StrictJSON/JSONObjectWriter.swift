/// Writes one JSON object member by member, in the order given.
package struct JSONObjectWriter {
    private var bytes: [UInt8] = [0x7B]

    package init() {}

    /// A string member; nothing when `value` is nil.
    package mutating func string(_ name: String, _ value: String?) {
        guard let value else { return }
        key(name)
        JSONText.append(value, to: &bytes, asciiOnly: false)
    }

    /// A member whose value is already JSON.
    package mutating func raw(_ name: String, _ value: [UInt8]) {
        key(name)
        bytes += value
    }

    private mutating func key(_ name: String) {
        if bytes.count > 1 { bytes += [0x2C, 0x20] }
        JSONText.append(name, to: &bytes, asciiOnly: false)
        bytes += [0x3A, 0x20]
    }

    /// The object.
    package consuming func finish() -> [UInt8] {
        bytes.append(0x7D)
        return bytes
    }
}
