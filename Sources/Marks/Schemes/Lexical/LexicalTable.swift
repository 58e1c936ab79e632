/// The compiled form of a lexicon: a word table, a trie of expressions over word identifiers, canonical neighbours.
///
/// Immutable after `init`. Word identifiers start at 1; 0 is every word the lexicon does not name.
package final class LexicalTable: Sendable {
    package let classes: [Lexicon.ExpressionClass]
    /// The PRF message's head for each class: `denature/lexical/v1` NUL class-id NUL.
    package let messageHeads: [[UInt8]]
    /// What a guard sees in place of an expression of the class, looking left (its last word) and right (its first).
    let canonicalAsPrevious: [LexicalNeighbour]
    let canonicalAsNext: [LexicalNeighbour]
    /// UTF-8 of every member: `memberBytes[class][member]`.
    let memberBytes: [[[UInt8]]]
    /// UTF-8 length of the longest member.
    let longestMember: Int
    let wordA: Int
    let wordAn: Int

    private let filter: [UInt64]
    private let slots: [Int32]
    private let wordStarts: [Int32]
    private let wordBytes: [UInt8]
    private let wordHashes: [UInt64]
    private let memberWordCount: Int
    private let rootNodes: [Int32]
    private let edges: [UInt64: Int32]
    private let nodeMatches: [Int32]
    private let nodeHasEdges: [Bool]

    /// Longest expression, in words.
    package static let maximumWords = 4
    package static let hashSeed: UInt64 = 0xCBF2_9CE4_8422_2325
    package static let hashFactor: UInt64 = 0x0000_0100_0000_01B3

    init(classes input: [Lexicon.ExpressionClass]) {
        // Words of members first, so that one comparison tells member words from guard words.
        var identifiers: [String: Int] = [:]
        var names: [String] = []
        func intern(_ word: String) -> Int {
            if let known = identifiers[word] { return known }
            names.append(word)
            identifiers[word] = names.count
            return names.count
        }
        let memberWords = input.map { entry in
            entry.members.map { member in NormalisedWords.words(of: member.text).map { intern($0) } }
        }
        memberWordCount = names.count
        wordA = intern("a")
        wordAn = intern("an")
        for entry in input {
            for condition in entry.guards + entry.members.compactMap(\.guards) {
                for (_, path) in LexicalGuard.setPaths {
                    for word in condition[keyPath: path]?.words ?? [] { _ = intern(word) }
                }
            }
        }
        func compiled(_ condition: LexicalGuard) -> LexicalGuard {
            var copy = condition
            copy.updateSets { set in
                set.bits = [UInt64](repeating: 0, count: names.count / 64 + 1)
                for word in set.words {
                    let identifier = intern(word)
                    set.bits[identifier >> 6] |= 1 << UInt64(identifier & 63)
                }
            }
            return copy
        }
        classes = input.map { entry in
            let members = entry.members.map { member in
                Lexicon.Member(
                    text: member.text, startsWithVowelSound: member.startsWithVowelSound,
                    guards: member.guards.map(compiled))
            }
            return .init(id: entry.id, members: members, note: entry.note, guards: entry.guards.map(compiled))
        }
        messageHeads = input.map { Array("denature/lexical/v1".utf8) + [0] + Array($0.id.utf8) + [0] }
        memberBytes = input.map { entry in entry.members.map { Array($0.text.utf8) } }
        longestMember = memberBytes.joined().map(\.count).max() ?? 0
        canonicalAsPrevious = memberWords.map { members in
            let word = members.first?.last ?? 0
            return LexicalNeighbour(word: word, kinds: LexicalTable.kinds(of: word > 0 ? names[word - 1] : ""))
        }
        canonicalAsNext = memberWords.map { members in
            let word = members.first?.first ?? 0
            return LexicalNeighbour(word: word, kinds: LexicalTable.kinds(of: word > 0 ? names[word - 1] : ""))
        }

        var starts: [Int32] = [0]
        var bytes: [UInt8] = []
        var hashes: [UInt64] = []
        for name in names {
            bytes.append(contentsOf: name.utf8)
            starts.append(Int32(bytes.count))
            hashes.append(name.utf8.reduce(LexicalTable.hashSeed) { ($0 ^ UInt64($1)) &* LexicalTable.hashFactor })
        }
        (wordStarts, wordBytes, wordHashes) = (starts, bytes, hashes)
        var capacity = 1024
        while capacity < names.count * 4 { capacity *= 2 }
        var table = [Int32](repeating: 0, count: capacity)
        var bits = [UInt64](repeating: 0, count: 256)
        for (index, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while table[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            table[slot] = Int32(index + 1)
            bits[Int(hash >> 56)] |= 1 << ((hash >> 50) & 63)
        }
        (slots, filter) = (table, bits)

        var roots = [Int32](repeating: 0, count: names.count + 1)
        var transitions: [UInt64: Int32] = [:]
        var matches: [Int32] = [-1]
        var hasEdges = [false]
        func addNode() -> Int32 {
            matches.append(-1)
            hasEdges.append(false)
            return Int32(matches.count - 1)
        }
        for (classIndex, members) in memberWords.enumerated() {
            for (memberIndex, words) in members.enumerated() {
                guard let first = words.first else { continue }
                if roots[first] == 0 { roots[first] = addNode() }
                var node = roots[first]
                for word in words.dropFirst() {
                    let key = UInt64(node) << 32 | UInt64(word)
                    hasEdges[Int(node)] = true
                    if transitions[key] == nil { transitions[key] = addNode() }
                    node = transitions[key] ?? 0
                }
                matches[Int(node)] = Int32(classIndex << 8 | memberIndex)
            }
        }
        (rootNodes, edges, nodeMatches, nodeHasEdges) = (roots, transitions, matches, hasEdges)
    }

    /// The identifier of the word at `start..<end`, whose hash over lowercased bytes is `hash`; 0 when unknown.
    @inline(__always)
    package func identifier(of bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, hash: UInt64) -> Int {
        if filter[Int(hash >> 56)] & (1 << ((hash >> 50) & 63)) == 0 { return 0 }
        return probe(bytes, start, end, hash: hash)
    }

    private func probe(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, hash: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            let first = Int(wordStarts[index])
            if wordHashes[index] == hash, Int(wordStarts[index + 1]) - first == end - start {
                var offset = 0
                while offset < end - start,
                    NormalisedWords.lowercased(bytes[start + offset]) == wordBytes[first + offset]
                { offset += 1 }
                if offset == end - start { return index + 1 }
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return 0
    }

    func isMemberWord(_ word: [UInt8]) -> Bool {
        let hash = word.reduce(LexicalTable.hashSeed) {
            ($0 ^ UInt64(NormalisedWords.lowercased($1))) &* LexicalTable.hashFactor
        }
        return word.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return false }
            let found = identifier(of: base, 0, buffer.count, hash: hash)
            return found > 0 && found <= memberWordCount
        }
    }

    /// The trie node after a first word, 0 when no expression starts with it.
    @inline(__always)
    func root(_ word: Int) -> Int32 { rootNodes[word] }

    /// The trie node after one more word, 0 when there is none.
    @inline(__always)
    func child(of node: Int32, _ word: Int) -> Int32 {
        guard word != 0, nodeHasEdges[Int(node)] else { return 0 }
        return edges[UInt64(node) << 32 | UInt64(word)] ?? 0
    }

    /// `class << 8 | member` of the expression that ends at `node`, or -1.
    @inline(__always)
    func match(at node: Int32) -> Int32 { nodeMatches[Int(node)] }

    @inline(__always)
    func canContinue(_ node: Int32) -> Bool { nodeHasEdges[Int(node)] }

    private static func kinds(of word: String) -> LexicalKinds {
        var kinds: LexicalKinds = []
        if word.hasSuffix("ing"), word.utf8.count > 4 { kinds.insert(.gerund) }
        if word.hasSuffix("s"), word.utf8.count > 3 { kinds.insert(.plural) }
        return kinds
    }
}
