import Marks
import Sanitizing
import Tokenizers
import Traces

extension Detector {
    func testTokens(
        _ reporter: JobReporter<DetectProgress>, _ each: (SingleDetection) throws -> Void
    ) throws -> DetectReport {
        let tests = try tokenTests()
        let tokenizer = try settings.tokenIDs.tokenizer.map { try Tokenizer.load($0) }
        var filter: TokenContextSet?
        if let path = settings.tokenIDs.contextsFrom, let width = tests.first?.configuration.width {
            let set = TokenContextSet(width: width)
            try read(path, tokenizer) { document, _ in set.insert(contextsOf: document.tokens) }
            filter = set
        }
        let pool = try tokenDetector(tests, filter: filter)
        let eachAlone = settings.tokenIDs.perLine || settings.perTrace
        let single = eachAlone ? try tokenDetector(tests, filter: filter) : nil
        var records = 0
        try read(settings.tokenIDs.tokens ?? settings.file, tokenizer) { document, line in
            pool.add(document)
            records += 1
            reporter.progress(DetectProgress(records: records))
            guard let single else { return }
            single.reset()
            single.add(document)
            try each(.line(LineDetection(line: line, results: single.results())))
        }
        return DetectReport(pooled: .tokens(pool.results()), level: level)
    }

    /// Calls `body` with every output and its line: token ids, or texts through a tokenizer.
    private func read(
        _ path: String, _ tokenizer: Tokenizer?, _ body: (TokenDocument, Int) throws -> Void
    ) throws {
        if let tokenizer { try readTexts(path, tokenizer, body) } else { try readLines(path, body) }
    }

    /// Every line that is not blank. An empty file has none.
    private func readLines(_ path: String, _ body: (TokenDocument, Int) throws -> Void) throws {
        var reader = try TraceReader(linesOf: path, maxRecordBytes: settings.maxRecordBytes)
        while let line = try nextLine(&reader) {
            try Task.checkCancellation()
            let number = line.location.line
            let parsed: TokenLine = try line.bytes.withUnsafeBufferPointer { bytes in
                do throws(TokenLineError) {
                    return try TokenLine(parsing: bytes)
                } catch {
                    throw DetectError.line(file: TestedTexts.name(of: path), number: number, error)
                }
            }
            try body(parsed.document, number)
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
        _ path: String, _ tokenizer: Tokenizer, _ body: (TokenDocument, Int) throws -> Void
    ) throws {
        var source = try TraceReader(
            path: path, format: settings.format, unitBytes: TestedTexts.unitBytes,
            maxRecordBytes: settings.maxRecordBytes)
        let parser = source.parser
        func encode(_ text: String) -> [Int32] {
            tokenizer.encode(text, addSpecialTokens: false, specialTokens: .text)
        }
        while let unit = try source.next() {
            try Task.checkCancellation()
            try parser.forEachRecord(in: unit) { record in
                for turn in record.turns {
                    let prompt = turn.problem.map(encode) ?? []
                    for field in turn.fields {
                        try body(TokenDocument(tokens: encode(field.text), prompt: prompt), record.location.line)
                    }
                }
            }
        }
    }
}
