/// Keys of the candidates of one row, in storage that is kept from row to row.
final class KeyBuffer {
    private var storage = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 256)
    private(set) var count = 0

    deinit { storage.deallocate() }

    /// Lends the keys until the next change.
    var contents: UnsafeBufferPointer<UInt64> { UnsafeBufferPointer(rebasing: storage[..<count]) }

    func removeAll() {
        count = 0
    }

    /// Adds every value that is at least `bound`, divided by `divisor`, with its position as the token.
    func append(_ values: UnsafeBufferPointer<Float>, notBelow bound: Float, divisor: Float = 1) {
        guard let base = values.baseAddress else { return }
        reserve(values.count)
        let raw = UnsafeRawPointer(base)
        let bounds = SIMD16<Float>(repeating: bound)
        var i = 0
        while i + 16 <= values.count {
            let lanes = raw.loadUnaligned(fromByteOffset: i * 4, as: SIMD16<Float>.self)
            if any(lanes .>= bounds) {
                for lane in i..<(i + 16) { append(values[lane], at: lane, notBelow: bound, divisor) }
            }
            i += 16
        }
        while i < values.count {
            append(values[i], at: i, notBelow: bound, divisor)
            i += 1
        }
    }

    /// Writes first and counts afterwards: without a branch that the processor would mispredict.
    @inline(__always)
    private func append(_ value: Float, at index: Int, notBelow bound: Float, _ divisor: Float) {
        storage[count] = RankKeys.key(score: value / divisor, token: UInt32(truncatingIfNeeded: index))
        count += value >= bound ? 1 : 0
    }

    /// Keeps the `wanted` largest scores and every score equal to the lowest of them, sorted from the largest.
    func keepLargest(_ wanted: Int) {
        let all = UnsafeMutableBufferPointer(rebasing: storage[..<count])
        if wanted < count {
            RankKeys.selectLargest(wanted, of: all)
            var lowest = UInt64.max
            for key in all[..<wanted] { lowest = min(lowest, key) }
            var kept = wanted
            for i in wanted..<count where all[i] >> 32 == lowest >> 32 {
                all.swapAt(kept, i)
                kept += 1
            }
            count = kept
        }
        sort()
    }

    /// Sorts from the largest score to the smallest.
    func sort() {
        RankKeys.sortDescending(UnsafeMutableBufferPointer(rebasing: storage[..<count]))
    }

    /// Room for so many more keys, and for the one that `append` writes beyond the last.
    private func reserve(_ more: Int) {
        guard storage.count < count + more + 1 else { return }
        let larger = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 2 * (count + more + 1))
        for i in 0..<count { larger[i] = storage[i] }
        storage.deallocate()
        storage = larger
    }
}
