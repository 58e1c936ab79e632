import Foundation

/// A file under construction beside its final place, which appears there complete or not at all.
///
/// Its temporary name is ".<name>.<random>.tmp"; a process that is killed leaves it behind.
final class AtomicFile {
    let path: String
    private let temporary: String
    private let descriptor: Int32
    private let replacing: Bool
    private var isPublished = false

    /// - Parameter replacing: whether a file that is there already gives way.
    init(path: String, replacing: Bool) throws(SafetensorsError) {
        guard !path.utf8.contains(0) else { throw SafetensorsError(path, .invalidPath) }
        var status = stat()
        // lstat, so that a link that leads nowhere counts as something that is there.
        if lstat(path, &status) == 0 {
            guard replacing else { throw SafetensorsError(path, .alreadyExists) }
            guard status.st_mode & S_IFMT != S_IFDIR else { throw SafetensorsError(path, .notARegularFile) }
        }
        let (folder, name) = Self.split(path)
        temporary = folder + "." + name + "." + String(UInt64.random(in: .min ... .max), radix: 16) + ".tmp"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system(path, "create") }
        self.path = path
        self.replacing = replacing
    }

    deinit {
        close(descriptor)
        if !isPublished { unlink(temporary) }
    }

    /// Claims space on the disk, so that a disk that is too full is known before the work.
    func reserve(_ size: Int) throws(SafetensorsError) {
        let operation = "reserve \(size) bytes"
        // First by the account of the file system: where it cannot reserve, the C library would fill the disk to see.
        var volume = statvfs()
        if fstatvfs(descriptor, &volume) == 0, volume.f_blocks > 0,
            UInt64(size) / max(1, UInt64(volume.f_frsize)) > UInt64(volume.f_bavail)
        {
            throw SafetensorsError(path, .system(operation: operation, code: ENOSPC))
        }
        #if os(Linux)
            let code = size > 0 ? posix_fallocate(descriptor, 0, off_t(size)) : 0
            // Whoever cannot reserve finds out while writing.
            guard code == 0 || code == EOPNOTSUPP || code == EINVAL || code == ENOSYS else {
                throw SafetensorsError(path, .system(operation: operation, code: code))
            }
        #endif
    }

    /// Writes bytes at an offset, all of them.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SafetensorsError) {
        try Self.write(bytes, to: descriptor, at: offset, path: path)
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(SafetensorsError) {
        try bytes.withUnsafeBufferPointer { buffer throws(SafetensorsError) in
            try write(UnsafeRawBufferPointer(buffer), at: offset)
        }
    }

    static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int, path: String
    ) throws(SafetensorsError) {
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + written))
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(path, "write")
            }
            written += count
        }
    }

    /// Waits until the bytes are on the disk.
    func synchronize() throws(SafetensorsError) {
        guard fsync(descriptor) == 0 else { throw .system(path, "synchronize") }
    }

    /// Moves the file to its place. Without `replacing`, what came into being there meanwhile is left alone.
    func publish() throws(SafetensorsError) {
        if !replacing {
            // link(2) never replaces, unlike rename(2).
            if link(temporary, path) == 0 {
                unlink(temporary)
            } else if errno == EEXIST {
                throw SafetensorsError(path, .alreadyExists)
            } else {
                // A file system without hard links: claim the name, then replace the claim.
                let claim = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
                guard claim >= 0 else {
                    throw errno == EEXIST ? SafetensorsError(path, .alreadyExists) : .system(path, "create")
                }
                close(claim)
                guard rename(temporary, path) == 0 else {
                    let failure = SafetensorsError.system(path, "rename")
                    unlink(path)
                    throw failure
                }
            }
        } else if rename(temporary, path) != 0 {
            throw .system(path, "rename")
        }
        isPublished = true
        Self.synchronizeFolder(of: path)
    }

    /// The folder's entry must survive a power failure too; a folder that cannot be opened is no reason to fail now.
    static func synchronizeFolder(of path: String) {
        let folder = split(path).folder
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor >= 0 {
            fsync(descriptor)
            close(descriptor)
        }
    }

    /// The folder with its slash, empty where the path has none, and the last component.
    private static func split(_ path: String) -> (folder: String, name: String) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let start = slash.map(path.utf8.index(after:)) ?? path.startIndex
        return (String(path[..<start]), String(path[start...]))
    }
}
