/// Whole numbers by whole numbers, with open addressing and linear probing: what is looked up once for every byte or pair.
struct ProbingTable: Sendable {
    /// No key.
    private static let empty = UInt64.max

    private var keys: [UInt64]
    private var values: [UInt64]
    private var count = 0

    /// - Parameter capacity: How many keys are expected; more make it grow.
    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        keys = [UInt64](repeating: Self.empty, count: size)
        values = [UInt64](repeating: 0, count: size)
    }

    @inline(__always)
    private func slot(_ key: UInt64) -> Int {
        let mask = keys.count - 1
        var hash = key &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 32
        var slot = Int(truncatingIfNeeded: hash) & mask
        while keys[slot] != Self.empty, keys[slot] != key { slot = (slot + 1) & mask }
        return slot
    }

    /// The value of a key, which is less than 2⁶⁴ - 1; nil where there is none.
    @inline(__always)
    subscript(key: UInt64) -> UInt64? {
        let slot = slot(key)
        return keys[slot] == key ? values[slot] : nil
    }

    /// Gives a key a value; a value that it had is gone.
    mutating func set(_ key: UInt64, to value: UInt64) {
        if (count + 1) * 2 > keys.count { grow() }
        let slot = slot(key)
        if keys[slot] == Self.empty { count += 1 }
        keys[slot] = key
        values[slot] = value
    }

    private mutating func grow() {
        let old = zip(keys, values)
        keys = [UInt64](repeating: Self.empty, count: keys.count * 2)
        values = [UInt64](repeating: 0, count: keys.count)
        for (key, value) in old where key != Self.empty {
            let slot = slot(key)
            keys[slot] = key
            values[slot] = value
        }
    }
}
