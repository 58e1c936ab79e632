import Foundation

/// Sixty-four append-only temporary files of observation records, divided by digest.
///
/// The files are unlinked as soon as they exist, so they disappear with the process however it ends.
final class SpillPartitions {
    static let count = 64

    private let folder: String
    private let stride: Int
    private var descriptors: [Int32] = []
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
        for _ in 0..<Self.count { descriptors.append(try Self.openUnlinked(in: folder)) }
    }

    deinit {
        for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
    }

    private static func openUnlinked(in folder: String) throws(DetectionError) -> Int32 {
        var template = Array((folder + "/denature-detect-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure("creation", folder) }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    private static func failure(_ operation: String, _ folder: String) -> DetectionError {
        .spill(operation: operation, folder: folder, reason: String(cString: strerror(errno)))
    }

    /// Appends one record to a partition.
    func append(_ record: UnsafeBufferPointer<UInt64>, to partition: Int) throws(DetectionError) {
        pending[partition].append(contentsOf: record)
        if pending[partition].count >= Self.pendingWords { try flush(partition) }
    }

    private func flush(_ partition: Int) throws(DetectionError) {
        let failed = pending[partition].withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let step = write(descriptors[partition], bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
                if step < 0, errno == EINTR { continue }
                guard step > 0 else { return true }
                offset += step
            }
            return false
        }
        if failed { throw Self.failure("writing", folder) }
        written[partition] += pending[partition].count
        pending[partition].removeAll(keepingCapacity: true)
    }

    /// Calls `body` for every record of a partition in the order of writing, then gives its disk space back.
    func drain(
        _ partition: Int, _ body: (UnsafeBufferPointer<UInt64>) throws(DetectionError) -> Void
    ) throws(DetectionError) {
        try flush(partition)
        pending[partition] = []
        let descriptor = descriptors[partition]
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw Self.failure("reading", folder) }
        var chunk = ContiguousArray<UInt64>(repeating: 0, count: stride * max(1, 32_768 / stride))
        var left = written[partition]
        while left > 0 {
            let wanted = min(left, chunk.count)
            try Self.fill(wanted, from: descriptor, &chunk, folder: folder)
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
        close(descriptor)
        descriptors[partition] = -1
    }

    private static func fill(
        _ count: Int, from descriptor: Int32, _ chunk: inout ContiguousArray<UInt64>, folder: String
    ) throws(DetectionError) {
        let failure: DetectionError? = chunk.withUnsafeMutableBytes { bytes in
            var offset = 0
            while offset < count * 8 {
                let step = read(descriptor, bytes.baseAddress.map { $0 + offset }, count * 8 - offset)
                if step < 0, errno == EINTR { continue }
                if step < 0 { return Self.failure("reading", folder) }
                if step == 0 { return .spillTruncated(folder: folder) }
                offset += step
            }
            return nil
        }
        if let failure { throw failure }
    }
}
