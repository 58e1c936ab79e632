/// Turns a compressed stream into what it holds, piece by piece and with bounded memory.
public protocol StreamDecoder: AnyObject {
    /// Turns some of the input into output; stops when either is used up. Until it is given input again, output may still be
    /// waiting inside whenever the last call filled its buffer.
    ///
    /// - Parameters:
    ///   - input: The next bytes of the stream; may be empty.
    ///   - output: Where the content goes; not empty.
    /// - Returns: How many bytes of the input were used, and how many of the output were written.
    /// - Throws: ``CompressionError`` where the bytes are not what they should be.
    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(CompressionError) -> (read: Int, written: Int)

    /// Whether the stream may end after the input that was given: no member or frame is open.
    var isComplete: Bool { get }
}

/// Brings bytes into a compressed stream. Equal bytes give equal streams, in whatever pieces they come.
public protocol StreamEncoder: AnyObject {
    /// What the stream grows by when these bytes are added; may be empty.
    ///
    /// - Throws: ``CompressionError``.
    func encode(_ bytes: UnsafeRawBufferPointer) throws(CompressionError) -> [UInt8]

    /// The end of the stream. Nothing can be added afterwards.
    ///
    /// - Throws: ``CompressionError``.
    func finish() throws(CompressionError) -> [UInt8]
}

/// What is wrong with a compressed stream.
public struct CompressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The bytes are no such stream, or were changed.
        case damaged
        /// It was written for more memory than is given to it.
        case needsMemory
        /// The library could not work.
        case failed
    }

    /// What is wrong.
    public var code: Code
    /// The same in words.
    public var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

/// Hands bytes on in pieces of one size: what a compressor makes of them may depend on the pieces that it is given.
struct EvenPieces {
    private var pending: [UInt8] = []
    private static let size = 1 << 18

    mutating func add(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(CompressionError) -> Void
    ) throws(CompressionError) {
        var rest = bytes[...]
        while pending.count + rest.count >= Self.size {
            let count = Self.size - pending.count
            pending.append(contentsOf: rest.prefix(count))
            rest = rest.dropFirst(count)
            try hand(body)
        }
        pending.append(contentsOf: rest)
    }

    /// The last piece, which is shorter and may be empty.
    mutating func finish(
        _ body: (UnsafeRawBufferPointer) throws(CompressionError) -> Void
    ) throws(CompressionError) {
        try hand(body)
    }

    private mutating func hand(
        _ body: (UnsafeRawBufferPointer) throws(CompressionError) -> Void
    ) throws(CompressionError) {
        try pending.withUnsafeBufferPointer { piece throws(CompressionError) in try body(UnsafeRawBufferPointer(piece))
        }
        pending.removeAll(keepingCapacity: true)
    }
}
