import StrictJSON

/// What is wrong with a line of token ids.
public struct TokenLineError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the line, in bytes from 0.
    public var offset: Int
    /// What is wrong there.
    public var reason: String

    /// `column N: reason`.
    public var description: String { "column \(offset + 1): \(reason)" }
}

/// Reads lines like `{"tokens":[5, 17], "prompt":[3]}`. Members of other names are skipped.
///
/// Lines of numbers are long: an index is kept of the object's members only, and the ids are read out of their arrays' bytes.
public struct TokenLine: Hashable, Sendable {
    /// `tokens`, or `token_ids` as serving engines call it; then `tokens` may be their number.
    public var tokens: [Int32]
    /// `prompt`, or `prompt_token_ids`; nil if the line has none.
    public var prompt: [Int32]?

    /// Reads one JSON object.
    ///
    /// - Throws: ``TokenLineError`` for a line that is no such object.
    public init(parsing line: UnsafeBufferPointer<UInt8>) throws(TokenLineError) {
        let view: JSONView
        do throws(JSONError) {
            view = try JSONView(scanning: UnsafeRawBufferPointer(line), limits: JSONLimits(indexedDepth: 1))
        } catch {
            throw TokenLineError(offset: error.offset, reason: error.message)
        }
        guard view.kind(0) == .object else {
            throw TokenLineError(
                offset: view.offset(0), reason: "an object such as {\"tokens\":[1,2]} is expected")
        }
        var tokens: [Int32]?
        var prompt: [Int32]?
        var countOffset: Int?
        for (key, value) in view.tape.members(of: 0) {
            if view.isKey(key, "tokens"), view.kind(value) == .number {
                countOffset = view.offset(value)
            } else if view.isKey(key, "tokens") || view.isKey(key, "token_ids") {
                guard tokens == nil else {
                    throw TokenLineError(offset: view.offset(key), reason: "tokens are given twice")
                }
                tokens = try Self.ids(view, value)
            } else if view.isKey(key, "prompt") || view.isKey(key, "prompt_token_ids") {
                guard prompt == nil else {
                    throw TokenLineError(offset: view.offset(key), reason: "a prompt is given twice")
                }
                prompt = try Self.ids(view, value)
            }
        }
        guard let tokens else {
            guard let countOffset else { throw TokenLineError(offset: 0, reason: "the line has no \"tokens\"") }
            throw TokenLineError(
                offset: countOffset, reason: "an array of token ids is expected, here or as \"token_ids\"")
        }
        self.tokens = tokens
        self.prompt = prompt
    }

    /// Reads one JSON object.
    ///
    /// - Throws: ``TokenLineError`` for a line that is no such object.
    public init(parsing line: String) throws(TokenLineError) {
        let bytes = Array(line.utf8)
        self = try bytes.withUnsafeBufferPointer { bytes throws(TokenLineError) in try TokenLine(parsing: bytes) }
    }

    /// The line as a document.
    public var document: TokenDocument { TokenDocument(tokens: tokens, prompt: prompt ?? []) }

    /// The whole numbers of an array. That it is an array, closed and with commas between its elements, is known.
    private static func ids(_ view: JSONView, _ array: Int) throws(TokenLineError) -> [Int32] {
        guard view.kind(array) == .array else {
            throw TokenLineError(offset: view.offset(array), reason: "an array of token ids is expected")
        }
        let bytes = view.bytes
        let end = view.range(array).upperBound - 1
        var position = view.offset(array) + 1
        var ids: [Int32] = []
        ids.reserveCapacity((end - position) / 6 + 1)
        while position < end {
            let start = position
            var value: Int64 = 0
            while bytes[position] &- 0x30 < 10, value <= Int64(Int32.max) {
                value = value * 10 + Int64(bytes[position] &- 0x30)
                position += 1
            }
            if position > start {
                guard value <= Int64(Int32.max) else {
                    throw TokenLineError(offset: start, reason: "a token id is too large")
                }
                ids.append(Int32(truncatingIfNeeded: value))
            }
            // What may stand between two numbers is white space and a comma; at the end the bracket ends the loop over digits.
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D, 0x2C: position += 1
            case 0x5D where position == end: break
            default: throw TokenLineError(offset: position, reason: "a token id is expected: a whole number from 0")
            }
        }
        return ids
    }
}
