/// Reads one record from one line of JSONL.
public enum TraceParser {
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
        let column = location.column ?? 1
        func failure(_ code: TraceError.Code, _ offset: Int, _ message: String) -> TraceError {
            var place = location
            place.column = column + offset
            return TraceError(code, at: place, message)
        }
        // Offsets are kept in 32 bits.
        guard line.count < Int(Int32.max) else {
            throw TraceError(.recordTooLarge, at: location, "the record has \(line.count) bytes")
        }
        if line.isEmpty { throw TraceError(.emptyInput, at: location, "the record is empty") }
        if let offset = UTF8Validation.firstInvalidOffset(in: line) {
            let name = JSONScanner.name(line[offset])
            throw failure(.invalidUTF8, offset, "the bytes are not UTF-8: \(name) cannot stand here")
        }
        let tape: JSONTape
        do throws(JSONFailure) {
            tape = try JSONScanner.scan(line)
        } catch {
            throw failure(error.code, error.offset, error.message)
        }
        return try RecordShape.read(JSONView(bytes: line, tape: tape, location: location), format: format)
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
