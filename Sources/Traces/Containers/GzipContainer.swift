import Compression
import Files

/// gzip: `traces.jsonl.gz`.
public struct GzipContainer: InputContainer {
    /// The container.
    public init() {}

    /// See ``InputContainer``.
    public var name: String { "gzip" }
    /// See ``InputContainer``.
    public var words: String { FileKind.gzip.words }
    /// See ``InputContainer``.
    public var endings: [String] { ["gz"] }
    /// See ``InputContainer``.
    public var role: ContainerRole { .bytes }

    /// See ``InputContainer``.
    public func recognises(_ head: [UInt8]) -> Bool { FileKind(head: head) == .gzip }

    /// See ``InputContainer``.
    ///
    /// - Throws: ``TraceError``.
    public func open(_ input: ByteInput, maxRecordBytes: Int) throws(TraceError) -> ContainerContent {
        do throws(CompressionError) {
            return .bytes(DecodedReader(input, decoder: try GzipDecoder(), words: "gzip file"))
        } catch {
            throw TraceError(.unreadable, at: SourceLocation(file: input.file, line: 1), error.description)
        }
    }

    /// See ``InputContainer``.
    ///
    /// - Throws: `CompressionError`.
    public func encoder() throws(CompressionError) -> (any StreamEncoder)? { try GzipEncoder() }
}
