import StrictJSON

/// A strict JSON reader for keyrings.
///
/// Foundation's decoders quote the input in their errors and keep copies of it; this one reports a line, a column and
/// a fixed sentence, and leaves strings where they are until they are asked for.
struct KeyringJSON {
    /// A value and where it starts.
    struct Node {
        var offset: Int
        var value: Value
    }

    enum Value {
        case object([String: Node])
        case array([Node])
        /// The bytes between the quotes, escapes included.
        case string(Range<Int>)
        case number(Range<Int>)
        /// `true`, `false` or `null`.
        case literal
    }

    private static let limits = JSONLimits(
        maxBytes: SecretText.maximumCount + (1 << 16), maxDepth: 8, quotesNames: false)

    let bytes: UnsafeRawBufferPointer
    let source: String

    init(_ bytes: UnsafeRawBufferPointer, source: String) {
        self.bytes = bytes
        self.source = source
    }

    /// The error for a fault at a byte offset.
    func malformed(_ offset: Int, _ reason: String) -> KeyedPRFError {
        let place = JSONPlace(of: offset, in: bytes)
        return .malformedKeyring(source: source, line: place.line, column: place.column, reason: reason)
    }

    /// Reads the one value of the document.
    func document() throws(KeyedPRFError) -> Node {
        let view: JSONView
        do throws(JSONError) {
            view = try JSONView(scanning: bytes, limits: Self.limits)
        } catch {
            throw malformed(error.offset, Self.reason(error))
        }
        return node(view, 0)
    }

    /// Fixed sentences: not even one byte of a keyring is shown.
    private static func reason(_ error: JSONError) -> String {
        switch error.code {
        case .empty: "the keyring is empty"
        case .tooLarge: "the keyring is too large"
        case .invalidUTF8: "not valid UTF-8"
        case .loneSurrogate, .invalidEscape: "invalid \\u escape, or another that JSON does not have"
        case .controlCharacter: "control character in a string"
        case .truncated: "the text ends early"
        case .unexpected: (error.expectation ?? "something else") + " is expected here"
        case .trailing: "unexpected text after the keyring"
        case .leadingZero: "a number must not begin with 0"
        case .duplicateMember: "this member occurs twice"
        case .tooDeep: "nested too deeply"
        case .wrongType: "a value of another kind is expected here"
        }
    }

    private func node(_ view: JSONView, _ index: Int) -> Node {
        let range = view.range(index)
        let value: Value
        switch view.kind(index) {
        case .object:
            var members: [String: Node] = [:]
            for (key, child) in view.tape.members(of: index) { members[view.string(key)] = node(view, child) }
            value = .object(members)
        case .array: value = .array(view.tape.elements(of: index).map { node(view, $0) })
        case .string, .key: value = .string(range.lowerBound + 1..<range.upperBound - 1)
        case .number: value = .number(range)
        case .literal: value = .literal
        }
        return Node(offset: range.lowerBound, value: value)
    }

    /// The text of a string value, escapes resolved, in an erased buffer.
    func text(_ range: Range<Int>) -> SecretText {
        let text = SecretText(capacity: range.count)
        text.append(capacity: range.count) { buffer in
            JSONText.unescape(UnsafeRawBufferPointer(rebasing: bytes[range]), into: buffer)
        }
        return text
    }
}
