/// Why settings cannot be used.
///
/// The message names settings between backticks, so that whoever prints it can name them as they were given: on a command
/// line `top_p` is `--top-p`.
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The setting at fault, in snake_case; nil where several do not go together.
    public var setting: String?
    /// What is wrong, with the names of settings between backticks.
    public var message: String

    /// - Parameters:
    ///   - setting: The setting at fault, in snake_case; nil where several do not go together.
    ///   - message: What is wrong, with the names of settings between backticks.
    public init(_ setting: String? = nil, _ message: String) {
        self.setting = setting
        self.message = message
    }

    /// The message with names as they stand in JSON.
    public var description: String { message.filter { $0 != "`" } }

    /// The message with every name replaced.
    ///
    /// - Parameter rename: From a setting's name to what it is called where the message is read.
    public func description(naming rename: (String) -> String) -> String {
        let parts = message.split(separator: "`", omittingEmptySubsequences: false)
        return parts.enumerated().map { index, part in index % 2 == 1 ? rename(String(part)) : String(part) }.joined()
    }
}
