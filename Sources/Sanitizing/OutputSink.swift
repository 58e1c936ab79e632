import Foundation
import KeyedPRF
import Traces

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

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
    private let file: OutputFile
    private let target: OutputTarget
    private let temporaryPath: String?
    private let replacing: Bool
    private let hasher: SHA256Hasher
    private var lines: [[UInt8]] = []

    init(target: OutputTarget, replacing: Bool) throws(SanitizeError) {
        self.target = target
        self.replacing = replacing
        hasher = try SpoolReader.hasher()
        switch target {
        case .standardOutput:
            file = OutputFile(descriptor: 1, name: "<stdout>")
            temporaryPath = nil
        case .stream(let path):
            file = try OutputFile(path: path, flags: O_WRONLY)
            temporaryPath = nil
        case .file(let path):
            // A name of its own for each run, so that two runs without ledger cannot mix their bytes.
            let temporary = path + ".\(UInt64.random(in: .min ... .max)).partial"
            file = try OutputFile(path: temporary, flags: O_WRONLY | O_CREAT | O_EXCL)
            temporaryPath = temporary
        }
    }

    func accept(_ result: UnitResult) async throws(SanitizeError) {
        try write(result.output)
        // Somebody may be waiting at the other end of a pipe.
        if temporaryPath == nil { try file.flush() }
    }

    func acceptDocumentLine(_ line: [UInt8]) {
        lines.append(line)
    }

    func write(_ bytes: [UInt8]) throws(SanitizeError) {
        hasher.update(bytes)
        try file.write(bytes)
    }

    func finish(document: TraceDocument?) async throws(SanitizeError) -> Digest256 {
        if let document { try write(DocumentAssembly.assemble(document, lines: lines, path: file.path)) }
        return try complete()
    }

    /// Puts the output in its place.
    func complete() throws(SanitizeError) -> Digest256 {
        if let temporaryPath, case .file(let path) = target {
            try file.synchronize()
            try Publication.move(temporaryPath, to: path, replacing: replacing)
        } else {
            try file.flush()
        }
        return hasher.finalize()
    }

    func abandon() {
        if let temporaryPath { unlink(temporaryPath) }
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
