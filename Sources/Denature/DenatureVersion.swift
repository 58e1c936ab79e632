/// The version of the library and of the program.
public enum DenatureVersion {
    /// Semantic version.
    public static let string = "0.1.0"
}
