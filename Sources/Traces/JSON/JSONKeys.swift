/// Finds a member named twice, in time linear in the number of members.
enum JSONKeys {
    /// Up to this many keys are compared pair by pair.
    private static let pairwiseLimit = 16

    static func checkDistinct(tape: JSONTape, object: Int, bytes: UnsafeRawBufferPointer) throws(JSONFailure) {
        let tokens = tape.tokens
        let end = tokens.count
        var keys: [UInt32] = []
        var cursor = object + 1
        var hasEscape = false
        while cursor + 1 < end {
            keys.append(UInt32(truncatingIfNeeded: cursor))
            hasEscape = hasEscape || tokens[cursor].flags.contains(.escaped)
            cursor = Int(tokens[cursor + 1].next)
        }
        if keys.count < 2 { return }
        let duplicate: Int?
        if hasEscape {
            duplicate = duplicateDecoded(keys, tokens, bytes)
        } else if keys.count <= pairwiseLimit {
            duplicate = duplicatePairwise(keys, tokens, bytes)
        } else {
            duplicate = duplicateHashed(keys, tokens, bytes)
        }
        if let duplicate {
            let range = tokens[duplicate].range
            let name = JSONText.decode(bytes, range, escaped: tokens[duplicate].flags.contains(.escaped))
            throw JSONFailure(
                code: .duplicateKey, offset: range.lowerBound,
                message: "the member \"\(name.prefix(60))\" is named twice in one object")
        }
    }

    private static func equal(_ a: Range<Int>, _ b: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard a.count == b.count else { return false }
        var offset = 1
        while offset < a.count {
            if bytes[a.lowerBound &+ offset] != bytes[b.lowerBound &+ offset] { return false }
            offset &+= 1
        }
        return true
    }

    private static func duplicatePairwise(
        _ keys: [UInt32], _ tokens: [JSONTape.Token], _ bytes: UnsafeRawBufferPointer
    ) -> Int? {
        for later in 1..<keys.count {
            let range = tokens[Int(keys[later])].range
            for earlier in 0..<later where equal(range, tokens[Int(keys[earlier])].range, bytes) {
                return Int(keys[later])
            }
        }
        return nil
    }

    /// Open addressing over token indices; the hash is seeded per process, so an input cannot make it quadratic.
    private static func duplicateHashed(
        _ keys: [UInt32], _ tokens: [JSONTape.Token], _ bytes: UnsafeRawBufferPointer
    ) -> Int? {
        var capacity = 64
        while capacity < keys.count * 2 { capacity *= 2 }
        var table = [UInt32](repeating: .max, count: capacity)
        for key in keys {
            let range = tokens[Int(key)].range
            var hasher = Hasher()
            hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: bytes[range]))
            var slot = hasher.finalize() & (capacity - 1)
            while table[slot] != .max {
                if equal(range, tokens[Int(table[slot])].range, bytes) { return Int(key) }
                slot = (slot + 1) & (capacity - 1)
            }
            table[slot] = key
        }
        return nil
    }

    private static func duplicateDecoded(
        _ keys: [UInt32], _ tokens: [JSONTape.Token], _ bytes: UnsafeRawBufferPointer
    ) -> Int? {
        var seen: Set<[UInt8]> = []
        for key in keys where !seen.insert(JSONText.decodedBytes(bytes, tokens[Int(key)].range)).inserted {
            return Int(key)
        }
        return nil
    }
}
