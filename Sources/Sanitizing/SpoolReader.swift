import Foundation
import KeyedPRF

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Reads pieces of a spool or an output.
final class SpoolReader {
    private let path: String
    private let descriptor: Int32

    init(path: String) throws(SanitizeError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SanitizeError.spoolDamaged(path: path, reason: String(cString: strerror(errno)))
        }
    }

    deinit {
        close(descriptor)
    }

    /// Exactly `count` bytes from `offset`.
    func read(offset: Int64, count: Int) throws(SanitizeError) -> [UInt8] {
        var done = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while done < count {
                let position = off_t(offset) + off_t(done)
                let got = pread(descriptor, buffer.baseAddress?.advanced(by: done), count - done, position)
                if got < 0, errno == EINTR { continue }
                if got <= 0 { break }
                done += got
            }
            initialized = done
        }
        guard done == count else {
            throw SanitizeError.spoolDamaged(path: path, reason: "ends before byte \(offset + Int64(count))")
        }
        return bytes
    }

    /// SHA-256 of the first `length` bytes.
    func digest(length: Int64) throws(SanitizeError) -> Digest256 {
        let hasher = try Self.hasher()
        var offset: Int64 = 0
        while offset < length {
            let chunk = try read(offset: offset, count: Int(min(1 << 20, length - offset)))
            hasher.update(chunk)
            offset += Int64(chunk.count)
        }
        return hasher.finalize()
    }

    static func hasher() throws(SanitizeError) -> SHA256Hasher {
        do throws(KeyedPRFError) {
            return try SHA256Hasher()
        } catch {
            throw SanitizeError.key(error)
        }
    }
}
