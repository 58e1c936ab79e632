import Foundation
import KeyedPRF
import Traces

/// The examples of a file, with a digest of what was read.
public struct TraceExampleFile: Sendable {
    /// The examples in the order of the file.
    public let examples: [TraceExample]
    /// SHA-256, in hexadecimal, of the lines that are not blank, each with a line feed after it: of a JSONL file without
    /// blank lines and carriage returns this is the file's own digest. Of a document, the digest of its bytes.
    public let digest: String

    /// Reads lines of JSON in any format of `TraceFormat` or as `{"prompt": …, "completion": …}`, or a document.
    ///
    /// - Parameters:
    ///   - path: A file, or `-` for standard input.
    ///   - format: The format of the records, or nil to recognise each by its keys.
    /// - Throws: `TraceError` naming file and line.
    public init(path: String, format: TraceFormat? = nil) throws {
        if let document = format.map({ $0.isLineBased ? nil : $0 }) ?? TraceFormat.document(path: path) {
            let bytes = try Self.bytes(path)
            let records = try TraceDocument(bytes: bytes, format: document, file: path).records
            examples = records.flatMap(TraceExample.examples)
            digest = SHA256Digest.of(bytes).hex
            return
        }
        var reader = try LineReader(path: path)
        let hasher = try SHA256Hasher()
        var examples: [TraceExample] = []
        while let batch = try reader.nextBatch() {
            try batch.bytes.withUnsafeBytes { bytes in
                for (range, number) in zip(batch.lines, batch.lineNumbers) {
                    let line = UnsafeRawBufferPointer(rebasing: bytes[range])
                    hasher.update(line)
                    hasher.update([0x0A])
                    let location = SourceLocation(file: path, line: number)
                    examples += try Self.examples(line: line, format: format, location: location)
                }
            }
        }
        self.examples = examples
        digest = hasher.finalize().hex
    }

    private static func bytes(_ path: String) throws(TraceError) -> [UInt8] {
        let data = path == "-" ? FileHandle.standardInput.availableToEnd() : FileManager.default.contents(atPath: path)
        guard let data else {
            throw TraceError(.unreadable, at: SourceLocation(file: path, line: 1), "cannot be read")
        }
        return [UInt8](data)
    }

    /// The examples of one line.
    ///
    /// - Throws: `TraceError`.
    public static func examples(
        line: UnsafeRawBufferPointer, format: TraceFormat?, location: SourceLocation
    ) throws(TraceError) -> [TraceExample] {
        let record: TraceRecord
        do throws(TraceError) {
            record = try TraceParser.parse(line: line, format: format, location: location)
        } catch  where error.code == .missingField && format == nil {
            // The parser has found the line to be JSON without repeated names: only the shape is another.
            guard let pair = try? JSONDecoder().decode(PromptCompletion.self, from: Data(line)) else { throw error }
            return [
                TraceExample(
                    problem: pair.prompt ?? pair.problem, completion: pair.completion, id: pair.id,
                    location: location)
            ]
        }
        return TraceExample.examples(of: record)
    }
}

/// `{"prompt": …, "completion": …}`; the prompt is what other shapes call the problem.
private struct PromptCompletion: Decodable {
    var prompt: String?
    var problem: String?
    var completion: String
    var id: String?
}

extension FileHandle {
    /// All bytes up to the end, nil if they cannot be read.
    fileprivate func availableToEnd() -> Data? {
        try? readToEnd()
    }
}
