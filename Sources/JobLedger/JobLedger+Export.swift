import Foundation
import GRDB
import KeyedPRF

extension JobLedger {
    /// Writes the ledger as JSON lines, in the order of the chain. The schema is stable; readers ignore keys they do not know.
    ///
    /// The first line is `{"type":"ledger","version":1,"ledger":…,"key_id":…,"head":…}`; `head` is `LedgerHead`'s text.
    /// Each other line is a row: `type` (the table: `jobs`, `methods`, `attempts`, `attempt_results`, `candidates`,
    /// `traces`, `commits`, `events`), `seq`, the table's columns under their names, and `mac`. `job` and `method` refer to
    /// the `seq` of a `jobs` or `methods` row, `idx` counts input records from 0, `round` counts reopenings before the
    /// row. Digests and codes are hex, times RFC 3339 in UTC with milliseconds, `parameters` is an object, absent values
    /// are null. A candidate's `text` occurs only with `includeTexts` and is null when it was deleted.
    ///
    /// An outcome in `traces` counts unless its state is `withheld` or `failed` and an event `reopened` or
    /// `reopened_output` of the job follows it.
    /// - Parameter write: called with one line at a time, line feed included.
    package func export(
        includeTexts: Bool = false, to write: @escaping @Sendable ([UInt8]) throws -> Void
    ) async throws(JobLedgerError) {
        try await perform { db, core in
            try db.inTransaction(.deferred) {
                let saved = core.state
                defer { core.state = saved }
                if let fault = try core.readHead(db) { throw JobLedgerError.tampered(path: core.path, fault: fault) }
                var line = JSONLine(type: "ledger")
                line.member("version", integer: 1)
                line.member("ledger", string: core.head.ledger)
                line.member("key_id", string: core.keyID)
                line.member("head", string: core.head.description)
                try write(line.finish())
                var reader = try ChainReader(db)
                while let link = try reader.next() { try write(link.json(includeTexts: includeTexts)) }
                return .commit
            }
        }
    }
}

extension ChainReader.Link {
    fileprivate func json(includeTexts: Bool) -> [UInt8] {
        var line = JSONLine(type: table.rawValue)
        line.member("seq", integer: sequence)
        for (i, column) in table.columns.enumerated() {
            let place = Int32(i) + 1
            if column.format == .deletableText, !includeTexts { continue }
            if row.isNull(place) {
                line.member(column.name, raw: "null")
                continue
            }
            switch column.format {
            case .integer: line.member(column.name, integer: row.integer(place))
            case .flag: line.member(column.name, raw: row.integer(place) == 0 ? "false" : "true")
            case .digest: line.member(column.name, string: row.digest(place)?.hex ?? "")
            case .time: line.member(column.name, string: Self.time(row.integer(place)))
            case .json: line.member(column.name, raw: row.text(place))
            case .text, .deletableText: line.member(column.name, string: row.text(place))
            }
        }
        line.member("mac", string: mac?.hex ?? "")
        return line.finish()
    }

    private static func time(_ milliseconds: Int64) -> String {
        Date(milliseconds: milliseconds).formatted(
            Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt))
    }
}

/// One JSON object on one line, members in the order in which they are added.
private struct JSONLine {
    private var bytes: [UInt8] = []

    init(type: String) {
        bytes.append(contentsOf: "{\"type\":".utf8)
        append(type)
    }

    mutating func member(_ name: String, integer: Int64) { member(name, raw: String(integer)) }

    mutating func member(_ name: String, raw: String) {
        begin(name)
        bytes.append(contentsOf: raw.utf8)
    }

    mutating func member(_ name: String, string: String) {
        begin(name)
        append(string)
    }

    func finish() -> [UInt8] { bytes + Array("}\n".utf8) }

    private mutating func begin(_ name: String) {
        bytes.append(UInt8(ascii: ","))
        append(name)
        bytes.append(UInt8(ascii: ":"))
    }

    /// RFC 8259, section 7: quotes, backslashes and control characters are escaped, nothing else.
    private mutating func append(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0x00..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                bytes.append(contentsOf: "\\u00".utf8)
                bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
