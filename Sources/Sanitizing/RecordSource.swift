import Foundation
import KeyedPRF
import Traces

/// A piece of the input that one worker takes: a batch of lines, or one record of a document.
package struct WorkUnit: Sendable {
    package enum Content: Sendable {
        /// Lines of JSONL, parsed by the worker.
        case lines(LineBatch)
        /// A record of an XML, HTML or text document.
        case record(TraceRecord)
    }

    /// Units are numbered from 0 in input order.
    package var number: Int
    /// The number of the unit's first record in the input, from 0.
    package var firstRecord: Int
    package var content: Content
    /// Whether this is the beginning of an input that has a UTF-8 byte order mark, which the output repeats.
    package var beginsWithByteOrderMark = false
    /// Digests of the unit's records that an earlier run finished, by index.
    package var finished: [Int: Digest256] = [:]

    /// Records in the unit.
    package var count: Int {
        switch content {
        case .lines(let batch): batch.lines.count
        case .record: 1
        }
    }
}

/// The input of a job, in units.
package struct RecordSource {
    /// The input's name in errors.
    package let name: String
    /// The shape every record must have, or nil to recognise each by its keys.
    package let format: TraceFormat?
    /// Set when the input is a document that is written back whole.
    package let document: TraceDocument?
    /// Bytes of the input, where they are known beforehand.
    package let byteCount: Int64?

    private var reader: LineReader?
    private var nextUnit = 0
    /// Records handed out so far.
    package private(set) var nextRecord = 0
    private let unitBytes: Int
    private let unitLines: Int

    /// Opens an input. The format of a file is taken from its name where it is not given; anything that is not
    /// XML, HTML or text is read as JSONL.
    ///
    /// - Parameters:
    ///   - path: A file, or `-` for standard input.
    ///   - format: The shape of the records, or nil.
    ///   - unitBytes: Bytes of a unit, about.
    ///   - unitLines: Records of a unit, at most.
    ///   - maxRecordBytes: The bound on one record, or on a whole document.
    package init(
        path: String, format: TraceFormat?, unitBytes: Int, unitLines: Int = .max, maxRecordBytes: Int
    ) throws(TraceError) {
        name = path == "-" ? "<stdin>" : path
        self.unitBytes = unitBytes
        self.unitLines = unitLines
        byteCount = path == "-" ? nil : OutputFile.size(of: path)
        let found = format ?? Self.format(ofName: path)
        if let found, !found.isLineBased {
            self.format = found
            document = try Self.readDocument(path: path, format: found, maxBytes: maxRecordBytes)
        } else {
            self.format = found
            document = nil
            reader = try LineReader(path: path, maxRecordBytes: maxRecordBytes)
        }
    }

    /// The next unit, or nil at the end.
    package mutating func next() throws(TraceError) -> WorkUnit? {
        var unit: WorkUnit?
        if let document {
            if nextRecord < document.records.count {
                unit = WorkUnit(
                    number: nextUnit, firstRecord: nextRecord, content: .record(document.records[nextRecord]))
            }
        } else if let batch = try reader?.nextBatch(maxBytes: unitBytes, maxLines: unitLines) {
            unit = WorkUnit(number: nextUnit, firstRecord: nextRecord, content: .lines(batch))
        }
        unit?.beginsWithByteOrderMark = nextUnit == 0 && reader?.hasByteOrderMark == true
        if let unit {
            nextUnit += 1
            nextRecord += unit.count
        }
        return unit
    }

    private static func format(ofName path: String) -> TraceFormat? {
        switch (path as NSString).pathExtension.lowercased() {
        case "xml": .xml
        case "html", "htm": .html
        case "txt", "md": .text
        default: nil
        }
    }

    private static func readDocument(
        path: String, format: TraceFormat, maxBytes: Int
    ) throws(TraceError) -> TraceDocument {
        let name = path == "-" ? "<stdin>" : path
        let limit = min(maxBytes, TraceDocument.defaultMaxBytes)
        let handle: FileHandle
        if path == "-" {
            handle = .standardInput
        } else if let opened = FileHandle(forReadingAtPath: path) {
            handle = opened
        } else {
            throw TraceError(.unreadable, at: SourceLocation(file: name, line: 1), "cannot be opened")
        }
        let data: Data
        do {
            data = try handle.read(upToCount: limit + 1) ?? Data()
        } catch {
            throw TraceError(.unreadable, at: SourceLocation(file: name, line: 1), "cannot be read")
        }
        return try TraceDocument(bytes: [UInt8](data), format: format, file: name, maxBytes: limit)
    }
}
