/// The segmentation of greatest likelihood under independent tokens (Kudo 2018, arXiv 1804.10959), as SentencePiece computes it.
struct UnigramModel: Sendable {
    private var vocabulary: Vocabulary
    private var trie: ByteTrie
    /// log p by id.
    private var scores: [Double]
    private let unknownID: Int32
    private let unknownScore: Double
    private let fallback: ByteFallback?

    /// What an unknown character costs beyond the least likely token.
    private static let unknownPenalty = 10.0

    init(_ table: TokenTable, scores: [Double], unknownID: Int32, fallback: ByteFallback?) {
        vocabulary = table.vocabulary
        self.scores = scores
        self.unknownID = unknownID
        self.fallback = fallback
        unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
        trie = ByteTrie(capacity: scores.count * 4)
        for id in scores.indices {
            if let bytes = vocabulary.bytes(of: Int32(id)) { trie.insert(bytes, id: Int32(id)) }
        }
    }

    /// The best way to a place in the piece.
    private struct Step {
        var score = 0.0
        var start: Int32 = -1
        var id: Int32 = -1
    }

    /// Appends the ids of one piece.
    func encode(_ piece: UnsafeBufferPointer<UInt8>, into out: inout [Int32]) {
        var best = [Step](repeating: Step(), count: piece.count + 1)
        var i = 0
        while i < piece.count {
            let length = Self.scalarLength(piece[i])
            let here = best[i].score
            var isKnown = false
            trie.forEachToken(in: piece, from: i) { id, end in
                let score = scores[Int(id)] + here
                if best[end].start < 0 || score > best[end].score {
                    best[end] = Step(score: score, start: Int32(truncatingIfNeeded: i), id: id)
                }
                if end - i == length { isKnown = true }
            }
            if !isKnown, i + length <= piece.count {
                let (score, end) = (unknownScore + here, i + length)
                if best[end].start < 0 || score > best[end].score {
                    best[end] = Step(score: score, start: Int32(truncatingIfNeeded: i), id: unknownID)
                }
            }
            i += length
        }
        var segments: [(start: Int, end: Int, isUnknown: Bool)] = []
        var end = piece.count
        while end > 0 {
            let step = best[end]
            // Every scalar is reached by a token or as unknown, so that there always is a step.
            guard step.start >= 0, Int(step.start) < end else { break }
            let isUnknown = step.id == unknownID
            if isUnknown, let last = segments.last, last.isUnknown, last.start == end {
                segments[segments.count - 1].start = Int(step.start)
            } else {
                segments.append((Int(step.start), end, isUnknown))
            }
            end = Int(step.start)
        }
        for segment in segments.reversed() {
            let bytes = UnsafeBufferPointer(rebasing: piece[segment.start..<segment.end])
            if let id = vocabulary.id(of: bytes) {
                out.append(id)
            } else if fallback?.append(bytes, to: &out) != true {
                out.append(unknownID)
            }
        }
    }

    private static func scalarLength(_ lead: UInt8) -> Int { lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4 }
}
