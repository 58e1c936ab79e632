/// Finds a member named twice, in time linear in the number of members.
enum JSONKeys {
    /// Up to this many keys are compared pair by pair.
    private static let pairwiseLimit = 16

    /// The token of the first key of the object at `object`, the last on the tape, that an earlier one spells too.
    static func duplicate(tape: JSONTape, object: Int, bytes: UnsafeRawBufferPointer) -> Int? {
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
        if keys.count < 2 { return nil }
        if !hasEscape, keys.count <= pairwiseLimit { return duplicatePairwise(keys, tokens, bytes) }
        return duplicateHashed(keys, tokens, bytes)
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

    /// Open addressing over token indices; the hash is seeded per process, so an input cannot make it quadratic. Names are
    /// hashed as they read, so that an escaped spelling meets the plain one.
    private static func duplicateHashed(
        _ keys: [UInt32], _ tokens: [JSONTape.Token], _ bytes: UnsafeRawBufferPointer
    ) -> Int? {
        var capacity = 64
        while capacity < keys.count * 2 { capacity *= 2 }
        var table = [UInt32](repeating: .max, count: capacity)
        for key in keys {
            let token = tokens[Int(key)]
            var hasher = Hasher()
            if token.flags.contains(.escaped) {
                JSONText.decodedBytes(bytes, token.range).withUnsafeBytes { hasher.combine(bytes: $0) }
            } else {
                hasher.combine(bytes: JSONText.inner(bytes, token.range))
            }
            var slot = hasher.finalize() & (capacity - 1)
            while table[slot] != .max {
                if spellsTheSame(token, tokens[Int(table[slot])], bytes) { return Int(key) }
                slot = (slot + 1) & (capacity - 1)
            }
            table[slot] = key
        }
        return nil
    }

    private static func spellsTheSame(
        _ a: JSONTape.Token, _ b: JSONTape.Token, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        if !a.flags.contains(.escaped), !b.flags.contains(.escaped) { return equal(a.range, b.range, bytes) }
        return JSONText.decodedBytes(bytes, a.range) == JSONText.decodedBytes(bytes, b.range)
    }
}
