/// A place in an input: what every error about bad input names.
public struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
    /// The file as the user named it; `-` is standard input.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The byte within the line, from 1, where it is known.
    public var column: Int?

    /// - Parameters:
    ///   - file: The file as the user named it.
    ///   - line: The line, from 1.
    ///   - column: The byte within the line, from 1.
    public init(file: String, line: Int, column: Int? = nil) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line` or `file:line:column`.
    public var description: String {
        let name = file == "-" ? "<stdin>" : file
        guard let column else { return "\(name):\(line)" }
        return "\(name):\(line):\(column)"
    }
}
