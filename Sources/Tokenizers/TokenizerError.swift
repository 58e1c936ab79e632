/// Why a tokenizer could not be loaded, written or trained: which file, which member of it, and what is wrong.
public struct TokenizerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The file cannot be opened or read, or the folder holds no tokenizer.
        case unreadable
        /// The file cannot be written.
        case unwritable
        /// The bytes are not UTF-8, or an escape names half of a surrogate pair.
        case invalidUTF8
        /// Not JSON as RFC 8259 defines it, or cut short.
        case malformedJSON
        /// Larger than the cap: the file, its nesting, or its vocabulary.
        case tooLarge
        /// An object names the same member twice.
        case duplicateKey
        /// A member that must be there is not.
        case missingMember
        /// A member of another JSON type than the format asks for.
        case wrongType
        /// A token id that is negative, beyond the cap, given to two tokens, or at odds with the vocabulary.
        case invalidID
        /// A merge that names a token the vocabulary lacks, or makes one.
        case invalidMerge
        /// A well-formed tokenizer of a kind that is not implemented.
        case unsupported
        /// Training arguments that no vocabulary can satisfy.
        case invalidArgument
    }

    /// What went wrong.
    public var code: Code
    /// The file as it was named by the caller; a placeholder in angle brackets for a tokenizer in memory.
    public var file: String
    /// The member, as in `model.merges[17]`; nil when the whole file is meant.
    public var keyPath: String?
    /// The same in words, without file and member.
    public var message: String

    /// - Parameters:
    ///   - code: What went wrong.
    ///   - file: The file as it was named by the caller.
    ///   - keyPath: The member, as in `model.merges[17]`.
    ///   - message: The same in words, without file and member.
    public init(_ code: Code, file: String, keyPath: String? = nil, _ message: String) {
        self.code = code
        self.file = file
        self.keyPath = keyPath
        self.message = message
    }

    /// File, member and message on one line.
    public var description: String {
        guard let keyPath, !keyPath.isEmpty else { return "\(file): \(message)" }
        return "\(file): \(keyPath): \(message)"
    }
}
