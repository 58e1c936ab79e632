/// The merges of a byte-pair encoding: a pair of token ids to its rank and the token it makes.
struct MergeTable: Sendable {
    static let noRank = UInt32.max

    /// By the pair: rank and token.
    private var table: ProbingTable

    init(capacity: Int) { table = ProbingTable(capacity: capacity) }

    @inline(__always)
    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// Adds a merge; a pair that is there already gets the new rank, as in `tokenizers`.
    mutating func insert(left: Int32, right: Int32, rank: UInt32, token: Int32) {
        table.set(Self.key(left, right), to: UInt64(rank) << 32 | UInt64(UInt32(bitPattern: token)))
    }

    /// Rank and token of a pair; `noRank` if the pair does not merge.
    @inline(__always)
    func merge(_ left: Int32, _ right: Int32) -> (rank: UInt32, token: Int32) {
        guard let value = table[Self.key(left, right)] else { return (Self.noRank, -1) }
        return (UInt32(truncatingIfNeeded: value >> 32), Int32(truncatingIfNeeded: value & 0xFFFF_FFFF))
    }
}
