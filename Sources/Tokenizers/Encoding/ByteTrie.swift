/// Tokens by their bytes, to find all that begin at a place of a text.
struct ByteTrie: Sendable {
    /// By node and byte: the next node.
    private var nodes: ProbingTable
    /// The token that ends at each node, or -1.
    private var accepts: [Int32] = [-1]

    init(capacity: Int) { nodes = ProbingTable(capacity: capacity) }

    @inline(__always)
    private static func key(_ node: Int, _ byte: UInt8) -> UInt64 { UInt64(node) << 8 | UInt64(byte) }

    mutating func insert(_ token: some Sequence<UInt8>, id: Int32) {
        var node = 0
        for byte in token {
            let key = Self.key(node, byte)
            if let next = nodes[key] {
                node = Int(next)
            } else {
                node = accepts.count
                nodes.set(key, to: UInt64(node))
                accepts.append(-1)
            }
        }
        accepts[node] = id
    }

    /// Calls `body` with the id and the end of every token that begins at `start`, the shortest first.
    @inline(__always)
    func forEachToken(in text: UnsafeBufferPointer<UInt8>, from start: Int, _ body: (Int32, Int) -> Void) {
        var node = 0
        var i = start
        while i < text.count {
            guard let next = nodes[Self.key(node, text[i])] else { return }
            node = Int(next)
            i += 1
            if accepts[node] >= 0 { body(accepts[node], i) }
        }
    }
}
