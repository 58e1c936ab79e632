import StrictJSON

/// The JSON of a tokenizer's file, checked and indexed.
///
/// A vocabulary must not become a dictionary of `String`, whose equality is canonical equivalence: two tokens may differ
/// only in it.
struct DefinitionText: Sendable {
    static let largestFile = 512 << 20
    private static let limits = JSONLimits(maxBytes: largestFile, maxDepth: 64, allowsByteOrderMark: true)

    let file: String
    let bytes: [UInt8]
    let tape: JSONTape

    /// The whole document.
    var root: DefinitionValue { DefinitionValue(text: self, index: 0, path: "") }

    init(parsing bytes: [UInt8], file: String) throws(TokenizerError) {
        do throws(JSONError) {
            tape = try JSONTape.scan(bytes, limits: Self.limits)
        } catch {
            throw TokenizerError(
                Self.code(error.code), file: file, keyPath: error.path.isEmpty ? nil : error.keyPath,
                Self.message(error, count: bytes.count))
        }
        self.file = file
        self.bytes = bytes
    }

    private static func code(_ code: JSONError.Code) -> TokenizerError.Code {
        switch code {
        case .tooLarge, .tooDeep: .tooLarge
        case .invalidUTF8, .loneSurrogate: .invalidUTF8
        case .duplicateMember: .duplicateKey
        case .empty, .truncated, .unexpected, .trailing, .leadingZero, .invalidEscape, .controlCharacter, .wrongType:
            .malformedJSON
        }
    }

    private static func message(_ error: JSONError, count: Int) -> String {
        switch error.code {
        case .tooLarge: "\(count) bytes; at most \(largestFile) are read"
        case .tooDeep, .duplicateMember: error.message
        default: error.message + (error.offset >= count ? " at the end of the file" : " at byte \(error.offset)")
        }
    }

    /// The UTF-8 of a string or a member's name.
    func utf8(_ index: Int) -> [UInt8] {
        let token = tape.tokens[index]
        guard token.flags.contains(.escaped) else {
            return Array(bytes[(Int(token.start) + 1)..<(Int(token.end) - 1)])
        }
        return bytes.withUnsafeBytes { JSONText.decodedBytes($0, token.range) }
    }

    /// Whether the member's name at `index` is `name`, byte for byte.
    func isKey(_ index: Int, _ name: String) -> Bool {
        let token = tape.tokens[index]
        guard token.flags.contains(.escaped) else {
            return bytes[(Int(token.start) + 1)..<(Int(token.end) - 1)].elementsEqual(name.utf8)
        }
        return utf8(index).elementsEqual(name.utf8)
    }
}
