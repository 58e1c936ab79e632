import Compression
import Files

/// Zstandard: `traces.jsonl.zst`.
public struct ZstandardContainer: InputContainer {
    /// The container.
    public init() {}

    /// See ``InputContainer``.
    public var name: String { "zstd" }
    /// See ``InputContainer``.
    public var words: String { FileKind.zstd.words }
    /// See ``InputContainer``.
    public var endings: [String] { ["zst", "zstd"] }
    /// See ``InputContainer``.
    public var role: ContainerRole { .bytes }

    /// See ``InputContainer``. Files of several threads begin with a frame that is to be skipped.
    public func recognises(_ head: [UInt8]) -> Bool {
        if FileKind(head: head) == .zstd { return true }
        return head.count > 4 && head[0] & 0xF0 == 0x50 && head[1..<4] == [0x2A, 0x4D, 0x18]
    }

    /// See ``InputContainer``.
    ///
    /// - Throws: ``TraceError``.
    public func open(_ input: ByteInput, maxRecordBytes: Int) throws(TraceError) -> ContainerContent {
        do throws(CompressionError) {
            return .bytes(DecodedReader(input, decoder: try ZstandardDecoder(), words: "zstd file"))
        } catch {
            throw TraceError(.unreadable, at: SourceLocation(file: input.file, line: 1), error.description)
        }
    }

    /// See ``InputContainer``.
    ///
    /// - Throws: `CompressionError`.
    public func encoder() throws(CompressionError) -> (any StreamEncoder)? { try ZstandardEncoder() }
}
