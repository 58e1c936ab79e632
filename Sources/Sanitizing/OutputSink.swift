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
    /// - Parameters:
    ///   - document: The document to write back whole, for inputs that are one.
    ///   - framing: What stands around and between the records, for containers of records.
    /// - Returns: SHA-256 of the output.
    func finish(document: TraceDocument?, framing: RecordFraming?) async throws(SanitizeError) -> Digest256
    /// The job failed or was cancelled: keeps what can be resumed, removes what cannot.
    func abandon()
}

/// Writes units as they come, to standard output, a device, or a temporary file that is moved into place at the end.
final class StreamingSink: OutputSink {
    let needsOrder = true
    private let file: RecordOutput
    private let hasher: SHA256Hasher
    private var hasOpening = false
    private var hasRecord = false
    private var lines: [[UInt8]] = []

    init(target: OutputTarget, replacing: Bool) throws(SanitizeError) {
        hasher = try SpoolReader.hasher()
        let hasher = hasher
        file = try SanitizeError.writing { () throws(FileError) in
            try RecordOutput(target, replacing: replacing, hasher: hasher)
        }
    }

    func accept(_ result: UnitResult) async throws(SanitizeError) {
        if let framing = result.framing {
            try open(framing)
            for span in result.spans where !span.isEmpty {
                if hasRecord { try write(framing.separator) }
                hasRecord = true
                try write(Array(result.output[span]))
            }
        } else {
            try write(result.output)
        }
        // Somebody may be waiting at the other end of a pipe.
        if file.isStream { try SanitizeError.writing { () throws(FileError) in try file.flush() } }
    }

    func acceptDocumentLine(_ line: [UInt8]) {
        lines.append(line)
    }

    private func open(_ framing: RecordFraming) throws(SanitizeError) {
        if hasOpening { return }
        hasOpening = true
        try write(framing.opening)
    }

    func write(_ bytes: [UInt8]) throws(SanitizeError) {
        try SanitizeError.writing { () throws(FileError) in try file.write(bytes) }
    }

    func finish(document: TraceDocument?, framing: RecordFraming?) async throws(SanitizeError) -> Digest256 {
        if let document { try write(DocumentAssembly.assemble(document, lines: lines, path: file.name)) }
        if let framing {
            try open(framing)
            try write(framing.closing)
        }
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

    func finish(document: TraceDocument?, framing: RecordFraming?) async throws(SanitizeError) -> Digest256 {
        try await inner.finish(document: document, framing: framing)
    }

    func abandon() {
        inner.abandon()
    }
}
