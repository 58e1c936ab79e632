/// The merges of a byte-pair encoding: a pair of token ids to its rank and the token it makes.
struct MergeTable: Sendable {
    static let noRank = UInt32.max
    private static let empty = UInt64.max

    /// Open addressing with linear probing: the pair, and rank and token beside it.
    private var keys: [UInt64]
    private var values: [UInt64]

    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        keys = [UInt64](repeating: Self.empty, count: size)
        values = [UInt64](repeating: 0, count: size)
    }

    @inline(__always)
    private func probe(_ key: UInt64) -> Int {
        let mask = keys.count - 1
        var hash = key &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 32
        var slot = Int(truncatingIfNeeded: hash) & mask
        while keys[slot] != Self.empty, keys[slot] != key { slot = (slot + 1) & mask }
        return slot
    }

    /// Adds a merge; a pair that is there already gets the new rank, as in `tokenizers`. No more than the capacity given
    /// to `init` may be added.
    mutating func insert(left: Int32, right: Int32, rank: UInt32, token: Int32) {
        let key = UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
        let slot = probe(key)
        keys[slot] = key
        values[slot] = UInt64(rank) << 32 | UInt64(UInt32(bitPattern: token))
    }

    /// Rank and token of a pair; `noRank` if the pair does not merge.
    @inline(__always)
    func merge(_ left: Int32, _ right: Int32) -> (rank: UInt32, token: Int32) {
        let key = UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
        let slot = probe(key)
        guard keys[slot] == key else { return (Self.noRank, -1) }
        return (UInt32(truncatingIfNeeded: values[slot] >> 32), Int32(truncatingIfNeeded: values[slot] & 0xFFFF_FFFF))
    }
}
