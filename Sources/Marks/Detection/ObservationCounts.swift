/// How many distinct observations each class has and how many of them each key hits.
package struct ObservationCounts: Equatable, Sendable {
    /// One class of observations.
    package struct Class: Equatable, Sendable {
        /// The scheme's index in the plan.
        package let scheme: Int
        /// The number of equally likely values.
        package let alternatives: Int
        /// Distinct observations.
        package var count: Int
        /// Hits, by key of the scheme.
        package var hits: [Int]
    }

    /// In ascending order of scheme and alternatives.
    package var classes: [Class] { unordered.sorted { ($0.scheme, $0.alternatives) < ($1.scheme, $1.alternatives) } }

    private var unordered: [Class] = []
    private var position: [UInt64: Int] = [:]
    private var lastCode = UInt64.max
    private var lastPosition = 0
    private let keyCounts: [Int]

    /// - Parameter keyCounts: The number of keys of each scheme.
    package init(keyCounts: [Int]) {
        self.keyCounts = keyCounts
    }

    /// Counts one distinct observation, given as a record of `ObservationBuffer`.
    @inline(__always)
    mutating func count(_ record: UnsafeBufferPointer<UInt64>) {
        let code = record[2]
        if code != lastCode { select(code) }
        unordered[lastPosition].count += 1
        for word in 3..<record.count {
            var bits = record[word]
            while bits != 0 {
                unordered[lastPosition].hits[(word - 3) * 64 + bits.trailingZeroBitCount] += 1
                bits &= bits - 1
            }
        }
    }

    private mutating func select(_ code: UInt64) {
        lastCode = code
        if let known = position[code] {
            lastPosition = known
            return
        }
        let kind = ObservationClass(code: code)
        lastPosition = unordered.count
        position[code] = lastPosition
        unordered.append(
            Class(
                scheme: kind.scheme, alternatives: kind.alternatives, count: 0,
                hits: Array(repeating: 0, count: keyCounts[kind.scheme])))
    }

    package static func == (a: Self, b: Self) -> Bool { a.classes == b.classes }
}
