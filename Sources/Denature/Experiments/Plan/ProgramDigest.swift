/// SHA-256 of a program: another build may compute something else, whatever it calls its version.
public enum ProgramDigest {
    /// The digest of the program that this process runs.
    ///
    /// - Throws: `ExperimentError.unreadable`.
    public static func ofThisProgram() throws(ExperimentError) -> String { try current.get() }

    /// The digest of a program's file.
    ///
    /// - Throws: `ExperimentError.unreadable`.
    public static func of(_ path: String) throws(ExperimentError) -> String { try InputDigests.file(path) }

    // Read once: programs with models in them have hundreds of megabytes.
    private static let current = Result { () throws(ExperimentError) in try of("/proc/self/exe") }
}
