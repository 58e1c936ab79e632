import Files
import Traces

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One file of an output: `PATH.partial` until it is put in its place.
final class OutputPart {
    /// Its final name.
    let path: String
    /// Where it grows.
    let partialPath: String
    /// The growing file, locked against other runs.
    let file: AppendedFile

    /// Opens or creates the growing file.
    init(path: String) throws(TraceGenerationError) {
        self.path = path
        partialPath = path + ".partial"
        file = try TraceGenerationError.writing { () throws(FileError) in
            try AppendedFile(path: path + ".partial", isExclusive: true)
        }
    }

    /// Goes on after so many bytes: what lies beyond is cut off.
    ///
    /// - Parameters:
    ///   - bytes: How many bytes the state vouches for; nil if there is no state.
    ///   - statePath: Where the state is, for errors.
    ///   - force: Whether to begin anew where something was left without a state.
    func resume(at bytes: Int64?, statePath: String, force: Bool) throws(TraceGenerationError) {
        if let bytes {
            guard file.size >= bytes else {
                throw TraceGenerationError(
                    .damagedState, "\(partialPath): is shorter than \(statePath) says; remove both to begin anew")
            }
        } else if file.size > 0, !force {
            throw TraceGenerationError(
                .otherRun,
                "\(partialPath): is there without \(statePath), so it cannot be resumed (--force begins anew)")
        }
        try TraceGenerationError.writing { () throws(FileError) in try file.truncate(to: bytes ?? 0) }
    }

    /// Gives the complete file its name; where the name asks for a compressed file, makes one of it.
    ///
    /// - Parameter replacing: Whether it may take the place of another.
    func place(replacing: Bool) throws(TraceGenerationError) {
        try TraceGenerationError.writing { () throws(FileError) in
            guard ContainerRegistry.standard.container(forName: path) != nil else {
                return try Placement.move(partialPath, to: path, replacing: replacing)
            }
            let output = try RecordOutput(.file(path: path), replacing: replacing)
            try Descriptor(opening: partialPath, O_RDONLY).forEachChunk { chunk throws(FileError) in
                try output.write(Array(chunk))
            }
            try output.finish()
            unlink(partialPath)
        }
    }

    /// Removes the growing file.
    func discard() {
        unlink(partialPath)
    }
}
