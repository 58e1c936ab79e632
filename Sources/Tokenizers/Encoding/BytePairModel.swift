/// Byte-pair encoding (Sennrich et al. 2016, arXiv 1508.07909), over bytes as in GPT-2 or over characters as in SentencePiece.
struct BytePairModel: Sendable {
    /// Pieces up to this many symbols are merged by scanning for the lowest rank, longer ones with a heap.
    private static let longestScan = 48

    /// Tokens by the bytes they stand for.
    var vocabulary: Vocabulary
    var merges: MergeTable
    /// The id of each single byte, or -1.
    var byteIDs: [Int32]
    /// A piece that is a token as a whole is that token, whatever the merges say.
    var ignoresMerges: Bool
    /// What stands for a byte without a token; without it such a byte is left out, as in `tokenizers`.
    var unknownID: Int32?
    var fusesUnknown: Bool
    /// Whether a piece is made of characters, not of bytes, before anything merges.
    var isOverCharacters = false
    /// What stands for the bytes of a character without a token, if something does.
    var fallback: ByteFallback?

    /// What one encoding call works with, reused from piece to piece.
    struct Scratch {
        var cache = PieceCache()
        fileprivate var symbols: [Int32] = []
        fileprivate var ranks: [UInt32] = []
        fileprivate var heap = MergeHeap()
        fileprivate var next: [Int32] = []
        fileprivate var previous: [Int32] = []
    }

    /// Appends the ids of one piece.
    @inline(__always)
    func encode(_ piece: UnsafeBufferPointer<UInt8>, into out: inout [Int32], scratch: inout Scratch) {
        if piece.count == 1, byteIDs[Int(piece[0])] >= 0 {
            out.append(byteIDs[Int(piece[0])])
            return
        }
        guard piece.count <= PieceCache.longestPiece else {
            encodeUncached(piece, into: &out, scratch: &scratch)
            return
        }
        let hash = Vocabulary.hash(piece)
        if scratch.cache.append(piece, hash: hash, to: &out) { return }
        let start = out.count
        encodeUncached(piece, into: &out, scratch: &scratch)
        scratch.cache.insert(piece, hash: hash, ids: out[start...])
    }

    private func encodeUncached(
        _ piece: UnsafeBufferPointer<UInt8>, into out: inout [Int32], scratch: inout Scratch
    ) {
        if ignoresMerges, let id = vocabulary.id(of: piece) {
            out.append(id)
            return
        }
        scratch.symbols.removeAll(keepingCapacity: true)
        if isOverCharacters {
            appendCharacters(of: piece, to: &scratch.symbols)
        } else {
            appendBytes(of: piece, to: &scratch.symbols)
        }
        if scratch.symbols.count <= Self.longestScan {
            mergeByScanning(&scratch)
            out.append(contentsOf: scratch.symbols)
        } else {
            mergeWithHeap(&scratch, into: &out)
        }
    }

    private func appendBytes(of piece: UnsafeBufferPointer<UInt8>, to symbols: inout [Int32]) {
        var lastIsUnknown = false
        for byte in piece {
            let id = byteIDs[Int(byte)]
            if id >= 0 {
                symbols.append(id)
                lastIsUnknown = false
            } else if let unknownID {
                if !(lastIsUnknown && fusesUnknown) { symbols.append(unknownID) }
                lastIsUnknown = true
            }
        }
    }

    private func appendCharacters(of piece: UnsafeBufferPointer<UInt8>, to symbols: inout [Int32]) {
        // An unknown token waits for the next known character, so that those after it can join it.
        var isWaiting = false
        var start = 0
        while start < piece.count {
            let lead = piece[start]
            let end = min(piece.count, start + (lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4))
            let character = UnsafeBufferPointer(rebasing: piece[start..<end])
            start = end
            if let id = vocabulary.id(of: character) {
                if isWaiting, let unknownID { symbols.append(unknownID) }
                isWaiting = false
                symbols.append(id)
            } else if fallback?.append(character, to: &symbols) != true, let unknownID {
                if isWaiting, !fusesUnknown { symbols.append(unknownID) }
                isWaiting = true
            }
        }
        if isWaiting, let unknownID { symbols.append(unknownID) }
    }

    /// Merges the pair of lowest rank, the leftmost of equals, until none is left.
    private func mergeByScanning(_ scratch: inout Scratch) {
        guard scratch.symbols.count > 1 else { return }
        scratch.ranks.removeAll(keepingCapacity: true)
        for i in 1..<scratch.symbols.count {
            scratch.ranks.append(merges.merge(scratch.symbols[i - 1], scratch.symbols[i]).rank)
        }
        while true {
            var best = MergeTable.noRank
            var at = 0
            for i in 0..<scratch.ranks.count where scratch.ranks[i] < best {
                best = scratch.ranks[i]
                at = i
            }
            guard best != MergeTable.noRank else { return }
            scratch.symbols[at] = merges.merge(scratch.symbols[at], scratch.symbols[at + 1]).token
            scratch.symbols.remove(at: at + 1)
            scratch.ranks.remove(at: at)
            if at > 0 {
                scratch.ranks[at - 1] = merges.merge(scratch.symbols[at - 1], scratch.symbols[at]).rank
            }
            if at < scratch.ranks.count {
                scratch.ranks[at] = merges.merge(scratch.symbols[at], scratch.symbols[at + 1]).rank
            }
        }
    }

    /// The same in O(n log n), for pieces such as a long run of one character.
    private func mergeWithHeap(_ scratch: inout Scratch, into out: inout [Int32]) {
        let count = scratch.symbols.count
        scratch.next = (0..<count).map { Int32($0 + 1 < count ? $0 + 1 : -1) }
        scratch.previous = (0..<count).map { Int32($0 - 1) }
        scratch.heap.removeAll()
        func push(_ left: Int, _ scratch: inout Scratch) {
            let right = Int(scratch.next[left])
            guard right >= 0 else { return }
            let rank = merges.merge(scratch.symbols[left], scratch.symbols[right]).rank
            if rank != MergeTable.noRank { scratch.heap.push(UInt64(rank) << 32 | UInt64(left)) }
        }
        for i in 0..<count { push(i, &scratch) }
        while let entry = scratch.heap.pop() {
            let left = Int(entry & 0xFFFF_FFFF)
            guard scratch.symbols[left] >= 0 else { continue }
            let right = Int(scratch.next[left])
            guard right >= 0 else { continue }
            let merge = merges.merge(scratch.symbols[left], scratch.symbols[right])
            // The pair has changed since it was queued.
            guard UInt64(merge.rank) == entry >> 32 else { continue }
            scratch.symbols[left] = merge.token
            scratch.symbols[right] = -1
            scratch.next[left] = scratch.next[right]
            if scratch.next[left] >= 0 { scratch.previous[Int(scratch.next[left])] = Int32(left) }
            push(left, &scratch)
            if scratch.previous[left] >= 0 { push(Int(scratch.previous[left]), &scratch) }
        }
        for id in scratch.symbols where id >= 0 { out.append(id) }
    }
}

/// A binary heap of merges, smallest first: the rank in the upper half, the position in the lower.
private struct MergeHeap {
    private var entries: [UInt64] = []

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
    }

    mutating func push(_ entry: UInt64) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if entries[parent] <= entry { break }
            entries[child] = entries[parent]
            child = parent
        }
        entries[child] = entry
    }

    mutating func pop() -> UInt64? {
        guard let top = entries.first, let last = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return top }
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, entries[child + 1] < entries[child] { child += 1 }
            if last <= entries[child] { break }
            entries[parent] = entries[child]
            parent = child
        }
        entries[parent] = last
        return top
    }
}
