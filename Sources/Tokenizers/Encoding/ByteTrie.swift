/// Tokens by their bytes, to find all that begin at a place of a text.
struct ByteTrie: Sendable {
    /// Open addressing with linear probing: node and byte, and the next node beside it. Key 0 is an empty slot, since nodes count
    /// from 1.
    private var keys: [UInt64]
    private var nodes: [Int32]
    /// The token that ends at each node, or -1.
    private var accepts: [Int32] = [-1, -1]
    private var count = 0

    init(capacity: Int) {
        var size = 64
        while size < capacity * 2 { size *= 2 }
        keys = [UInt64](repeating: 0, count: size)
        nodes = [Int32](repeating: 0, count: size)
    }

    @inline(__always)
    private func probe(_ key: UInt64) -> Int {
        let mask = keys.count - 1
        var hash = key &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 32
        var slot = Int(truncatingIfNeeded: hash) & mask
        while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & mask }
        return slot
    }

    mutating func insert(_ token: some Sequence<UInt8>, id: Int32) {
        var node: Int32 = 1
        for byte in token {
            if (count + 1) * 2 > keys.count { grow() }
            let key = UInt64(node) << 8 | UInt64(byte)
            let slot = probe(key)
            if keys[slot] == 0 {
                keys[slot] = key
                nodes[slot] = Int32(truncatingIfNeeded: accepts.count)
                accepts.append(-1)
                count += 1
            }
            node = nodes[slot]
        }
        accepts[Int(node)] = id
    }

    private mutating func grow() {
        let (oldKeys, oldNodes) = (keys, nodes)
        keys = [UInt64](repeating: 0, count: oldKeys.count * 2)
        nodes = [Int32](repeating: 0, count: oldKeys.count * 2)
        for (key, node) in zip(oldKeys, oldNodes) where key != 0 {
            let slot = probe(key)
            keys[slot] = key
            nodes[slot] = node
        }
    }

    /// Calls `body` with the id and the end of every token that begins at `start`, the shortest first.
    @inline(__always)
    func forEachToken(in text: UnsafeBufferPointer<UInt8>, from start: Int, _ body: (Int32, Int) -> Void) {
        var node: Int32 = 1
        var i = start
        while i < text.count {
            let slot = probe(UInt64(node) << 8 | UInt64(text[i]))
            guard keys[slot] != 0 else { return }
            node = nodes[slot]
            i += 1
            if accepts[Int(node)] >= 0 { body(accepts[Int(node)], i) }
        }
    }
}
