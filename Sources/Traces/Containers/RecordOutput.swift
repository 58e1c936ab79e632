import Compression
import Files
import KeyedPRF

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An output of records, written from front to back in the container that its name asks for: a file that appears when it is
/// complete, or a stream.
package final class RecordOutput {
    private let file: FileOutput
    private let encoder: (any StreamEncoder)?
    private let hasher: SHA256Hasher?

    /// Opens a target.
    ///
    /// - Parameters:
    ///   - target: Where to write.
    ///   - replacing: Whether a file that is there gives way.
    ///   - name: The name that says how; nil for the target's own.
    ///   - hasher: Is given the file's bytes.
    ///   - containers: The containers that names can ask for.
    /// - Throws: `FileError`.
    package init(
        _ target: OutputTarget, replacing: Bool, named name: String? = nil, hasher: SHA256Hasher? = nil,
        containers: ContainerRegistry = .standard
    ) throws(FileError) {
        let name = name ?? target.name
        encoder = try Self.compressing(name) { () throws(CompressionError) in
            try containers.container(forName: name)?.encoder()
        }
        file = try FileOutput(target, replacing: replacing)
        self.hasher = hasher
    }

    /// The target as errors name it.
    package var name: String { file.name }

    /// Whether somebody may be waiting at the other end.
    package var isStream: Bool { file.isStream }

    /// Appends bytes of the content.
    ///
    /// - Throws: `FileError`.
    package func write(_ bytes: [UInt8]) throws(FileError) {
        guard let encoder else { return try put(bytes) }
        try put(
            Self.compressing(name) { () throws(CompressionError) in
                try bytes.withUnsafeBufferPointer { buffer throws(CompressionError) in
                    try encoder.encode(UnsafeRawBufferPointer(buffer))
                }
            })
    }

    /// Hands everything to the system that has been brought into its final form.
    ///
    /// - Throws: `FileError`.
    package func flush() throws(FileError) { try file.flush() }

    /// Ends the container and puts a file in its place.
    ///
    /// - Throws: `FileError`; then no file has appeared.
    package func finish() throws(FileError) {
        if let encoder {
            try put(Self.compressing(name) { () throws(CompressionError) in try encoder.finish() })
        }
        try file.finish()
    }

    /// Removes what was written of a file.
    package func abandon() { file.abandon() }

    private func put(_ bytes: [UInt8]) throws(FileError) {
        hasher?.update(bytes)
        try file.write(bytes)
    }

    private static func compressing<R>(
        _ name: String, _ body: () throws(CompressionError) -> R
    ) throws(FileError) -> R {
        do throws(CompressionError) {
            return try body()
        } catch {
            // A compressor fails for want of memory only.
            throw .system(name, "compress", errno: ENOMEM)
        }
    }
}

extension OutputTarget {
    /// The name that says how the content is written; empty for standard output.
    fileprivate var name: String {
        switch self {
        case .standardOutput: ""
        case .stream(let path), .file(let path): path
        }
    }
}
