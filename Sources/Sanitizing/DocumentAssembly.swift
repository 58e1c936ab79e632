import Foundation
import TraceRewriting
import Traces

/// How the results of a document's records wait in the spool until all are there: a line of JSON for each.
enum DocumentAssembly {
    private struct Entry: Codable {
        var turn: Int
        var field: Int
        var text: String
    }

    /// The line for one record's replacements.
    static func line(_ replacements: [FieldReplacement]) -> [UInt8] {
        let entries = replacements.map { Entry(turn: $0.turn, field: $0.field, text: $0.text) }
        // Integers and strings always encode.
        let data = (try? JSONEncoder().encode(entries)) ?? Data("[]".utf8)
        return [UInt8](data) + [0x0A]
    }

    /// The document with the replacements of all spooled lines, in record order.
    static func assemble(_ document: TraceDocument, lines: [[UInt8]], path: String) throws(SanitizeError) -> [UInt8] {
        var replacements: [Int: [FieldReplacement]] = [:]
        for (record, line) in lines.enumerated() {
            guard let entries = try? JSONDecoder().decode([Entry].self, from: Data(line)) else {
                throw SanitizeError.spoolDamaged(path: path, reason: "the entry of record \(record + 1) cannot be read")
            }
            if entries.isEmpty { continue }
            replacements[record] = entries.map { FieldReplacement(turn: $0.turn, field: $0.field, text: $0.text) }
        }
        do throws(TraceError) {
            return try document.encoded(replacing: replacements)
        } catch {
            throw SanitizeError.input(error)
        }
    }
}
