/// Why a text is not the JSON that was asked for, and at which byte.
///
/// The words are fixed sentences and at most one byte of the text, so that an error about a secret can be shown. Only
/// ``name`` and ``path`` copy members' names, and a reader of secrets asks for neither (``JSONLimits/quotesNames``).
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// No byte but white space.
        case empty
        /// More bytes than are read.
        case tooLarge
        /// The bytes are not UTF-8 (RFC 3629).
        case invalidUTF8
        /// An escape names half of a surrogate pair.
        case loneSurrogate
        /// A backslash before something that is no escape.
        case invalidEscape
        /// A control character in a string.
        case controlCharacter
        /// The text ends inside a value.
        case truncated
        /// Something else stands where the grammar asks for `expectation`.
        case unexpected
        /// Something stands after the value.
        case trailing
        /// A number that begins with a zero.
        case leadingZero
        /// An object names a member twice.
        case duplicateMember
        /// More levels of nesting than are accepted.
        case tooDeep
        /// JSON, but of another shape than was asked for.
        case wrongType
    }

    /// What is wrong.
    public var code: Code
    /// The byte, from 0.
    public var offset: Int
    /// The same in words, without the place.
    public var message: String
    /// What the grammar asks for there, where something else stands there.
    public var expectation: String?
    /// The member that is named twice.
    public var name: String?
    /// Names of members and numbers of elements down to the place; empty where it is not known.
    public var path: [String] = []

    /// - Parameters:
    ///   - code: What is wrong.
    ///   - offset: The byte, from 0.
    ///   - message: The same in words, without the place.
    public init(_ code: Code, at offset: Int, _ message: String) {
        self.code = code
        self.offset = offset
        self.message = message
    }

    /// The path as `model.vocab[3]`.
    public var keyPath: String {
        path.reduce("") { $0.isEmpty ? $1 : $1.hasPrefix("[") ? $0 + $1 : $0 + "." + $1 }
    }

    /// `byte N: message`.
    public var description: String { "byte \(offset): \(message)" }
}

/// What a reader accepts.
package struct JSONLimits: Sendable {
    /// The longest text, in bytes; offsets are kept in 32 bits.
    package var maxBytes = Int(Int32.max) - 1
    /// Levels of nesting.
    package var maxDepth = 512
    /// Levels of which an index is kept; elements of arrays that are no containers only where it is `Int.max`.
    package var indexedDepth = Int.max
    /// Whether a UTF-8 byte order mark may stand before the text.
    package var allowsByteOrderMark = false
    /// Whether errors may name members.
    package var quotesNames = true

    /// - Parameters:
    ///   - maxBytes: The longest text, in bytes.
    ///   - maxDepth: Levels of nesting.
    ///   - indexedDepth: Levels of which an index is kept.
    ///   - allowsByteOrderMark: Whether a UTF-8 byte order mark may stand before the text.
    ///   - quotesNames: Whether errors may name members.
    package init(
        maxBytes: Int = Int(Int32.max) - 1, maxDepth: Int = 512, indexedDepth: Int = .max,
        allowsByteOrderMark: Bool = false, quotesNames: Bool = true
    ) {
        self.maxBytes = maxBytes
        self.maxDepth = maxDepth
        self.indexedDepth = indexedDepth
        self.allowsByteOrderMark = allowsByteOrderMark
        self.quotesNames = quotesNames
    }
}
