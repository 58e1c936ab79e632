import Files
import JobLedger
import KeyedPRF
import Traces

/// Puts the spooled records into input order.
struct SpoolAssembly {
    let ledger: JobLedger
    let job: JobID
    let spoolPath: String

    /// Writes all released records to `path` in input order (for a document: the document with all of them in it).
    func write(to path: String, document: TraceDocument?) async throws(SanitizeError) -> Digest256 {
        let reader = try SpoolReader(path: spoolPath)
        let file = try SanitizeError.writing { () throws(FileError) in
            try FileOutput(.file(path: path), replacing: true)
        }
        let hasher = try SpoolReader.hasher()
        var lines: [[UInt8]] = []
        var segments = OutputSegmentReader(ledger: ledger, job: job)
        while let segment = try await Self.next(&segments) {
            if segment.spool.length == 0 { continue }
            let bytes = try reader.read(offset: segment.spool.offset, count: Int(segment.spool.length))
            // The spool is not synchronised with every commit: a power failure may have kept the ledger's row only.
            if let digest = segment.outputDigest, SHA256Digest.of(bytes) != digest {
                throw SanitizeError.spoolDamaged(
                    path: spoolPath,
                    reason:
                        "record \(segment.index + 1) is not what the ledger recorded; start again with another ledger")
            }
            if document != nil {
                lines.append(bytes)
            } else {
                hasher.update(bytes)
                try SanitizeError.writing { () throws(FileError) in try file.write(bytes) }
            }
        }
        if let document {
            let bytes = try DocumentAssembly.assemble(document, lines: lines, path: spoolPath)
            hasher.update(bytes)
            try SanitizeError.writing { () throws(FileError) in try file.write(bytes) }
        }
        try SanitizeError.writing { () throws(FileError) in try file.finish() }
        return hasher.finalize()
    }

    private static func next(_ segments: inout OutputSegmentReader) async throws(SanitizeError) -> OutputSegment? {
        do throws(JobLedgerError) {
            return try await segments.next()
        } catch {
            throw SanitizeError.ledger(error)
        }
    }
}
