import StrictJSON

/// Reads one record from one line of JSONL.
public enum TraceParser {
    /// Reads a record. Thread-safe.
    ///
    /// - Parameters:
    ///   - line: The line without its terminator.
    ///   - format: The shape to read, or nil to recognise it by its keys.
    ///   - fields: Where reasoning, answer and problem stand, for records of other shapes.
    ///   - location: Where the line begins, for errors.
    /// - Throws: ``TraceError`` naming file, line and byte column.
    public static func parse(
        line: UnsafeRawBufferPointer, format: TraceFormat?, fields: TraceFieldPaths? = nil, location: SourceLocation
    ) throws(TraceError) -> TraceRecord {
        let view: JSONView
        do throws(JSONError) {
            view = try JSONView(scanning: line)
        } catch {
            throw explained(TraceError(error, in: line, at: location), error, line)
        }
        return try RecordReader.read(RecordView(json: view, location: location), format: format, fields: fields)
    }

    /// What to do about two common kinds of files that are no JSONL.
    private static func explained(_ error: TraceError, _ cause: JSONError, _ line: UnsafeRawBufferPointer) -> TraceError
    {
        var error = error
        if cause.code == .truncated, line.last == 0x7B || line.last == 0x5B || line.last == 0x2C {
            error.message += "; a record must stand on one line ('jq -c .' brings each onto one)"
        }
        if cause.code == .unexpected, cause.offset < line.count {
            let rest = line[cause.offset...]
            for word in ["NaN", "Infinity", "-Infinity"] where rest.starts(with: word.utf8) {
                error.message = "\(word) is no JSON (RFC 8259): write null"
            }
        }
        return error
    }

    /// Reads a record from an array of bytes; see the other overload.
    ///
    /// - Parameters:
    ///   - line: The line without its terminator.
    ///   - format: The shape to read, or nil to recognise it by its keys.
    ///   - fields: Where reasoning, answer and problem stand, for records of other shapes.
    ///   - location: Where the line begins, for errors.
    /// - Throws: ``TraceError`` naming file, line and byte column.
    public static func parse(
        line: [UInt8], format: TraceFormat?, fields: TraceFieldPaths? = nil, location: SourceLocation
    ) throws(TraceError) -> TraceRecord {
        var result: Result<TraceRecord, TraceError>?
        line.withUnsafeBytes { buffer in
            do throws(TraceError) {
                result = .success(try parse(line: buffer, format: format, fields: fields, location: location))
            } catch {
                result = .failure(error)
            }
        }
        guard let result else { throw TraceError(.emptyInput, at: location, "the record is empty") }
        return try result.get()
    }
}
