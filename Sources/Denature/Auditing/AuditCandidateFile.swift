import StrictJSON
import Traces

/// Released traces with the candidates that were not released, as `sample` keeps them: lines of
/// `{"index": 3, "problem": "...", "trace": "...", "released": true}`, those of one index together.
struct AuditCandidateFile {
    struct Trace: Sendable {
        var problem: String
        var texts: [String]
        var released: Int
    }

    let traces: [Trace]

    private struct Line: Decodable {
        var index: Int
        var problem: String
        var trace: String
        var released: Bool
    }

    init(path: String) throws {
        var traces: [Trace] = []
        var current: Int?
        try AuditLines.forEach(path) { (line: Line, number) in
            if line.index != current {
                current = line.index
                traces.append(Trace(problem: line.problem, texts: [], released: -1))
            }
            let last = traces.count - 1
            guard traces[last].problem == line.problem, !line.released || traces[last].released < 0 else {
                throw AuditInputError("\(path):\(number): contradicts the lines of the same index before it")
            }
            if line.released { traces[last].released = traces[last].texts.count }
            traces[last].texts.append(line.trace)
        }
        // A trace none of whose candidates was released says nothing.
        self.traces = traces.filter { $0.released >= 0 && $0.texts.count > 1 }
    }
}

/// Outputs that were collected before the audit.
struct AuditOutputsFile {
    struct Output: Sendable {
        var prompt: String?
        var text: String?
        var tokens: [Int32]?
        var promptTokens: [Int32]?
    }

    let outputs: [Output]
    let digest: String

    private struct Line: Decodable {
        var prompt: Content?
        var problem: String?
        var question: String?
        var output: String?
        var trace: String?
        var response: String?
        var completion: String?
        var tokens: [Int32]?

        /// A prompt is a text, or ids.
        enum Content: Decodable {
            case text(String)
            case ids([Int32])

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let text = try? container.decode(String.self) {
                    self = .text(text)
                } else {
                    self = .ids(try container.decode([Int32].self))
                }
            }
        }
    }

    init(path: String) throws {
        var outputs: [Output] = []
        try AuditLines.forEach(path) { (line: Line, number) in
            var output = Output(
                text: line.output ?? line.trace ?? line.response ?? line.completion, tokens: line.tokens)
            output.prompt = line.problem ?? line.question
            switch line.prompt {
            case .text(let text)?: output.prompt = text
            case .ids(let ids)?: output.promptTokens = ids
            case nil: break
            }
            guard output.text != nil || output.tokens != nil else {
                throw AuditInputError(
                    "\(path):\(number): the record has no \"output\", \"trace\", \"response\" or \"tokens\"")
            }
            outputs.append(output)
        }
        self.outputs = outputs
        digest = try AuditFiles.digest(path)
    }
}

/// Lines of JSON of one shape.
enum AuditLines {
    static func forEach<Line: Decodable>(_ path: String, _ body: (Line, Int) throws -> Void) throws {
        var reader = try TraceReader(linesOf: path)
        while let text = try reader.nextLine() {
            let number = text.location.line
            let line: Line
            do throws(JSONError) {
                line = try StrictDecoding.decode(Line.self, from: text.bytes)
            } catch {
                throw AuditInputError("\(path):\(number)\(Self.words(error))")
            }
            try body(line, number)
        }
    }

    /// The column and what is wrong, or the member that is not as it should be.
    private static func words(_ error: JSONError) -> String {
        guard error.code == .wrongType else { return ":\(error.offset + 1): not a JSON object: \(error.message)" }
        guard let name = error.path.first else { return ": not a JSON object" }
        return error.message.hasPrefix("there is no")
            ? ": the record has no \"\(name)\"" : ": \"\(name)\" has the wrong type"
    }
}
