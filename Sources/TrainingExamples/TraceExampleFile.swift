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
        var reader = try TraceReader(path: path, format: format)
        if let document = reader.document {
            examples = document.records.flatMap(TraceExample.examples)
            digest = SHA256Digest.of(document.bytes).hex
            return
        }
        let hasher = try SHA256Hasher()
        var examples: [TraceExample] = []
        while let line = try reader.nextLine() {
            hasher.update(line.bytes)
            hasher.update([0x0A])
            examples += try Self.examples(line: line.bytes, format: format, location: line.location)
        }
        self.examples = examples
        digest = hasher.finalize().hex
    }

    /// The examples of one line.
    ///
    /// - Throws: `TraceError`.
    public static func examples(
        line: [UInt8], format: TraceFormat?, location: SourceLocation
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
