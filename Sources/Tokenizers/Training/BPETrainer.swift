/// Trains a byte-level BPE vocabulary from text (Sennrich et al. 2016, arXiv 1508.07909).
///
/// Deterministic: each step merges the most frequent pair, of equally frequent ones the pair with the smaller left id,
/// then right id. Ids are control tokens, bytes in the order of their letters in the byte alphabet, merges in the order
/// they were made, so the result is that of `tokenizers` for the same settings.
public struct BPETrainer: Hashable, Sendable {
    /// How many tokens to make at most, control tokens and bytes included.
    public var vocabularySize: Int
    /// How text is split first; no token crosses a piece.
    public var pieces: PieceRule
    /// The control tokens; they get the first ids.
    public var control: ControlTokens
    /// Pairs seen less often are not merged.
    public var minimumCount: Int
    /// Whether only bytes of the training text get tokens. Text with other bytes cannot be encoded without loss then.
    public var usesObservedBytesOnly = false

    /// - Parameters:
    ///   - vocabularySize: How many tokens to make at most, control tokens and bytes included.
    ///   - pieces: How text is split first.
    ///   - control: The control tokens.
    ///   - minimumCount: Pairs seen less often are not merged.
    public init(
        vocabularySize: Int, pieces: PieceRule = .gpt2, control: ControlTokens = ControlTokens(), minimumCount: Int = 2
    ) {
        self.vocabularySize = vocabularySize
        self.pieces = pieces
        self.control = control
        self.minimumCount = minimumCount
    }

    /// Trains on texts.
    ///
    /// - Throws: `TokenizerError` if the vocabulary is too small for the control tokens and bytes.
    public func train(_ texts: some Sequence<String>) throws(TokenizerError) -> TrainedTokenizer {
        let counts = PieceCounts(texts, rule: pieces)
        var bytes = Array(UInt8.min...UInt8.max)
        if usesObservedBytesOnly {
            let observed = counts.entries.reduce(into: Set<UInt8>()) { $0.formUnion($1.piece) }
            bytes = bytes.filter(observed.contains)
        }
        bytes.sort { ByteAlphabet.codePoints[Int($0)] < ByteAlphabet.codePoints[Int($1)] }
        var tokens = control.all
        var ids: [String: Int32] = [:]
        for (id, token) in tokens.enumerated() { ids[token] = Int32(id) }
        var byteIDs = [Int32](repeating: -1, count: 256)
        for byte in bytes {
            let letter = ByteAlphabet.encode([byte])
            if ids[letter] == nil {
                ids[letter] = Int32(tokens.count)
                tokens.append(letter)
            }
            byteIDs[Int(byte)] = ids[letter] ?? -1
        }
        guard vocabularySize >= tokens.count, vocabularySize <= Int(Vocabulary.idLimit) else {
            throw TokenizerError(
                .invalidArgument, file: "<trainer>",
                "a vocabulary of \(vocabularySize) tokens; control tokens and bytes take \(tokens.count)")
        }

        var words = PairCounts(
            counts.entries.map { entry in (entry.piece.map { byteIDs[Int($0)] }, entry.count) })
        var merges: [(String, String)] = []
        while tokens.count < vocabularySize, let (pair, count) = words.mostFrequent(), count >= max(minimumCount, 1) {
            let left = tokens[Int(pair.left)]
            let right = tokens[Int(pair.right)]
            let token = left + right
            let id = ids[token] ?? Int32(tokens.count)
            if ids[token] == nil {
                ids[token] = id
                tokens.append(token)
            }
            merges.append((left, right))
            words.merge(pair, into: id)
        }
        return TokenizerWriter(
            tokens: tokens, merges: merges, kind: .bytePair(ignoresMerges: false), preTokenizer: pieces.json,
            control: control
        ).trained()
    }
}

/// Words as symbols, the counts of adjacent pairs, and the most frequent of them.
private struct PairCounts {
    struct Pair: Hashable {
        var left: Int32
        var right: Int32
    }

    private struct Candidate {
        var count: Int
        var pair: Pair

        /// Whether this goes before another: more frequent, or of smaller ids.
        func precedes(_ other: Candidate) -> Bool {
            if count != other.count { return count > other.count }
            return (pair.left, pair.right) < (other.pair.left, other.pair.right)
        }
    }

    private var words: [(symbols: [Int32], count: Int)]
    private var counts: [Pair: Int] = [:]
    /// Words that hold or once held a pair.
    private var places: [Pair: Set<Int>] = [:]
    /// A binary heap. Entries whose count is out of date are put right when they come up.
    private var heap: [Candidate] = []

    init(_ words: [(symbols: [Int32], count: Int)]) {
        self.words = words
        for (i, word) in words.enumerated() {
            for pair in Self.pairs(word.symbols) {
                counts[pair, default: 0] += word.count
                places[pair, default: []].insert(i)
            }
        }
        for (pair, count) in counts { push(Candidate(count: count, pair: pair)) }
    }

    private static func pairs(_ symbols: [Int32]) -> some Sequence<Pair> {
        zip(symbols, symbols.dropFirst()).lazy.map { Pair(left: $0, right: $1) }
    }

    mutating func mostFrequent() -> (Pair, Int)? {
        while let top = pop() {
            let count = counts[top.pair] ?? 0
            if count == top.count { return (top.pair, count) }
            // Counts only fall between pushes: each rise pushes anew.
            if count > 0, count < top.count { push(Candidate(count: count, pair: top.pair)) }
        }
        return nil
    }

    mutating func merge(_ pair: Pair, into id: Int32) {
        let affected = (places.removeValue(forKey: pair) ?? []).sorted()
        var changed: Set<Pair> = []
        for i in affected {
            let old = words[i].symbols
            var new: [Int32] = []
            var j = 0
            while j < old.count {
                if j + 1 < old.count, old[j] == pair.left, old[j + 1] == pair.right {
                    new.append(id)
                    j += 2
                } else {
                    new.append(old[j])
                    j += 1
                }
            }
            guard new.count < old.count else { continue }
            for gone in Self.pairs(old) { counts[gone, default: 0] -= words[i].count }
            for there in Self.pairs(new) {
                counts[there, default: 0] += words[i].count
                if there.left == id || there.right == id {
                    places[there, default: []].insert(i)
                    changed.insert(there)
                }
            }
            words[i].symbols = new
        }
        counts[pair] = nil
        for pair in changed {
            if let count = counts[pair], count > 0 { push(Candidate(count: count, pair: pair)) }
        }
    }

    private mutating func push(_ candidate: Candidate) {
        heap.append(candidate)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if !candidate.precedes(heap[parent]) { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = candidate
    }

    private mutating func pop() -> Candidate? {
        guard let top = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return top }
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
            if !heap[child].precedes(last) { break }
            heap[parent] = heap[child]
            parent = child
        }
        heap[parent] = last
        return top
    }
}
