import Foundation

/// Why a report cannot be read or written.
public enum AuditReportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Its schema is not `AuditReport.currentSchema`.
    case unknownSchema(String)
    /// It is no JSON, or not of this form; with the place.
    case malformed(String)

    /// One line for a person.
    public var description: String {
        switch self {
        case .unknownSchema(let schema):
            "the audit report has the schema '\(schema.prefix(80))'; this program reads '\(AuditReport.currentSchema)'"
        case .malformed(let reason):
            "the audit report cannot be read: \(reason)"
        }
    }
}

extension AuditReport {
    private struct Header: Decodable {
        var schema: String
    }

    /// The JSON form: sorted members, one to a line, a line break at the end; equal reports give equal bytes. Numbers that
    /// are not finite are the strings `inf`, `-inf` and `nan`.
    ///
    /// - Throws: ``AuditReportError`` if it cannot be written as JSON.
    public func json() throws(AuditReportError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try encoder.encode(self) + Data("\n".utf8)
        } catch {
            throw .malformed(Self.reason(error))
        }
    }

    /// Reads the JSON form, of this schema only.
    ///
    /// - Throws: ``AuditReportError`` for another schema, or what is no report.
    public init(json: Data) throws(AuditReportError) {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let header: Header
        do {
            header = try decoder.decode(Header.self, from: json)
        } catch {
            throw .malformed(Self.reason(error))
        }
        guard header.schema == Self.currentSchema else { throw .unknownSchema(header.schema) }
        do {
            self = try decoder.decode(Self.self, from: json)
        } catch {
            throw .malformed(Self.reason(error))
        }
    }

    /// Foundation's coding errors in one line, with the place and without the data.
    private static func reason(_ error: any Error) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
            return path.isEmpty ? "the top" : path.joined(separator: ".")
        }
        switch error as? DecodingError {
        case .keyNotFound(let key, let context): return "'\(key.stringValue)' is missing at \(place(context))"
        case .typeMismatch(_, let context): return "another type at \(place(context))"
        case .valueNotFound(_, let context): return "null at \(place(context))"
        case .dataCorrupted(let context): return "no valid value at \(place(context))"
        default: return "it is not JSON of this form"
        }
    }
}
