import KeyedPRF
import Traces

/// Parses the records of a unit, for every command that reads traces.
package struct UnitParser: Sendable {
    /// The shape every record must have, or nil to recognise each.
    package var format: TraceFormat?
    /// The input's name in errors.
    package var file: String

    package init(format: TraceFormat?, file: String) {
        self.format = format
        self.file = file
    }

    /// Hands every record of `unit` to `body`, in order.
    package func forEachRecord(in unit: WorkUnit, _ body: (TraceRecord) throws -> Void) throws {
        switch unit.content {
        case .record(let record): try body(record)
        case .lines(let batch):
            for offset in batch.lines.indices {
                try body(try record(at: offset, of: batch))
            }
        }
    }

    /// One line's record.
    func record(at offset: Int, of batch: LineBatch) throws(TraceError) -> TraceRecord {
        let location = SourceLocation(file: file, line: batch.lineNumbers[offset])
        let range = batch.lines[offset]
        let parsed: Result<TraceRecord, TraceError> = batch.bytes.withUnsafeBytes { buffer in
            do throws(TraceError) {
                return .success(
                    try TraceParser.parse(line: .init(rebasing: buffer[range]), format: format, location: location))
            } catch {
                return .failure(error)
            }
        }
        return try parsed.get()
    }
}
