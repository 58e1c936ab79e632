/// Observations in document order, packed for the way from a worker to the merger and to disk.
///
/// One record is 3 + w words: the message digest (2), the class (scheme index · 2³² + alternatives), and w words with one bit
/// for each key of the scheme, set where the key hits.
package struct ObservationBuffer: Sendable {
    private(set) var words: ContiguousArray<UInt64> = []
    let hitWords: Int

    /// Words in one record.
    var stride: Int { 3 + hitWords }
    /// Records.
    package var count: Int { words.count / stride }

    init(hitWords: Int) {
        self.hitWords = hitWords
    }

    mutating func append(digest: (UInt64, UInt64), classCode: UInt64) {
        words.append(digest.0)
        words.append(digest.1)
        words.append(classCode)
        for _ in 0..<hitWords { words.append(0) }
    }

    /// Sets the bit of a key in the last record.
    mutating func setHit(key: Int) {
        words[words.count - hitWords + key / 64] |= 1 << UInt64(key % 64)
    }
}

/// The class of an observation: which scheme, and how many alternatives.
struct ObservationClass: Hashable, Sendable {
    var scheme: Int
    var alternatives: Int

    init(scheme: Int, alternatives: Int) {
        self.scheme = scheme
        self.alternatives = alternatives
    }

    init(code: UInt64) {
        scheme = Int(code >> 32)
        alternatives = Int(code & 0xFFFF_FFFF)
    }

    var code: UInt64 { UInt64(scheme) << 32 | UInt64(UInt32(truncatingIfNeeded: alternatives)) }
}
