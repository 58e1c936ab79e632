import Foundation

/// Limits of exact de-duplication.
public struct DeduplicationOptions: Hashable, Sendable {
    /// Bytes for the table of distinct digests. Beyond it, new observations go to disk and are finished in partitions.
    public var memoryLimit: Int
    /// Where the temporary files live.
    public var folder: String

    /// Creates limits; the standard ones hold about three million distinct contexts in memory.
    public init(memoryLimit: Int = 96 << 20, folder: String = NSTemporaryDirectory()) {
        self.memoryLimit = memoryLimit
        self.folder = folder
    }
}

/// Counts each distinct observation once, at its first occurrence in the order of the buffers, in bounded memory.
///
/// While the table has room it decides at once. A full table still recognises what it holds (those first occurrences are
/// counted); everything else goes to one of 64 files by digest. All occurrences of a digest share a file and keep their order,
/// so finishing one file at a time by the same procedure gives exactly the totals of an unbounded table.
package final class ObservationMerger {
    private let options: DeduplicationOptions
    private let hitWords: Int
    private let level: Int
    private var distinct: DigestSet
    private var partitions: SpillPartitions?
    private var counts: ObservationCounts
    /// Whether anything went to disk.
    package private(set) var hasSpilled = false

    /// Six bits of the digest's second word divide each level; the last level may use any amount of memory, but only a text
    /// with 2⁶⁰ contexts gets there.
    private static let lastLevel = 9

    /// Starts an empty merger for a plan.
    package convenience init(plan: DetectionPlan, options: DeduplicationOptions = DeduplicationOptions()) {
        self.init(
            counts: ObservationCounts(keyCounts: plan.entries.map(\.keys.count)), hitWords: plan.hitWords,
            options: options, level: 0)
    }

    private init(counts: ObservationCounts, hitWords: Int, options: DeduplicationOptions, level: Int) {
        self.counts = counts
        self.hitWords = hitWords
        self.options = options
        self.level = level
        distinct = DigestSet(memoryLimit: level < Self.lastLevel ? options.memoryLimit : Int.max)
    }

    /// Adds a buffer; buffers must come in document order.
    package func merge(_ buffer: ObservationBuffer) throws(DetectionError) {
        let outcome = buffer.words.withUnsafeBufferPointer { words in
            Result { () throws(DetectionError) in
                for start in stride(from: 0, to: words.count, by: buffer.stride) {
                    try insert(UnsafeBufferPointer(rebasing: words[start..<start + buffer.stride]))
                }
            }
        }
        try outcome.get()
    }

    @inline(__always)
    private func insert(_ record: UnsafeBufferPointer<UInt64>) throws(DetectionError) {
        switch distinct.insert((record[0], record[1])) {
        case .present: break
        case .inserted: counts.count(record)
        case .full: try spill(record)
        }
    }

    private func spill(_ record: UnsafeBufferPointer<UInt64>) throws(DetectionError) {
        let files: SpillPartitions
        if let partitions {
            files = partitions
        } else {
            files = try SpillPartitions(folder: options.folder, stride: 3 + hitWords)
            partitions = files
            hasSpilled = true
        }
        let partition = Int(truncatingIfNeeded: record[1] >> UInt64(58 - 6 * level)) & (SpillPartitions.count - 1)
        try files.append(record, to: partition)
    }

    /// Finishes what went to disk and gives the totals; the merger is then empty.
    package func finish() throws(DetectionError) -> ObservationCounts {
        distinct = DigestSet(memoryLimit: 0)
        guard let files = partitions else { return counts }
        partitions = nil
        for partition in 0..<SpillPartitions.count {
            let merger = ObservationMerger(counts: counts, hitWords: hitWords, options: options, level: level + 1)
            try files.drain(partition) { record throws(DetectionError) in try merger.insert(record) }
            counts = try merger.finish()
        }
        return counts
    }
}
