/// An open-addressing set of 128-bit digests with a fixed greatest size.
///
/// Digests are uniform (they come from a keyed hash), so linear probing at a load of at most 3/4 needs no further mixing.
struct DigestSet {
    enum Outcome {
        case inserted
        case present
        /// Not in the set, and no room for it.
        case full
    }

    private var slots: ContiguousArray<(UInt64, UInt64)>
    private let maximumSlots: Int
    private var limit: Int
    /// Digests held.
    private(set) var count = 0

    /// - Parameter memoryLimit: Bytes the set may use, including the moment when it moves into a larger table. At least 1,024
    ///   slots are always allowed.
    init(memoryLimit: Int) {
        // While it doubles, the set holds 1.5 times its final table.
        var maximum = 1 << 10
        while maximum <= Int.max / 128, maximum * 2 * 24 <= memoryLimit { maximum *= 2 }
        maximumSlots = maximum
        slots = ContiguousArray(repeating: (0, 0), count: 1 << 10)
        limit = slots.count / 4 * 3
    }

    mutating func insert(_ digest: (UInt64, UInt64)) -> Outcome {
        // (0, 0) marks an empty slot; a digest of that value is stored as (0, 1).
        let digest = digest == (0, 0) ? (0, 1) : digest
        let mask = slots.count - 1
        var index = Int(truncatingIfNeeded: digest.0) & mask
        while slots[index] != (0, 0) {
            if slots[index] == digest { return .present }
            index = (index + 1) & mask
        }
        if count >= limit {
            guard slots.count < maximumSlots else { return .full }
            grow()
            index = freeSlot(for: digest)
        }
        slots[index] = digest
        count += 1
        return .inserted
    }

    private mutating func grow() {
        let old = slots
        slots = ContiguousArray(repeating: (0, 0), count: old.count * 2)
        limit = slots.count / 4 * 3
        for digest in old where digest != (0, 0) {
            slots[freeSlot(for: digest)] = digest
        }
    }

    private func freeSlot(for digest: (UInt64, UInt64)) -> Int {
        let mask = slots.count - 1
        var index = Int(truncatingIfNeeded: digest.0) & mask
        while slots[index] != (0, 0) { index = (index + 1) & mask }
        return index
    }
}
