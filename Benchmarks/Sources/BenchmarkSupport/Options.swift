/// Command-line arguments as `--name value` pairs and `--flag`s.
public struct Options {
    private var values: [String: String] = [:]
    private var flags: Set<String> = []

    /// A wrong argument.
    public struct Failure: Error, CustomStringConvertible {
        /// What is wrong.
        public var description: String
    }

    /// Reads the program's arguments; every name must be among `names` or `flagNames`.
    public init(names: [String], flags flagNames: [String]) throws(Failure) {
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            let name = String(argument.drop { $0 == "-" })
            if argument.hasPrefix("--"), flagNames.contains(name) {
                flags.insert(name)
            } else if argument.hasPrefix("--"), names.contains(name), let value = arguments.popFirst() {
                values[name] = value
            } else {
                let known = names.map { "--\($0) VALUE" } + flagNames.map { "--\($0)" }
                throw Failure(description: "cannot use '\(argument)'; options: " + known.joined(separator: ", "))
            }
        }
    }

    /// The value of an option, if it was given.
    public func string(_ name: String) -> String? { values[name] }

    /// Whether a flag was given.
    public func flag(_ name: String) -> Bool { flags.contains(name) }

    /// The value of a numeric option.
    public func integer(_ name: String, default standard: Int) throws(Failure) -> Int {
        guard let text = values[name] else { return standard }
        guard let value = Int(text), value > 0 else {
            throw Failure(description: "--\(name) needs a positive number, not '\(text)'")
        }
        return value
    }
}
