import Files
import KeyedPRF
import Traces

/// Where finished units go.
protocol OutputSink: AnyObject {
    /// Whether units must arrive in input order.
    var needsOrder: Bool { get }
    /// Takes a finished unit.
    func accept(_ result: UnitResult) async throws(SanitizeError)
    /// Everything has arrived: completes the output.
    /// - Parameter document: the document to write back whole, for inputs that are one.
    /// - Returns: SHA-256 of the output.
    func finish(document: TraceDocument?) async throws(SanitizeError) -> Digest256
    /// The job failed or was cancelled: keeps what can be resumed, removes what cannot.
    func abandon()
}

/// Writes units as they come, to standard output, a device, or a temporary file that is moved into place at the end.
final class StreamingSink: OutputSink {
    let needsOrder = true
    private let file: FileOutput
    private let hasher: SHA256Hasher
    private var lines: [[UInt8]] = []

    init(target: OutputTarget, replacing: Bool) throws(SanitizeError) {
        hasher = try SpoolReader.hasher()
        file = try SanitizeError.writing { () throws(FileError) in try FileOutput(target, replacing: replacing) }
    }

    func accept(_ result: UnitResult) async throws(SanitizeError) {
        try write(result.output)
        // Somebody may be waiting at the other end of a pipe.
        if file.isStream { try SanitizeError.writing { () throws(FileError) in try file.flush() } }
    }

    func acceptDocumentLine(_ line: [UInt8]) {
        lines.append(line)
    }

    func write(_ bytes: [UInt8]) throws(SanitizeError) {
        hasher.update(bytes)
        try SanitizeError.writing { () throws(FileError) in try file.write(bytes) }
    }

    func finish(document: TraceDocument?) async throws(SanitizeError) -> Digest256 {
        if let document { try write(DocumentAssembly.assemble(document, lines: lines, path: file.name)) }
        return try complete()
    }

    /// Puts the output in its place.
    func complete() throws(SanitizeError) -> Digest256 {
        try SanitizeError.writing { () throws(FileError) in try file.finish() }
        return hasher.finalize()
    }

    func abandon() {
        file.abandon()
    }
}

/// Collects the entries of a document's records for a sink that writes it back whole.
final class DocumentSink: OutputSink {
    let needsOrder = true
    private let inner: StreamingSink

    init(_ inner: StreamingSink) {
        self.inner = inner
    }

    func accept(_ result: UnitResult) async throws(SanitizeError) {
        inner.acceptDocumentLine(result.output)
    }

    func finish(document: TraceDocument?) async throws(SanitizeError) -> Digest256 {
        try await inner.finish(document: document)
    }

    func abandon() {
        inner.abandon()
    }
}
