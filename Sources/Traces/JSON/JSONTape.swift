/// The values of a JSON text that a record may be read from, in document order.
///
/// Only strings that are object members, member keys and containers in the first ``JSONScanner/indexedDepth``
/// levels stay on the tape, and scalars that are members there: a long array of numbers costs nothing.
struct JSONTape {
    enum Kind: UInt8 {
        case object
        case array
        case key
        case string
        case number
        case literal
    }

    struct Flags: OptionSet {
        let rawValue: UInt8
        /// A string or key with at least one escape.
        static let escaped = Flags(rawValue: 1)
        /// An array or object some of whose direct elements are scalars that are not on the tape.
        static let hasScalars = Flags(rawValue: 2)
    }

    struct Token {
        var kind: Kind
        var flags: Flags
        /// Offset of the first byte: a quote, a bracket, a digit.
        var start: UInt32
        /// Offset after the last byte.
        var end: UInt32
        /// Index of the token after this one and everything inside it.
        var next: UInt32

        var range: Range<Int> { Int(start)..<Int(end) }
    }

    var tokens: [Token] = []

    /// The members of the object at `index`, as (key, value) token indices.
    func members(of index: Int) -> [(key: Int, value: Int)] {
        var result: [(key: Int, value: Int)] = []
        var cursor = index + 1
        let end = Int(tokens[index].next)
        while cursor + 1 < end {
            result.append((cursor, cursor + 1))
            cursor = Int(tokens[cursor + 1].next)
        }
        return result
    }

    /// The containers directly inside the array at `index`.
    func elements(of index: Int) -> [Int] {
        var result: [Int] = []
        var cursor = index + 1
        let end = Int(tokens[index].next)
        while cursor < end {
            result.append(cursor)
            cursor = Int(tokens[cursor].next)
        }
        return result
    }
}

/// Why a text is not JSON, and at which byte.
struct JSONFailure: Error {
    var code: TraceError.Code
    var offset: Int
    var message: String
}
