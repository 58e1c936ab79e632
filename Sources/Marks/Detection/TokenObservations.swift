/// Scored positions in columns, so that four or more can be computed at once: `contexts[j · capacity + i]` is token j,
/// oldest first, of position i's context, `tokens[i]` the token that followed.
public final class TokenObservationBlock {
    /// How many positions there is room for.
    public static let capacity = 4096

    /// How many tokens a context has.
    public let width: Int
    /// How many positions there are.
    public fileprivate(set) var count = 0
    /// `width` columns of `capacity` tokens.
    public let contexts: UnsafeMutablePointer<Int32>
    /// The token of every position.
    public let tokens: UnsafeMutablePointer<Int32>

    package init(width: Int) {
        self.width = width
        contexts = .allocate(capacity: Self.capacity * width)
        contexts.initialize(repeating: 0, count: Self.capacity * width)
        tokens = .allocate(capacity: Self.capacity)
        tokens.initialize(repeating: 0, count: Self.capacity)
    }

    deinit {
        contexts.deallocate()
        tokens.deallocate()
    }

    /// Appends `width` context tokens and the token after them.
    @inline(__always)
    fileprivate func append(_ window: UnsafePointer<Int32>) {
        for j in 0..<width { contexts[j * Self.capacity + count] = window[j] }
        tokens[count] = window[width]
        count += 1
    }

    fileprivate func removeAll() { count = 0 }
}

/// From documents to the positions that are scored: key-independent, so that every key is tested on the same ones.
///
/// Left out are positions with too few predecessors (or, for engines, none), contexts that occur in the document's prompt,
/// contexts outside the filter, and what was seen before.
final class TokenObservationReader {
    let configuration: TokenTestConfiguration
    private let filter: TokenContextSet?
    private let prompt: TokenContextSet
    private var seen = TokenHashSet()
    private var block: TokenObservationBlock
    private var padded: [Int32] = []
    private let contextHashes = UnsafeMutablePointer<UInt64>.allocate(capacity: TokenObservationReader.batch)
    private let tupleHashes = UnsafeMutablePointer<UInt64>.allocate(capacity: TokenObservationReader.batch)
    /// Keeps reads that only warm the cache from being left out.
    private var sink: UInt64 = 0

    private static let batch = 256

    init(_ configuration: TokenTestConfiguration, filter: TokenContextSet? = nil) {
        self.configuration = configuration
        self.filter = filter
        prompt = TokenContextSet(width: configuration.width)
        block = TokenObservationBlock(width: configuration.width)
        contextHashes.initialize(repeating: 0, count: Self.batch)
        tupleHashes.initialize(repeating: 0, count: Self.batch)
    }

    deinit {
        seen.deallocate()
        contextHashes.deallocate()
        tupleHashes.deallocate()
    }

    /// Begins anew: nothing has been seen.
    func forget() {
        seen.removeAll()
        block.removeAll()
    }

    /// Hands out the block that is not full yet.
    func flush(_ take: (TokenObservationBlock) -> Void) {
        guard block.count > 0 else { return }
        take(block)
        block.removeAll()
    }

    /// Reads a document; full blocks are handed out, and used again.
    func read(_ document: TokenDocument, _ take: (TokenObservationBlock) -> Void) {
        visit(document) { block in
            take(block)
            block.removeAll()
            return block
        }
    }

    /// Reads a document; full blocks are handed over for keeping.
    func collect(_ document: TokenDocument, into blocks: inout [TokenObservationBlock]) {
        visit(document) { block in
            blocks.append(block)
            return TokenObservationBlock(width: configuration.width)
        }
    }

    /// Hands over the last block for keeping.
    func collectRest(into blocks: inout [TokenObservationBlock]) {
        guard block.count > 0 else { return }
        blocks.append(block)
        block = TokenObservationBlock(width: configuration.width)
    }

    /// - Parameter take: Takes a full block and gives an empty one.
    private func visit(_ document: TokenDocument, _ take: (TokenObservationBlock) -> TokenObservationBlock) {
        let width = configuration.width
        prompt.removeAll()
        if !document.prompt.isEmpty { prompt.insert(contextsOf: document.prompt) }
        if configuration.mark.counting.padsContexts {
            padded.removeAll(keepingCapacity: true)
            padded.append(contentsOf: repeatElement(-1, count: width))
            padded.append(contentsOf: document.tokens)
            padded.withUnsafeBufferPointer { visit($0, take) }
        } else {
            document.tokens.withUnsafeBufferPointer { visit($0, take) }
        }
    }

    private func visit(
        _ tokens: UnsafeBufferPointer<Int32>, _ take: (TokenObservationBlock) -> TokenObservationBlock
    ) {
        let width = configuration.width
        guard let base = tokens.baseAddress, tokens.count > width else { return }
        let positions = tokens.count - width
        let once = configuration.mark.counting.scoresContextsOnce
        let deduplicates = configuration.deduplicates
        let contexts = contextHashes
        let tuples = once ? contextHashes : tupleHashes
        let excluded = prompt.count > 0 ? prompt.hashes : nil
        let included = filter?.hashes
        // Locals: accesses to a class's properties are checked at run time, and there are several per token.
        var seen = self.seen
        var block = self.block
        var warmed: UInt64 = 0
        var start = 0
        while start < positions {
            let count = min(Self.batch, positions - start)
            for i in 0..<count { contexts[i] = TokenHash.context(base + start + i, width: width) }
            if !once {
                for i in 0..<count {
                    tuples[i] = TokenHash.tuple(context: contexts[i], token: base[start + i + width])
                }
            }
            if deduplicates {
                seen.reserve(count)
                for i in 0..<count { warmed ^= seen.touch(tuples[i]) }
            }
            for i in 0..<count {
                if let excluded, excluded.contains(contexts[i]) { continue }
                if let included, !included.contains(contexts[i]) { continue }
                if deduplicates, !seen.insert(tuples[i]) { continue }
                block.append(base + start + i)
                if block.count == TokenObservationBlock.capacity { block = take(block) }
            }
            start += count
        }
        sink ^= warmed
        self.seen = seen
        self.block = block
    }
}
