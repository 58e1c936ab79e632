import Files
import Foundation
import StrictJSON

/// What a search has done, in a file that only grows: whatever a line says was done is not done again. A line that a kill
/// cut short is dropped.
package actor SearchJournal {
    private let file: AppendedFile
    private let encoder: JSONEncoder
    private(set) var state: SearchState

    private static let version = 1
    /// More than any search writes, in bytes.
    private static let journalLimit = 1 << 30

    /// Opens a journal, or begins one.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - settings: All that its lines depend on, by name.
    /// - Throws: ``PromptSearchError``.
    package init(path: String, settings: [String: String]) throws(PromptSearchError) {
        let encoder = Self.makeEncoder()
        let file = try PromptSearchError.writing { () throws(FileError) in
            try AppendedFile(path: path, isExclusive: true)
        }
        let (lines, length) = try Self.read(path)
        try PromptSearchError.writing { () throws(FileError) in try file.truncate(to: length) }
        if let begin = lines.first?.begin {
            try Self.require(begin.settings, settings, path)
        } else {
            let begin = JournalLine(begin: JournalLine.Begin(version: Self.version, settings: settings))
            try Self.append(begin, to: file, encoder)
            try PromptSearchError.writing { () throws(FileError) in try Placement.synchronizeFolder(of: path) }
        }
        var state = SearchState()
        for line in lines { state.add(line) }
        self.state = state
        self.encoder = encoder
        self.file = file
    }

    /// Adds a line. When this returns the file holds it.
    func append(_ line: JournalLine) throws(PromptSearchError) {
        try Self.append(line, to: file, encoder)
        state.add(line)
    }

    /// SHA-256 of the template that an earlier run wrote or was about to write, if a journal is there and can be read.
    package static func winnerDigest(path: String) -> String? {
        guard FileManager.default.fileExists(atPath: path), let (lines, _) = try? read(path) else { return nil }
        return lines.last { $0.winner != nil }?.winner?.sha256
    }

    private static func makeEncoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return encoder
    }

    private static func append(
        _ line: JournalLine, to file: AppendedFile, _ encoder: JSONEncoder
    ) throws(PromptSearchError) {
        guard let data = try? encoder.encode(line) else {
            throw PromptSearchError(.unwritable, "\(file.path): a score is not a number")
        }
        try PromptSearchError.writing { () throws(FileError) in
            try file.write([UInt8](data) + [0x0A])
            if line.mustSynchronize { try file.synchronize() }
        }
    }

    /// The whole lines of a file and the number of their bytes.
    private static func read(_ path: String) throws(PromptSearchError) -> (lines: [JournalLine], length: Int64) {
        guard let data = try? WholeFile.read(path, limit: journalLimit) else {
            throw PromptSearchError(.unwritable, "\(path): cannot be read")
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let whole = data.lastIndex(of: 0x0A).map { data[...$0] } ?? data[..<data.startIndex]
        var lines: [JournalLine] = []
        for (number, bytes) in whole.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
        where !whole.isEmpty {
            guard let line = try? StrictDecoding.decode(JournalLine.self, from: bytes, decoder: decoder), line.isWhole,
                (line.begin != nil) == (number == 0), line.begin?.version ?? version == version
            else {
                throw PromptSearchError(
                    .damagedJournal, "\(path):\(number + 1): is no line of a prompt search's journal")
            }
            lines.append(line)
        }
        return (lines, Int64(whole.count))
    }

    private static func require(
        _ before: [String: String], _ now: [String: String], _ path: String
    ) throws(PromptSearchError) {
        let names = Set(before.keys).union(now.keys).sorted()
        guard let name = names.first(where: { before[$0] != now[$0] }) else { return }
        throw PromptSearchError(
            .otherSearch,
            "\(path): belongs to a search with another \(name) (\(before[name] ?? "none"), now "
                + "\(now[name] ?? "none")); choose another folder, or the options of that search")
    }
}
