import Foundation

/// Decodes a text into a type, as strictly as texts are read elsewhere: what a `JSONDecoder` lets pass (members named twice,
/// other encodings) is refused before it sees the text.
package enum StrictDecoding {
    /// Decodes one text.
    ///
    /// - Parameters:
    ///   - type: What to read.
    ///   - bytes: The text: one line, or several.
    ///   - decoder: How names and dates are read.
    ///   - limits: What is accepted.
    /// - Throws: ``JSONError``; one with code `wrongType` names the member, and stands at byte 0.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: UnsafeRawBufferPointer, decoder: JSONDecoder = JSONDecoder(),
        limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> Value {
        var limits = limits
        limits.indexedDepth = min(limits.indexedDepth, 1)
        _ = try JSONTape.scan(bytes, limits: limits)
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw failure(error)
        } catch {
            throw JSONError(.wrongType, at: 0, "the record is not what it should be")
        }
    }

    /// Decodes a slice of an array; see the other overload.
    ///
    /// - Throws: ``JSONError``.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: some Collection<UInt8>, decoder: JSONDecoder = JSONDecoder(),
        limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> Value {
        try ContiguousArray(bytes).withUnsafeBufferPointer { buffer throws(JSONError) in
            try decode(type, from: UnsafeRawBufferPointer(buffer), decoder: decoder, limits: limits)
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

    private static func failure(_ error: DecodingError) -> JSONError {
        var failure = JSONError(.wrongType, at: 0, words(error))
        switch error {
        case .keyNotFound(let key, let context): failure.path = names(context.codingPath + [key])
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            failure.path = names(context.codingPath)
        @unknown default: break
        }
        return failure
    }

    private static func names(_ path: [any CodingKey]) -> [String] {
        path.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }
    }
}
