import Foundation
import StrictJSON

/// Reads records of shapes that are no traces, as strictly as traces are read: RFC 8259, UTF-8, no member twice.
package enum RecordDecoding {
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
        do throws(JSONError) {
            return try StrictDecoding.decode(type, from: bytes)
        } catch {
            throw TraceError(error, in: bytes, at: location)
        }
    }
}

extension TraceError {
    /// What is wrong with a text that begins at `location`.
    package init(_ error: JSONError, in bytes: UnsafeRawBufferPointer, at location: SourceLocation) {
        self.init(Self.code(error.code), at: location, error.message)
        switch error.code {
        case .empty where bytes.isEmpty: message = "the record is empty"
        case .tooLarge: message = "the record has \(bytes.count) bytes"
        // A decoder knows the member but not its place.
        case .wrongType: break
        default: self.location = Self.place(error.offset, in: bytes, from: location)
        }
        if error.code == .empty, !bytes.isEmpty {
            code = .truncated
            message = "the record ends before a value"
        }
    }

    private static func code(_ code: JSONError.Code) -> Code {
        switch code {
        case .empty: .emptyInput
        case .tooLarge: .recordTooLarge
        case .invalidUTF8, .loneSurrogate: .invalidUTF8
        case .truncated: .truncated
        case .duplicateMember: .duplicateKey
        case .tooDeep: .nestingTooDeep
        case .wrongType: .wrongType
        case .invalidEscape, .controlCharacter, .unexpected, .trailing, .leadingZero: .malformedJSON
        }
    }

    private static func place(
        _ offset: Int, in bytes: UnsafeRawBufferPointer, from location: SourceLocation
    ) -> SourceLocation {
        let inner = JSONPlace(of: offset, in: bytes)
        var place = location
        place.line += inner.line - 1
        place.column = (inner.line == 1 ? location.column ?? 1 : 1) + inner.column - 1
        return place
    }
}
