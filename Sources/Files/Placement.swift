#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Puts finished files in their places in one step, so that nobody ever sees half of one.
package enum Placement {
    /// Moves `source` to `destination`, on the disk when this returns.
    ///
    /// - Parameter replacing: Whether a file that is there gives way; what came into being meanwhile does not otherwise.
    /// - Throws: ``FileError``, with code `exists` where something is there; then `source` stays.
    package static func move(_ source: String, to destination: String, replacing: Bool) throws(FileError) {
        if replacing {
            guard rename(source, destination) == 0 else { throw .system(destination, "rename") }
            // Where both names already were the same file, rename(2) leaves the first.
            unlink(source)
        } else if link(source, destination) == 0 {
            // link(2) never replaces, unlike rename(2).
            unlink(source)
        } else if errno == EEXIST {
            throw FileError(.exists, path: destination, operation: "create", errno: EEXIST)
        } else {
            try moveByClaim(source, to: destination)
        }
        try synchronizeFolder(of: destination)
    }

    /// On a file system without second names: claims the name, then replaces the claim.
    private static func moveByClaim(_ source: String, to destination: String) throws(FileError) {
        _ = try Descriptor(opening: destination, O_WRONLY | O_CREAT | O_EXCL, operation: "create")
        guard rename(source, destination) == 0 else {
            let failure = FileError.system(destination, "rename")
            unlink(destination)
            throw failure
        }
    }

    /// Gives `source` the name `destination` too and leaves it where it is: until the caller has noted the fact elsewhere,
    /// a crash must find both.
    ///
    /// - Parameters:
    ///   - replacing: Whether a file that is there gives way.
    ///   - isPublished: Asked, where something is there that must not give way, whether it is `source` already.
    /// - Throws: ``FileError``, with code `exists` where something else is there.
    package static func publish(
        _ source: String, as destination: String, replacing: Bool,
        isPublished: () throws(FileError) -> Bool = { () throws(FileError) in false }
    ) throws(FileError) {
        if !replacing, link(source, destination) == 0 { return try synchronizeFolder(of: destination) }
        if !replacing, FilePath.exists(destination) {
            guard try isPublished() else {
                throw FileError(.exists, path: destination, operation: "create", errno: EEXIST)
            }
        } else {
            // rename(2) replaces in one step; link(2) cannot, and some file systems have no second names at all.
            let staged = stagedName(for: destination)
            if link(source, staged) != 0 { try copy(source, to: staged) }
            do throws(FileError) {
                try move(staged, to: destination, replacing: replacing)
            } catch {
                unlink(staged)
                throw error
            }
        }
        try synchronizeFolder(of: destination)
    }

    /// Moves a folder to a name that is free.
    ///
    /// - Throws: ``FileError``.
    package static func moveFolder(_ source: String, to destination: String) throws(FileError) {
        guard rename(source, destination) == 0 else { throw .system(destination, "rename") }
        try synchronizeFolder(of: destination)
    }

    /// A copy that is on the disk when this returns; nothing stays behind when it throws.
    ///
    /// - Throws: ``FileError``, also where `destination` is there.
    package static func copy(_ source: String, to destination: String) throws(FileError) {
        let reader = try Descriptor(opening: source, O_RDONLY)
        let copy = try Descriptor(opening: destination, O_WRONLY | O_CREAT | O_EXCL, operation: "write")
        do throws(FileError) {
            try reader.forEachChunk { chunk throws(FileError) in try copy.write(chunk) }
            try copy.synchronize()
        } catch {
            unlink(destination)
            throw error
        }
    }

    /// Waits until the entry of a file in its folder is on the disk: it must survive a power failure too. A folder that
    /// cannot be opened is no reason to fail now.
    ///
    /// - Throws: ``FileError`` where the disk fails.
    package static func synchronizeFolder(of path: String) throws(FileError) {
        let folder = FilePath.folder(of: path)
        guard let descriptor = try? Descriptor(opening: folder, O_RDONLY | O_DIRECTORY) else { return }
        try descriptor.synchronize()
    }

    /// A name of its own for each run, beside the final one, so that two runs cannot mix their bytes:
    /// ".<name>.<random>.tmp".
    package static func stagedName(for path: String) -> String {
        let name = FilePath.name(of: path)
        let folder = path.utf8.count == name.utf8.count ? "" : String(path.utf8.dropLast(name.utf8.count)) ?? ""
        return folder + "." + name + "." + String(UInt64.random(in: .min ... .max), radix: 16) + ".tmp"
    }

    /// Removes what writers that were killed have left beside a file. For whoever holds the lock of what the file belongs to:
    /// a writer at work would lose its bytes.
    package static func removeStaged(for path: String) {
        let prefix = "." + FilePath.name(of: path) + "."
        guard let folder = opendir(FilePath.folder(of: path)) else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix(prefix), name.hasSuffix(".tmp"), name.utf8.count > prefix.utf8.count + 4 else {
                continue
            }
            let random = name.dropFirst(prefix.count).dropLast(4)
            guard random.allSatisfy({ $0.isHexDigit && $0.isASCII }) else { continue }
            unlinkat(dirfd(folder), name, 0)
        }
    }
}
