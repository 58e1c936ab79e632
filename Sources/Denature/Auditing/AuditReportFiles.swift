import Auditing
import Files
import Foundation

/// Where a report goes, and the writing of it. A path of `-` is standard output, which is not for a library to write to.
public struct AuditReportFiles: Sendable {
    /// The file of the JSON form; nil for none.
    public var json: String?
    /// The file of the HTML page; nil for none.
    public var html: String?
    /// Whether files that are there give way.
    public var force: Bool

    /// - Parameters:
    ///   - json: The file of the JSON form; nil for none.
    ///   - html: The file of the HTML page; nil for none.
    ///   - force: Whether files that are there give way.
    public init(json: String? = nil, html: String? = nil, force: Bool = false) {
        self.json = json
        self.html = html
        self.force = force
    }

    /// Refuses files that are there already.
    ///
    /// - Throws: `AuditError`.
    public func check() throws(AuditError) {
        for path in [json, html].compactMap(\.self) { try AuditFile.check(path, force: force) }
    }

    /// Writes the report; each file appears complete or not at all.
    ///
    /// - Parameter report: The report.
    /// - Throws: `AuditError`; `AuditReportError` for a report that has no JSON form.
    public func write(_ report: AuditReport) throws {
        if let json { try AuditFile.write(report.json(), to: json, force: force) }
        if let html { try AuditFile.write(Data(AuditHTML.page(report).utf8), to: html, force: force) }
    }
}

/// Files that audits write in one piece.
enum AuditFile {
    static func check(_ path: String, force: Bool) throws(AuditError) {
        if !force, path != "-", FileManager.default.fileExists(atPath: path) {
            throw .inputOutput(path: path, reason: "already exists (--force replaces it)")
        }
    }

    static func write(_ data: Data, to path: String, force: Bool) throws(AuditError) {
        if path == "-" { return }
        try check(path, force: force)
        do throws(FileError) {
            try WholeFile.write(data, to: path, replacing: force)
        } catch {
            throw .inputOutput(path: path, reason: "cannot be written: \(error.reason)")
        }
    }
}
