/// The version of library and program.
public enum DenatureVersion {
    /// Semantic version.
    public static let string = "0.1.0"
}
