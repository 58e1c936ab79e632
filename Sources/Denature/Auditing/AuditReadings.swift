import Auditing

/// Everything that models read for an audit, each reading once.
struct AuditReadings {
    /// Texts per pass: what is read is written after each.
    private static let chunk = 32

    let session: AuditSession
    private var known: Set<Reading> = []
    private var documents: [EvidenceDocument] = []
    private var candidates: Set<Int> = []

    private struct Reading: Hashable {
        var reader: EvidenceReading.Reader
        var subject: EvidenceReading.Subject
        var number: Int
    }

    private struct Item {
        var subject: EvidenceReading.Subject
        var number: Int
        var text: ReadText
    }

    init(session: AuditSession) {
        self.session = session
        for entry in session.writer.earlier?.entries ?? [] {
            switch entry {
            case .document(let document): documents.append(document)
            case .reading(let reading):
                known.insert(Reading(reader: reading.reader, subject: reading.subject, number: reading.number))
            case .candidates(let trace): candidates.insert(trace.number)
            default: break
            }
        }
    }

    /// What the plan lets the suspect read.
    mutating func readPlanned(by suspect: AuditWeights, _ places: AuditFilePlaces) throws {
        if let path = places.documents {
            try addDocuments(path, limit: suspect.contextLength)
            try readDocuments(.suspect, suspect)
        }
        if let path = places.candidates { try judgeCandidates(path, suspect) }
    }

    /// What the plan lets the reference read, once the answers are there.
    mutating func readPlanned(byReference reference: AuditWeights) throws {
        let kinds = session.plan.tests.map(\.kind)
        if kinds.contains(.readingReference) { try readDocuments(.reference, reference) }
        if kinds.contains(.outputsReference) { try readAnswers(reference) }
    }

    /// Writes down the texts that are read, in the marks' ids.
    private mutating func addDocuments(_ path: String, limit: Int) throws {
        guard let marks = session.marks, let planned = session.plan.documents else { return }
        let (file, examples) = try AuditFiles.documents(path)
        try AuditFiles.require(file, planned.file, .documents)
        var entries: [EvidenceEntry] = []
        for (number, example) in examples.enumerated() where number >= documents.count {
            let prompt = try example.problem.map(marks.prompt) ?? []
            let tokens = marks.tokens(example.completion).prefix(max(0, limit - prompt.count))
            let document = EvidenceDocument(number: number, prompt: prompt, tokens: Array(tokens))
            documents.append(document)
            entries.append(.document(document))
        }
        if !entries.isEmpty { try session.writer.append(entries) }
    }

    /// Lets a model read the texts.
    private mutating func readDocuments(_ reader: EvidenceReading.Reader, _ model: AuditWeights) throws {
        try read(
            documents.map {
                Item(
                    subject: .document, number: $0.number, text: ReadText(prompt: $0.prompt, completion: $0.tokens))
            }, reader, model)
    }

    /// Lets the reference read the answers.
    private mutating func readAnswers(_ model: AuditWeights) throws {
        try read(
            session.outputs.map { question, answer in
                Item(
                    subject: .answer, number: answer.name.number,
                    text: ReadText(prompt: question.tokens, completion: answer.tokens))
            }, .reference, model)
    }

    private mutating func read(
        _ items: [Item], _ reader: EvidenceReading.Reader, _ model: AuditWeights
    ) throws {
        let open = items.filter {
            !known.contains(Reading(reader: reader, subject: $0.subject, number: $0.number))
                && !$0.text.completion.isEmpty
        }
        guard !open.isEmpty else { return }
        let sharesTokens = try model.sharesTokens(with: session.plan)
        let source = model.reader(sharesTokens: sharesTokens, marks: session.marks)
        for start in stride(from: 0, to: open.count, by: Self.chunk) {
            try Task.checkCancellation()
            let part = open[start..<min(open.count, start + Self.chunk)]
            // A text that is longer than the reader's context is read as far as that goes.
            let texts = part.map { item in
                var text = item.text
                let room = model.contextLength - text.prompt.count
                if sharesTokens { text.completion = Array(text.completion.prefix(max(0, room))) }
                return text
            }
            let rows = try source.topTokens(texts, top: PackedRows.top)
            try session.writer.append(
                zip(part, rows).map { item, rows in
                    .reading(
                        EvidenceReading(
                            reader: reader, subject: item.subject, number: item.number, rows: PackedRows(rows)))
                })
            session.progress(
                reader == .suspect ? .readBySuspect : .readByReference, start + part.count, of: open.count)
        }
    }

    /// Lets the suspect judge released traces and what was passed over.
    private mutating func judgeCandidates(_ path: String, _ model: AuditWeights) throws {
        guard let planned = session.plan.candidates else { return }
        try AuditFiles.require(AuditFiles.file(path), planned, .candidates)
        let traces = try AuditCandidateFile(path: path).traces
        for (number, trace) in traces.enumerated() where !candidates.contains(number) {
            try Task.checkCancellation()
            let prompt = try model.format.prompt(trace.problem, tokenizer: model.tokenizer)
            let room = max(0, model.contextLength - prompt.count)
            let texts = trace.texts.map { text in
                ReadText(
                    prompt: prompt,
                    completion: Array(
                        model.tokenizer.encode(text, addSpecialTokens: false, specialTokens: .text).prefix(room)))
            }
            let values = try model.reader.logProbabilities(texts).map { values in
                values.isEmpty ? 0 : values.reduce(0) { $0 + Double($1) } / Double(values.count)
            }
            guard values.allSatisfy(\.isFinite) else { continue }
            try session.writer.append(
                .candidates(
                    EvidenceCandidates(
                        number: number, texts: trace.texts, released: trace.released, likelihoods: values)))
            candidates.insert(number)
            session.progress(.judged, number + 1, of: traces.count)
        }
    }
}
