import Files
import Foundation
import Traces

/// Problems of one of the public sets, read from local files.
public struct ProblemSet: Sendable {
    /// The problems, by file and line.
    public let problems: [ImportedProblem]

    /// Reads files and folders. Of a folder all files of the set's kind are read, its subfolders' too, in the order of
    /// their paths' bytes.
    ///
    /// - Throws: ``ProblemSetError`` naming file and line.
    public init(format: ProblemSetFormat, paths: [String]) throws(ProblemSetError) {
        var problems: [ImportedProblem] = []
        for path in paths {
            for file in try Self.files(path, format: format) {
                switch (format, file.isJSONLines) {
                case (.gsm8k, _): problems += try GSM8KReader.problems(of: file)
                case (.math, true): problems += try MATHReader.problems(ofLines: file)
                case (.math, false): problems.append(try MATHReader.problem(of: file))
                case (.mmlu, true): problems += try MMLUReader.problems(ofLines: file)
                case (.mmlu, false): problems += try MMLUReader.problems(ofTable: file)
                }
            }
        }
        self.problems = problems
    }

    private static func files(
        _ path: String, format: ProblemSetFormat
    ) throws(ProblemSetError) -> [ProblemSetFile] {
        let manager = FileManager.default
        var isFolder: ObjCBool = false
        func unreadable(_ message: String) -> ProblemSetError {
            ProblemSetError(.unreadable, at: SourceLocation(file: path, line: 1), message)
        }
        guard manager.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw unreadable("there is no such file")
        }
        guard isFolder.boolValue else { return [ProblemSetFile(path: path, name: nil)] }
        guard let names = manager.enumerator(atPath: path)?.compactMap({ $0 as? String }) else {
            throw unreadable("the folder cannot be read")
        }
        let endings: [String] =
            switch format {
            case .gsm8k: [".jsonl"]
            case .math: [".json", ".jsonl"]
            case .mmlu: [".csv", ".jsonl"]
            }
        let found = names.filter { name in endings.contains { name.lowercased().hasSuffix($0) } }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        guard !found.isEmpty else { throw unreadable("the folder holds no \(endings.joined(separator: " or ")) file") }
        return found.map { ProblemSetFile(path: path + "/" + $0, name: $0) }
    }
}

/// One file of a set.
struct ProblemSetFile {
    /// More than any table of problems, in bytes.
    private static let largestFile = 1 << 30

    var path: String
    /// The path below the folder that was named; nil for a file that was named itself.
    var name: String?

    var isJSONLines: Bool { !path.lowercased().hasSuffix(".json") && !path.lowercased().hasSuffix(".csv") }

    /// The last part of the path, without its ending.
    var stem: String { Self.withoutEnding(path.split(separator: "/").last.map(String.init) ?? path) }

    /// The path below the folder without its ending, or the stem.
    var identifier: String { name.map(Self.withoutEnding) ?? stem }

    private static func withoutEnding(_ name: String) -> String {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return name }
        return String(name[..<dot])
    }

    func bytes() throws(ProblemSetError) -> [UInt8] {
        do throws(FileError) {
            return try WholeFile.read(path, limit: Self.largestFile)
        } catch {
            throw ProblemSetError(
                .unreadable, at: SourceLocation(file: path, line: 1), "cannot be read: \(error.reason)")
        }
    }

    /// Every line that is not blank, decoded, with its place.
    func lines<Record: Decodable>(
        of type: Record.Type
    ) throws(ProblemSetError) -> [(record: Record, location: SourceLocation)] {
        var result: [(record: Record, location: SourceLocation)] = []
        do throws(TraceError) {
            var reader = try TraceReader(linesOf: path)
            while let line = try reader.nextLine() {
                result.append((try Self.decode(type, line.bytes, at: line.location), line.location))
            }
        } catch {
            throw Self.translated(error)
        }
        return result
    }

    /// Decodes the whole file as one JSON text.
    func decode<Record: Decodable>(_ type: Record.Type) throws(ProblemSetError) -> Record {
        var bytes = try bytes()
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        do throws(TraceError) {
            return try Self.decode(type, bytes, at: SourceLocation(file: path, line: 1))
        } catch {
            throw Self.translated(error)
        }
    }

    private static func decode<Record: Decodable>(
        _ type: Record.Type, _ bytes: [UInt8], at location: SourceLocation
    ) throws(TraceError) -> Record {
        let result: Result<Record, TraceError> = bytes.withUnsafeBytes { buffer in
            do throws(TraceError) {
                return .success(try RecordDecoding.decode(type, from: buffer, at: location))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func translated(_ error: TraceError) -> ProblemSetError {
        ProblemSetError(
            error.code == .unreadable || error.code == .emptyInput ? .unreadable : .malformedJSON, at: error.location,
            error.message)
    }
}
