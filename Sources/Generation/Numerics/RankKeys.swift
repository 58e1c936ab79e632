/// A score and its token in one integer: a larger key means a larger score, and among equal scores a smaller token. Keys
/// of different tokens differ, so every order and every selection is unique.
package enum RankKeys {
    /// The key of a token's score, which is not NaN. −0 counts as 0.
    @inline(__always)
    package static func key(score: Float, token: UInt32) -> UInt64 {
        let bits = (score + 0).bitPattern
        let ordered = bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
        return UInt64(ordered) << 32 | UInt64(~token)
    }

    /// The score in a key.
    @inline(__always)
    package static func score(_ key: UInt64) -> Float {
        let ordered = UInt32(truncatingIfNeeded: key >> 32)
        return Float(bitPattern: ordered & 0x8000_0000 == 0 ? ~ordered : ordered & 0x7FFF_FFFF)
    }

    /// The token in a key.
    @inline(__always)
    package static func token(_ key: UInt64) -> Int32 {
        Int32(truncatingIfNeeded: ~UInt32(truncatingIfNeeded: key))
    }

    /// Reorders so that the `count` largest keys come first, in no order.
    package static func selectLargest(_ count: Int, of keys: UnsafeMutableBufferPointer<UInt64>) {
        var low = 0
        var high = keys.count
        var budget = 2 * (Int.bitWidth - keys.count.leadingZeroBitCount)
        guard count > 0, count < keys.count else { return }
        while high - low > 12 {
            if budget == 0 { return librarySort(keys, low, high) }
            budget -= 1
            let boundary = partition(keys, low, high)
            if boundary == count { return }
            if boundary > count { high = boundary } else { low = boundary }
        }
        insertionSort(keys, low, high)
    }

    /// Sorts from the largest to the smallest.
    package static func sortDescending(_ keys: UnsafeMutableBufferPointer<UInt64>) {
        sort(keys, 0, keys.count, budget: 2 * (Int.bitWidth - keys.count.leadingZeroBitCount))
    }

    private static func sort(_ keys: UnsafeMutableBufferPointer<UInt64>, _ start: Int, _ end: Int, budget: Int) {
        var low = start
        var budget = budget
        while end - low > 12 {
            // Inputs made to defeat the choice of pivots are left to the library's sort.
            if budget == 0 { return librarySort(keys, low, end) }
            budget -= 1
            let boundary = partition(keys, low, end)
            sort(keys, low, boundary, budget: budget)
            low = boundary
        }
        insertionSort(keys, low, end)
    }

    private static func librarySort(_ keys: UnsafeMutableBufferPointer<UInt64>, _ low: Int, _ high: Int) {
        var part = UnsafeMutableBufferPointer(rebasing: keys[low..<high])
        part.sort(by: >)
    }

    /// Splits into two non-empty parts of which the first holds the larger keys; gives the second's beginning (Hoare, with
    /// the median of three as the pivot).
    @inline(__always)
    private static func partition(_ keys: UnsafeMutableBufferPointer<UInt64>, _ low: Int, _ high: Int) -> Int {
        let a = keys[low]
        let b = keys[low + (high - low) / 2]
        let c = keys[high - 1]
        let pivot = max(min(a, b), min(max(a, b), c))
        var i = low
        var j = high - 1
        while true {
            while keys[i] > pivot { i += 1 }
            while keys[j] < pivot { j -= 1 }
            // The median of three has a smaller key somewhere, so j is before the last element here.
            if i >= j { return j + 1 }
            keys.swapAt(i, j)
            i += 1
            j -= 1
        }
    }

    @inline(__always)
    private static func insertionSort(_ keys: UnsafeMutableBufferPointer<UInt64>, _ low: Int, _ high: Int) {
        guard high - low > 1 else { return }
        for i in (low + 1)..<high {
            let key = keys[i]
            var j = i
            while j > low, keys[j - 1] < key {
                keys[j] = keys[j - 1]
                j -= 1
            }
            keys[j] = key
        }
    }
}
