import Files

/// Sixty-four append-only temporary files of observation records, divided by digest.
///
/// The files are unlinked as soon as they exist, so they disappear with the process however it ends.
final class SpillPartitions {
    static let count = 64

    private let folder: String
    private let stride: Int
    private var files: [Descriptor?] = []
    private var pending: [ContiguousArray<UInt64>]
    private var written: [Int]
    private static let pendingWords = 4096

    /// - Parameters:
    ///   - folder: Where the files live.
    ///   - stride: Words in one record.
    init(folder: String, stride: Int) throws(DetectionError) {
        self.folder = folder
        self.stride = stride
        pending = Array(repeating: [], count: Self.count)
        written = Array(repeating: 0, count: Self.count)
        for _ in 0..<Self.count {
            do throws(FileError) {
                files.append(try Descriptor.unnamed(in: folder, prefix: "denature-detect-"))
            } catch {
                throw Self.failure("creation", folder, error)
            }
        }
    }

    private static func failure(_ operation: String, _ folder: String, _ error: FileError) -> DetectionError {
        error.code == .truncated
            ? .spillTruncated(folder: folder)
            : .spill(operation: operation, folder: folder, reason: error.reason)
    }

    /// Appends one record to a partition.
    func append(_ record: UnsafeBufferPointer<UInt64>, to partition: Int) throws(DetectionError) {
        pending[partition].append(contentsOf: record)
        if pending[partition].count >= Self.pendingWords { try flush(partition) }
    }

    private func flush(_ partition: Int) throws(DetectionError) {
        guard let file = files[partition] else { return }
        do throws(FileError) {
            try pending[partition].withUnsafeBufferPointer { words throws(FileError) in
                try file.write(UnsafeRawBufferPointer(words))
            }
        } catch {
            throw Self.failure("writing", folder, error)
        }
        written[partition] += pending[partition].count
        pending[partition].removeAll(keepingCapacity: true)
    }

    /// Calls `body` for every record of a partition in the order of writing, then gives its disk space back.
    func drain(
        _ partition: Int, _ body: (UnsafeBufferPointer<UInt64>) throws(DetectionError) -> Void
    ) throws(DetectionError) {
        try flush(partition)
        pending[partition] = []
        guard let file = files[partition] else { return }
        var chunk = ContiguousArray<UInt64>(repeating: 0, count: stride * max(1, 32_768 / stride))
        var left = written[partition]
        var offset = 0
        while left > 0 {
            let wanted = min(left, chunk.count)
            do throws(FileError) {
                try chunk.withUnsafeMutableBufferPointer { words throws(FileError) in
                    let bytes = UnsafeMutableRawBufferPointer(words)[..<(8 * wanted)]
                    try file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes), at: offset)
                }
            } catch {
                throw Self.failure("reading", folder, error)
            }
            offset += 8 * wanted
            for start in Swift.stride(from: 0, to: wanted, by: stride) {
                // A copy of a few words keeps the typed error of `body` out of the unsafe closure.
                let outcome = chunk.withUnsafeBufferPointer { words in
                    Result { () throws(DetectionError) in
                        try body(UnsafeBufferPointer(rebasing: words[start..<start + stride]))
                    }
                }
                try outcome.get()
            }
            left -= wanted
        }
        files[partition] = nil
    }
}
