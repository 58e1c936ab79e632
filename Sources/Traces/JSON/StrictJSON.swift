import Foundation

/// Reads records of shapes that are no traces, as strictly as traces are read: RFC 8259, UTF-8, no member twice.
package enum StrictJSON {
    /// Decodes one JSON text.
    ///
    /// - Parameters:
    ///   - type: What to read.
    ///   - bytes: The text: one line, or several.
    ///   - location: Where it begins.
    /// - Throws: ``TraceError`` naming file, line and, where it is known, byte column.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: UnsafeRawBufferPointer, at location: SourceLocation
    ) throws(TraceError) -> Value {
        guard bytes.count < Int(Int32.max) else {
            throw TraceError(.recordTooLarge, at: location, "the record has \(bytes.count) bytes")
        }
        if bytes.isEmpty { throw TraceError(.emptyInput, at: location, "the record is empty") }
        if let offset = UTF8Validation.firstInvalidOffset(in: bytes) {
            let name = JSONScanner.name(bytes[offset])
            throw TraceError(
                .invalidUTF8, at: place(offset, in: bytes, from: location),
                "the bytes are not UTF-8: \(name) cannot stand here")
        }
        do throws(JSONFailure) {
            _ = try JSONScanner.scan(bytes)
        } catch {
            throw TraceError(error.code, at: place(error.offset, in: bytes, from: location), error.message)
        }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw TraceError(.wrongType, at: location, words(error))
        } catch {
            throw TraceError(.wrongType, at: location, "the record is not what it should be")
        }
    }

    /// What a decoder found wrong, in words.
    package static func words(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): return "there is no \"\(key.stringValue)\""
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            let name = context.codingPath.last.map { "\"\($0.stringValue)\": " } ?? ""
            return name + context.debugDescription
        @unknown default: return "the record is not what it should be"
        }
    }

    private static func place(
        _ offset: Int, in bytes: UnsafeRawBufferPointer, from location: SourceLocation
    ) -> SourceLocation {
        var place = location
        var start = 0
        for index in 0..<min(offset, bytes.count) where bytes[index] == 0x0A {
            place.line += 1
            start = index + 1
        }
        place.column = (start == 0 ? location.column ?? 1 : 1) + offset - start
        return place
    }
}
