/// Why an input could not be read as traces, and where.
public struct TraceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The input holds no bytes, or only blank lines.
        case emptyInput
        /// The file cannot be opened or read, or is a folder.
        case unreadable
        /// The bytes are not UTF-8 (RFC 3629), or an escape names half of a surrogate pair.
        case invalidUTF8
        /// The input is in another encoding (a UTF-16 or UTF-32 byte order mark).
        case unsupportedEncoding
        /// Not JSON as RFC 8259 defines it.
        case malformedJSON
        /// The record ends inside a value, or the container before its end.
        case truncated
        /// A compressed stream or a container whose bytes are not what they should be.
        case damaged
        /// An object names the same member twice.
        case duplicateKey
        /// More levels of nesting than are accepted.
        case nestingTooDeep
        /// A record or document larger than the cap.
        case recordTooLarge
        /// No member or element that a trace could be read from.
        case missingField
        /// A member that is there but of another JSON type than its shape asks for.
        case wrongType
        /// The XML or HTML could not be read even by a recovering parser.
        case malformedXML
        /// The XML declares or uses entities other than the five predefined ones and character references.
        case entityRefused
        /// A replacement names a field that the record does not have, or text the target cannot hold.
        case unsupportedConversion
    }

    /// What went wrong.
    public var code: Code
    /// Where.
    public var location: SourceLocation
    /// The same in words, without the location.
    public var message: String

    /// - Parameters:
    ///   - code: What went wrong.
    ///   - location: Where.
    ///   - message: The same in words, without the location.
    public init(_ code: Code, at location: SourceLocation, _ message: String) {
        self.code = code
        self.location = location
        self.message = message
    }

    /// `file:line:column: message`.
    public var description: String { "\(location): \(message)" }
}
