/// The tokens of a model: their bytes in one block, found by id and, through a hash table, by bytes.
struct Vocabulary: Sendable {
    /// Ids from here on are refused; the largest vocabularies in use have about 260,000 tokens.
    static let idLimit: Int32 = 1 << 22

    private var arena: [UInt8] = []
    /// Where the bytes of each id lie in the arena; an empty id has start -1.
    private var starts: [Int32] = []
    private var ends: [Int32] = []
    /// Open addressing with linear probing; ids, or -1. The size is a power of two.
    private var slots: [Int32] = []
    private(set) var count = 0

    /// One more than the largest id.
    var idBound: Int { starts.count }

    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
    }

    /// FNV-1a over words of eight bytes, mixed at the end.
    @inline(__always)
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(truncatingIfNeeded: bytes.count)
        var i = 0
        let raw = UnsafeRawBufferPointer(bytes)
        while i + 8 <= raw.count {
            hash = (hash ^ raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
            i += 8
        }
        while i < raw.count {
            hash = (hash ^ UInt64(raw[i])) &* 0x0000_0100_0000_01B3
            i += 1
        }
        hash = (hash ^ (hash >> 29)) &* 0xBF58_476D_1CE4_E5B9
        return hash ^ (hash >> 32)
    }

    /// What `insert` found.
    enum Insertion {
        case inserted
        case tokenExists(id: Int32)
        case idExists
    }

    /// Adds a token. `id` must be in 0..<`idLimit`. Nothing changes unless the result is `inserted`.
    mutating func insert(_ token: [UInt8], id: Int32) -> Insertion {
        if contains(id: id) { return .idExists }
        var slot = token.withUnsafeBufferPointer { probe($0) }
        if slots[slot] >= 0 { return .tokenExists(id: slots[slot]) }
        if (count + 1) * 2 > slots.count {
            grow()
            slot = token.withUnsafeBufferPointer { probe($0) }
        }
        while starts.count <= Int(id) {
            starts.append(-1)
            ends.append(-1)
        }
        starts[Int(id)] = Int32(truncatingIfNeeded: arena.count)
        arena.append(contentsOf: token)
        ends[Int(id)] = Int32(truncatingIfNeeded: arena.count)
        slots[slot] = id
        count += 1
        return .inserted
    }

    private mutating func grow() {
        let ids = slots.filter { $0 >= 0 }
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for id in ids {
            let range = Int(starts[Int(id)])..<Int(ends[Int(id)])
            let slot = arena.withUnsafeBufferPointer { probe(UnsafeBufferPointer(rebasing: $0[range])) }
            slots[slot] = id
        }
    }

    /// The slot that holds `token`, or the empty one where it would go.
    @inline(__always)
    private func probe(_ token: UnsafeBufferPointer<UInt8>) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: Self.hash(token)) & mask
        while slots[slot] >= 0 {
            let id = Int(slots[slot])
            let start = Int(starts[id])
            let length = Int(ends[id]) - start
            if length == token.count, matches(token, at: start) { break }
            slot = (slot + 1) & mask
        }
        return slot
    }

    @inline(__always)
    private func matches(_ token: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        for i in 0..<token.count where arena[start + i] != token[i] { return false }
        return true
    }

    func contains(id: Int32) -> Bool {
        id >= 0 && Int(id) < starts.count && starts[Int(id)] >= 0
    }

    /// The id of a token, or nil.
    @inline(__always)
    func id(of token: UnsafeBufferPointer<UInt8>) -> Int32? {
        let id = slots[probe(token)]
        return id >= 0 ? id : nil
    }

    /// The id of a token, or nil.
    func id(of token: [UInt8]) -> Int32? {
        token.withUnsafeBufferPointer { id(of: $0) }
    }

    /// The bytes of a token, or nil if there is none with this id.
    func bytes(of id: Int32) -> ArraySlice<UInt8>? {
        guard contains(id: id) else { return nil }
        return arena[Int(starts[Int(id)])..<Int(ends[Int(id)])]
    }
}
