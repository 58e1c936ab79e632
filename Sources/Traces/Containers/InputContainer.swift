import Compression

/// A way in which records lie in a file beside plain lines: a compression, or an arrangement of records. A kind of container is
/// a type that conforms to this, and one line in ``ContainerRegistry/standard``.
public protocol InputContainer: Sendable {
    /// Its name, which stands for it in a registry: `gzip`.
    var name: String { get }
    /// With its article, for errors: `a gzip file`.
    var words: String { get }
    /// Endings that it adds to the names of files, without the dot and in small letters. A file that is written under a name
    /// with one of them is written in this container.
    var endings: [String] { get }
    /// What it is made of.
    var role: ContainerRole { get }

    /// Whether an input that begins like this is one.
    ///
    /// - Parameter head: The first bytes, ``ContainerRegistry/headBytes`` or all that there are up to the end of a line.
    func recognises(_ head: [UInt8]) -> Bool

    /// Opens one.
    ///
    /// - Parameters:
    ///   - input: The container's bytes from the first on.
    ///   - maxRecordBytes: The bound on one record, and on what may be held in memory for one.
    /// - Throws: ``TraceError``.
    func open(_ input: ByteInput, maxRecordBytes: Int) throws(TraceError) -> ContainerContent

    /// What brings bytes into one; nil where it is not written from front to back.
    ///
    /// - Throws: `CompressionError`.
    func encoder() throws(CompressionError) -> (any StreamEncoder)?
}

/// What a container is made of.
public enum ContainerRole: Sendable, Hashable {
    /// Bytes of another file, which may be a container too or a document.
    case bytes
    /// Records.
    case records
}

/// What was found in a container.
public enum ContainerContent {
    /// Bytes of another file.
    case bytes(any ByteReader)
    /// Records.
    case records(any RecordBatches)
}

/// Hands out the records of a container in order.
public protocol RecordBatches {
    /// The next records, or nil at the end.
    ///
    /// - Parameters:
    ///   - maxBytes: Stop after the record that reaches this many bytes.
    ///   - maxLines: At most this many records.
    /// - Throws: ``TraceError``; records that were complete before what is wrong are handed out before it is thrown.
    mutating func nextBatch(maxBytes: Int, maxLines: Int) throws(TraceError) -> LineBatch?

    /// What stands around and between the records; its end is known at the end only.
    var framing: RecordFraming { get }
}

/// The bytes of a file of records that belong to none of them. A file is the opening, the records with what is kept around
/// each, the separator between them, and the closing; without some of the records it is a file of the same kind.
public struct RecordFraming: Sendable, Hashable {
    /// Before the first record.
    public var opening: [UInt8]
    /// Between two records.
    public var separator: [UInt8]
    /// Behind the last record.
    public var closing: [UInt8]

    /// - Parameters:
    ///   - opening: Before the first record.
    ///   - separator: Between two records.
    ///   - closing: Behind the last record.
    public init(opening: [UInt8] = [], separator: [UInt8] = [], closing: [UInt8] = []) {
        self.opening = opening
        self.separator = separator
        self.closing = closing
    }
}
