import StrictJSON

/// Reads one record from one line of JSONL.
public enum TraceParser {
    /// Levels of a record of which an index is kept: deep enough for the parts of a message's content.
    private static let indexedDepth = 6

    /// Reads a record. Thread-safe.
    ///
    /// - Parameters:
    ///   - line: The line without its terminator.
    ///   - format: The shape to read, or nil to recognise it by its keys.
    ///   - location: Where the line begins, for errors.
    /// - Throws: ``TraceError`` naming file, line and byte column.
    public static func parse(
        line: UnsafeRawBufferPointer, format: TraceFormat?, location: SourceLocation
    ) throws(TraceError) -> TraceRecord {
        let view: JSONView
        do throws(JSONError) {
            view = try JSONView(scanning: line, limits: JSONLimits(indexedDepth: indexedDepth))
        } catch {
            throw TraceError(error, in: line, at: location)
        }
        return try RecordShape.read(RecordView(json: view, location: location), format: format)
    }

    /// Reads a record from an array of bytes; see the other overload.
    ///
    /// - Parameters:
    ///   - line: The line without its terminator.
    ///   - format: The shape to read, or nil to recognise it by its keys.
    ///   - location: Where the line begins, for errors.
    /// - Throws: ``TraceError`` naming file, line and byte column.
    public static func parse(
        line: [UInt8], format: TraceFormat?, location: SourceLocation
    ) throws(TraceError) -> TraceRecord {
        var result: Result<TraceRecord, TraceError>?
        line.withUnsafeBytes { buffer in
            do throws(TraceError) {
                result = .success(try parse(line: buffer, format: format, location: location))
            } catch {
                result = .failure(error)
            }
        }
        guard let result else { throw TraceError(.emptyInput, at: location, "the record is empty") }
        return try result.get()
    }
}
