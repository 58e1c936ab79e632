import Files
import KeyedPRF

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Reads pieces of a spool or an output.
struct SpoolReader {
    private let file: Descriptor

    init(path: String) throws(SanitizeError) {
        file = try Self.reading(path) { () throws(FileError) in try Descriptor(opening: path, O_RDONLY) }
    }

    /// Exactly `count` bytes from `offset`.
    func read(offset: Int64, count: Int) throws(SanitizeError) -> [UInt8] {
        do throws(FileError) {
            return try file.bytes(at: offset, count: count)
        } catch {
            let reason = error.code == .truncated ? "ends before byte \(offset + Int64(count))" : error.reason
            throw SanitizeError.spoolDamaged(path: file.path, reason: reason)
        }
    }

    /// SHA-256 of the first `length` bytes of a file, or of all.
    static func digest(of path: String, length: Int64? = nil) throws(SanitizeError) -> Digest256 {
        try reading(path) { () throws(FileError) in try SHA256Digest.of(file: path, length: length) }
    }

    private static func reading<R>(
        _ path: String, _ body: () throws(FileError) -> R
    ) throws(SanitizeError) -> R {
        do throws(FileError) {
            return try body()
        } catch {
            throw SanitizeError.spoolDamaged(path: path, reason: error.reason)
        }
    }

    static func hasher() throws(SanitizeError) -> SHA256Hasher {
        do throws(KeyedPRFError) {
            return try SHA256Hasher()
        } catch {
            throw SanitizeError.key(error)
        }
    }
}
