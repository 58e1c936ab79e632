import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Writing to the standard streams without buffering surprises, and without the traps of `FileHandle` when a reader is
/// gone or a disk is full.
enum Console {
    /// A line of result. Throws when it cannot be written: whoever reads the results must not take half for all.
    static func output(_ line: String) throws {
        let reason = write(line + "\n", to: 1)
        if let reason { throw CommandFailure(description: "<stdout>: cannot write: \(reason)") }
    }

    /// A line for the person at the terminal.
    static func error(_ line: String) {
        notice(line + "\n")
    }

    /// Text for the person at the terminal, as it is. Nobody may be there.
    static func notice(_ text: String) {
        _ = write(text, to: 2)
    }

    /// A JSON document as one line of result: keys in snake_case, sorted, slashes plain.
    static func json(_ value: some Encodable) throws {
        try output(jsonLine(value))
    }

    /// The same without its line feed, for a file.
    static func jsonLine(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Whether standard error is a terminal.
    static var isInteractive: Bool { isatty(2) == 1 }

    /// Writes all of `text`; the system's reason when it cannot.
    private static func write(_ text: String, to descriptor: Int32) -> String? {
        var text = text
        return text.withUTF8 { bytes in
            var offset = 0
            while offset < bytes.count {
                let written = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
                if written < 0 {
                    if errno == EINTR { continue }
                    return String(cString: strerror(errno))
                }
                offset += written
            }
            return nil
        }
    }
}
