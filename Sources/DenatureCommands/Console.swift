import Foundation

/// Writing to the terminal without buffering surprises.
enum Console {
    /// A line of result.
    static func output(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    /// A line for the person at the terminal.
    static func error(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    /// A JSON document as one line of result: keys in snake_case, sorted, slashes plain.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        output(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Whether standard error is a terminal.
    static var isInteractive: Bool { isatty(2) == 1 }
}
