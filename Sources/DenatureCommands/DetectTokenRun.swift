import Foundation
import Marks
import Sanitizing
import Tokenizers
import Traces

/// Reads token ids, or texts through a tokenizer, for the token detector.
struct DetectTokenRun {
    let plan: DetectTokenPlan
    let path: String
    let format: TraceFormat?
    let maxRecordBytes: Int
    let settings: TokenDetectionSettings
    let json: Bool
    let eachAlone: Bool

    func run() throws {
        let tests = try plan.tests()
        let tokenizer = try plan.options.tokenizer.map(Self.load)
        var filter: TokenContextSet?
        if let path = plan.options.contextsFrom {
            let set = TokenContextSet(width: tests[0].configuration.width)
            if let tokenizer {
                try readTexts(path, tokenizer) { document, _ in set.insert(contextsOf: document.tokens) }
            } else {
                try readLines(path) { set.insert(contextsOf: $0.tokens) }
            }
            filter = set
        }
        let pool = try makeDetector(tests, filter)
        let single = eachAlone ? try makeDetector(tests, filter) : nil
        func add(_ document: TokenDocument, line: Int) throws {
            pool.add(document)
            guard let single else { return }
            single.reset()
            single.add(document)
            try DetectTokenPrinter.line(line, single.results(), json: json)
        }
        if let tokenizer {
            try readTexts(path, tokenizer, add)
        } else {
            var line = 0
            try readLines(path, { line = $0 }, { try add($0.document, line: line) })
        }
        try DetectTokenPrinter.pooled(pool.results(), json: json, alpha: settings.alpha)
    }

    private func makeDetector(
        _ tests: [DetectTokenPlan.Test], _ filter: TokenContextSet?
    ) throws -> TokenDetector {
        do {
            return try TokenDetector(
                tests: tests, settings: settings, filter: filter,
                filterIsKeyIndependent: plan.options.contextsAreOriginal)
        } catch {
            throw CommandFailure.usage(error.description)
        }
    }

    private static func load(_ path: String) throws -> Tokenizer {
        do {
            return try Tokenizer.load(path)
        } catch {
            throw CommandFailure(description: "\(error)")
        }
    }

    /// Calls `body` for every line that is not blank. An empty file has none.
    private func readLines(
        _ path: String, _ number: (Int) -> Void = { _ in }, _ body: (TokenLine) throws -> Void
    ) throws {
        let name = path == "-" ? "<stdin>" : path
        var reader = try TraceReader(linesOf: path, maxRecordBytes: maxRecordBytes)
        while let line = try nextLine(&reader) {
            let parsed: TokenLine = try line.bytes.withUnsafeBufferPointer { bytes in
                do {
                    return try TokenLine(parsing: bytes)
                } catch {
                    throw CommandFailure(description: "\(name):\(line.location.line): \(error)")
                }
            }
            number(line.location.line)
            try body(parsed)
        }
    }

    private func nextLine(_ reader: inout TraceReader) throws -> TraceReader.Line? {
        do {
            return try reader.nextLine()
        } catch  where error.code == .emptyInput {
            return nil
        }
    }

    /// Every text field is one output; the user's message before it is the prompt.
    private func readTexts(
        _ path: String, _ tokenizer: Tokenizer, _ add: (TokenDocument, Int) throws -> Void
    ) throws {
        var source = try RecordSource(
            path: path, format: format, unitBytes: 256 << 10, maxRecordBytes: maxRecordBytes)
        let parser = UnitParser(format: format, file: path == "-" ? "<stdin>" : path)
        func encode(_ text: String) -> [Int32] {
            tokenizer.encode(text, addSpecialTokens: false, specialTokens: .text)
        }
        while let unit = try source.next() {
            try parser.forEachRecord(in: unit) { record in
                for turn in record.turns {
                    let prompt = turn.problem.map(encode) ?? []
                    for field in turn.fields {
                        try add(TokenDocument(tokens: encode(field.text), prompt: prompt), record.location.line)
                    }
                }
            }
        }
    }
}
