import Foundation
import KeyedPRF

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Puts a finished file in its place in one step, so that nobody ever sees half of it.
enum Publication {
    /// Moves `source` to `destination`. Without `replacing`, a destination that came into being meanwhile is an error.
    static func move(_ source: String, to destination: String, replacing: Bool) throws(SanitizeError) {
        try publish(source, as: destination, replacing: replacing, digest: nil)
        unlink(source)
    }

    /// Gives `source` the name `destination` too and leaves it where it is: until the caller has noted the fact
    /// elsewhere, a crash must find both.
    /// - Parameter digest: SHA-256 of `source`; a destination with the same content counts as published.
    static func publish(
        _ source: String, as destination: String, replacing: Bool, digest: Digest256?
    ) throws(SanitizeError) {
        if !replacing, link(source, destination) == 0 {
            synchronizeFolder(of: destination)
            return
        }
        if !replacing, OutputFile.size(of: destination) != nil {
            guard let digest, try FileDigest.of(destination) == digest else {
                throw SanitizeError.outputExists(path: destination)
            }
        } else {
            // rename(2) replaces in one step; link(2) cannot, and some file systems have no second names at all.
            let staged = destination + ".\(UInt64.random(in: .min ... .max)).publish"
            if link(source, staged) != 0 { try copy(source, to: staged) }
            guard rename(staged, destination) == 0 else {
                let failure = OutputFile.failure(destination)
                unlink(staged)
                throw failure
            }
            // Where both names already were the same file, rename(2) leaves the staged one.
            unlink(staged)
        }
        synchronizeFolder(of: destination)
    }

    /// A copy that is on the disk when this returns; nothing stays behind when it throws.
    static func copy(_ source: String, to destination: String) throws(SanitizeError) {
        let reader = try SpoolReader(path: source)
        let file = try OutputFile(path: destination, flags: O_WRONLY | O_CREAT | O_EXCL)
        do throws(SanitizeError) {
            let length = OutputFile.size(of: source) ?? 0
            var offset: Int64 = 0
            while offset < length {
                let chunk = try reader.read(offset: offset, count: Int(min(1 << 20, length - offset)))
                try file.write(chunk)
                offset += Int64(chunk.count)
            }
            try file.synchronize()
        } catch {
            unlink(destination)
            throw error
        }
    }

    /// The folder's entry must survive a power failure too; a folder that cannot be opened is no reason to fail now.
    private static func synchronizeFolder(of path: String) {
        let folder = open(folder(of: path), O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    /// The folder that a file is in. (`NSString.deletingLastPathComponent` traps on names of one character.)
    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }
}

/// SHA-256 of files.
enum FileDigest {
    static func of(_ path: String) throws(SanitizeError) -> Digest256 {
        try SpoolReader(path: path).digest(length: OutputFile.size(of: path) ?? 0)
    }
}
