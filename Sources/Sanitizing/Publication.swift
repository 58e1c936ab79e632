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
        if !replacing {
            if link(source, destination) != 0 {
                guard errno == EEXIST else { throw OutputFile.failure(destination) }
                guard let digest, try FileDigest.of(destination) == digest else {
                    throw SanitizeError.outputExists(path: destination)
                }
            }
        } else {
            // rename(2) replaces in one step; link(2) cannot.
            let staged = destination + ".\(UInt64.random(in: .min ... .max)).publish"
            guard link(source, staged) == 0, rename(staged, destination) == 0 else {
                let failure = OutputFile.failure(destination)
                unlink(staged)
                throw failure
            }
            // Where both names already were the same file, rename(2) leaves the staged one.
            unlink(staged)
        }
        synchronizeFolder(of: destination)
    }

    /// The folder's entry must survive a power failure too; a folder that cannot be opened is no reason to fail now.
    private static func synchronizeFolder(of path: String) {
        let name = (path as NSString).deletingLastPathComponent
        let folder = open(name.isEmpty ? "." : name, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }
}

/// SHA-256 of files.
enum FileDigest {
    static func of(_ path: String) throws(SanitizeError) -> Digest256 {
        try SpoolReader(path: path).digest(length: OutputFile.size(of: path) ?? 0)
    }
}
