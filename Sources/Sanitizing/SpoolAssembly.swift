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
    ///
    /// - Parameters:
    ///   - path: Where.
    ///   - name: The name that says in which container; nil for records as they are in the spool.
    ///   - document: The document that the records belong to.
    ///   - framing: What stands around and between the records.
    /// - Returns: SHA-256 of the file.
    func write(
        to path: String, as name: String?, document: TraceDocument?, framing: RecordFraming?
    ) async throws(SanitizeError) -> Digest256 {
        let reader = try SpoolReader(path: spoolPath)
        let hasher = try SpoolReader.hasher()
        let file = try SanitizeError.writing { () throws(FileError) in
            try RecordOutput(.file(path: path), replacing: true, named: name ?? "", hasher: hasher)
        }
        func write(_ bytes: [UInt8]) throws(SanitizeError) {
            try SanitizeError.writing { () throws(FileError) in try file.write(bytes) }
        }
        if let framing { try write(framing.opening) }
        var isFirst = true
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
                if let framing, !isFirst { try write(framing.separator) }
                isFirst = false
                try write(bytes)
            }
        }
        if let framing { try write(framing.closing) }
        if let document {
            try write(DocumentAssembly.assemble(document, lines: lines, path: spoolPath))
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
