/// A set of 64-bit hashes. Two contexts of the same hash (2⁻⁶⁴ per pair) count as one: evidence is lost then, but as the
/// hash does not depend on any key, no p-value becomes wrong.
///
/// A plain pointer, so that loops can work on a local copy; its owner calls `deallocate`.
struct TokenHashSet {
    private var slots: UnsafeMutablePointer<UInt64>
    private var mask: Int
    private(set) var count = 0

    init() {
        mask = 63
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: 0, count: mask + 1)
    }

    func deallocate() { slots.deallocate() }

    mutating func removeAll() {
        guard count > 0 else { return }
        slots.update(repeating: 0, count: mask + 1)
        count = 0
    }

    /// 0 marks a free slot.
    @inline(__always)
    private static func stored(_ hash: UInt64) -> UInt64 { hash == 0 ? 1 : hash }

    @inline(__always)
    func contains(_ hash: UInt64) -> Bool {
        let value = Self.stored(hash)
        var index = Int(truncatingIfNeeded: value) & mask
        while slots[index] != 0 {
            if slots[index] == value { return true }
            index = (index + 1) & mask
        }
        return false
    }

    /// Reads where a hash would be, so that several reads are under way at once before the first insertion.
    @inline(__always)
    func touch(_ hash: UInt64) -> UInt64 {
        slots[Int(truncatingIfNeeded: hash) & mask]
    }

    /// Makes room for so many more: at most three quarters of the slots are taken.
    @inline(__always)
    mutating func reserve(_ more: Int) {
        while 4 * (count + more) > 3 * (mask + 1) { grow() }
    }

    /// Adds a hash; false if it was there. Room must have been reserved.
    @inline(__always)
    mutating func insert(_ hash: UInt64) -> Bool {
        let value = Self.stored(hash)
        var index = Int(truncatingIfNeeded: value) & mask
        while slots[index] != 0 {
            if slots[index] == value { return false }
            index = (index + 1) & mask
        }
        slots[index] = value
        count += 1
        return true
    }

    private mutating func grow() {
        let old = slots
        let oldCount = mask + 1
        // Small sets grow in larger steps: putting everything into its new place is a third of the work of filling one.
        mask = (oldCount < 1 << 22 ? 4 : 2) * oldCount - 1
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: 0, count: mask + 1)
        for i in 0..<oldCount where old[i] != 0 {
            var index = Int(truncatingIfNeeded: old[i]) & mask
            while slots[index] != 0 { index = (index + 1) & mask }
            slots[index] = old[i]
        }
        old.deallocate()
    }
}

/// Hashes of contexts and of tuples. Not secret, and the same in every run.
enum TokenHash {
    private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

    @inline(__always)
    static func context(_ tokens: UnsafePointer<Int32>, width: Int) -> UInt64 {
        var hash: UInt64 = 0x2545_F491_4F6C_DD1D
        for j in 0..<width { hash = step(hash, tokens[j]) }
        return finish(hash)
    }

    @inline(__always)
    static func tuple(context: UInt64, token: Int32) -> UInt64 { finish(step(context, token)) }

    @inline(__always)
    private static func step(_ hash: UInt64, _ token: Int32) -> UInt64 {
        let mixed = (hash ^ UInt64(UInt32(bitPattern: token))) &* factor
        return mixed ^ (mixed >> 32)
    }

    @inline(__always)
    private static func finish(_ hash: UInt64) -> UInt64 {
        let mixed = (hash ^ (hash >> 29)) &* 0xBF58_476D_1CE4_E5B9
        return mixed ^ (mixed >> 32)
    }
}

/// Contexts of one width: those of released traces, to which a test can be limited.
public final class TokenContextSet {
    /// How many tokens a context has.
    public let width: Int
    private(set) var hashes = TokenHashSet()

    /// An empty set; 1...64 tokens of context.
    public init(width: Int) {
        self.width = min(max(width, 1), 64)
    }

    deinit { hashes.deallocate() }

    /// The number of distinct contexts.
    public var count: Int { hashes.count }

    /// Adds every context of a text.
    public func insert(contextsOf tokens: [Int32]) {
        tokens.withUnsafeBufferPointer { tokens in
            guard let base = tokens.baseAddress, tokens.count >= width else { return }
            hashes.reserve(tokens.count)
            for start in 0...(tokens.count - width) {
                _ = hashes.insert(TokenHash.context(base + start, width: width))
            }
        }
    }

    func removeAll() { hashes.removeAll() }
}
