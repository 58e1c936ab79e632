/// The values of a JSON text (RFC 8259) in document order, as places in its bytes.
///
/// A vocabulary of 150,000 entries would be a million small objects in a tree; here it is one array. With
/// ``JSONLimits/indexedDepth`` only what lies in the first levels stays on the tape, and of the elements of arrays only
/// containers: a long array of numbers costs nothing then.
package struct JSONTape: Sendable {
    /// Checks a text and indexes its values: the grammar, UTF-8, no object that names a member twice at any level.
    ///
    /// - Throws: ``JSONError`` at the first fault.
    package static func scan(
        _ bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> JSONTape {
        try JSONScanner.scan(bytes, limits)
    }

    /// The same for an array of bytes.
    ///
    /// - Throws: ``JSONError`` at the first fault.
    package static func scan(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONTape {
        try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
            try JSONScanner.scan(UnsafeRawBufferPointer(buffer), limits)
        }
    }

    /// What a token is.
    package enum Kind: UInt8, Sendable {
        case object
        case array
        case key
        case string
        case number
        case literal
    }

    /// What is known of a token.
    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// A string or key with at least one escape.
        package static let escaped = Flags(rawValue: 1)
        /// An array or object some of whose direct elements are scalars that are not on the tape.
        package static let hasScalars = Flags(rawValue: 2)
    }

    /// A value or a member's name.
    package struct Token: Sendable {
        package var kind: Kind
        package var flags: Flags
        /// Offset of the first byte: a quote, a bracket, a digit.
        package var start: UInt32
        /// Offset after the last byte.
        package var end: UInt32
        /// Index of the token after this one and everything inside it.
        package var next: UInt32

        package var range: Range<Int> { Int(start)..<Int(end) }
    }

    /// The values; the first is the whole text.
    package internal(set) var tokens: [Token] = []

    /// The members of the object at `index`, as (key, value) token indices.
    package func members(of index: Int) -> [(key: Int, value: Int)] {
        var result: [(key: Int, value: Int)] = []
        var cursor = index + 1
        let end = Int(tokens[index].next)
        while cursor + 1 < end {
            result.append((cursor, cursor + 1))
            cursor = Int(tokens[cursor + 1].next)
        }
        return result
    }

    /// The elements of the array at `index` that are on the tape.
    package func elements(of index: Int) -> [Int] {
        var result: [Int] = []
        var cursor = index + 1
        let end = Int(tokens[index].next)
        while cursor < end {
            result.append(cursor)
            cursor = Int(tokens[cursor].next)
        }
        return result
    }

    /// Members of an object or elements of an array that are on the tape.
    package func count(of index: Int) -> Int {
        var count = 0
        let step = tokens[index].kind == .object ? 1 : 0
        var cursor = index + 1
        let end = Int(tokens[index].next)
        while cursor + step < end {
            count += 1
            cursor = Int(tokens[cursor + step].next)
        }
        return count
    }
}
