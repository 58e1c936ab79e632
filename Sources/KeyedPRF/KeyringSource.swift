import Foundation

extension Keyring {
    /// Where a keyring comes from.
    public enum Source: Sendable, Equatable, CustomStringConvertible {
        /// A file that only its owner may access; the only source that can be changed.
        case file(String)
        /// An environment variable whose content is the keyring's JSON.
        case environment(String)
        /// A command for `/bin/sh -c` that prints the keyring's JSON within 30 seconds. Its standard input is empty.
        case command(String)

        /// Reads the argument of `--keyring`: `env:NAME`, `command:...`, or a path.
        public init(argument: String) {
            if argument.hasPrefix("env:") {
                self = .environment(String(argument.dropFirst(4)))
            } else if argument.hasPrefix("command:") {
                self = .command(String(argument.dropFirst(8)))
            } else {
                self = .file(argument)
            }
        }

        /// The source as errors name it. A command's text is left out: it may contain a credential.
        public var description: String {
            switch self {
            case .file(let path): path
            case .environment(let name): Self.isVariableName(name) ? "env:\(name)" : "env:(not a variable's name)"
            case .command: "keyring command"
            }
        }

        private static func isVariableName(_ name: String) -> Bool {
            name.utf8.count <= 128 && name.first.map { $0.isLetter || $0 == "_" } == true
                && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        }

        /// The keyring's JSON, in an erased buffer.
        func read(commandTimeout: Duration) throws(KeyedPRFError) -> SecretText {
            switch self {
            case .file(let path):
                return try KeyringFile(opening: path, forUpdate: false).contents()
            case .environment(let name):
                guard Self.isVariableName(name), let value = getenv(name) else {
                    throw .inputOutput(source: description, operation: "read", reason: "the variable is not set")
                }
                let text = SecretText()
                text.append(UnsafeRawBufferPointer(start: value, count: strlen(value)))
                return text
            case .command(let command):
                return try KeyringCommand.output(of: command, timeout: commandTimeout)
            }
        }
    }
}
