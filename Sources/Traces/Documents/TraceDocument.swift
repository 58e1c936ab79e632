/// An XML or HTML transcript or a plain text, read whole.
public final class TraceDocument {
    /// The default bound on a document, in bytes.
    public static let defaultMaxBytes = 64 << 20

    /// The format that was read.
    public let format: TraceFormat
    /// The records of the document, in order.
    public let records: [TraceRecord]

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - bytes: The document.
    ///   - format: `xml`, `html` or `text`.
    ///   - file: Its name, for errors.
    ///   - maxBytes: The bound on its size.
    /// - Throws: ``TraceError``.
    public init(
        bytes: [UInt8], format: TraceFormat, file: String, maxBytes: Int = TraceDocument.defaultMaxBytes
    ) throws(TraceError) {
        self.format = format
        self.records = []
    }

    /// The document with the given fields replaced, keyed by index into ``records``; with nothing replaced, the
    /// bytes that were read.
    public func encoded(replacing replacements: [Int: [FieldReplacement]]) throws(TraceError) -> [UInt8] {
        []
    }
}
