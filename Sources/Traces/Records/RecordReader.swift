import StrictJSON

/// Reads a record's texts: those of its shape's row, and messages, items and reasoning members wherever they stand.
struct RecordReader {
    static let understood =
        "understood are {problem, trace | original_trace | response}, {question, answer}, {messages: [...]}, "
        + "{choices: [{message}]}, {conversations: [...]} and others; --field reasoning=PATH names the member"

    let view: RecordView
    /// Whether the shape was asked for: its texts then count as traces without a mark.
    let isRequested: Bool
    var turns: [(position: Int, turn: TraceTurn, slots: [Range<Int>])] = []
    /// Reasoning that is read, to know its copies by.
    var seen: Set<String> = []
    /// Places of texts that repeat reasoning which is read elsewhere in the record.
    var copies: [Range<Int>] = []
    /// Places of messages.
    var messages: [Range<Int>] = []
    /// Places that hold what users, systems and tools wrote, and known answers.
    var prompts: [Range<Int>] = []
    /// Values that have been read, by token.
    var taken: Set<Int> = []
    var problem: String?
    var hasReasoning = false
    var hasAssistant = false
    /// Texts that are traces only where the record has no other reasoning.
    var undecided: [(value: Int, role: TraceField.Role)] = []
    /// What waits for the message that it belongs to: reasoning items and messages.
    var pending: [(Int, TraceField.Role)] = []

    /// Reads the record whose top-level object is token 0.
    static func read(
        _ view: RecordView, format requested: TraceFormat?, fields: TraceFieldPaths?
    ) throws(TraceError) -> TraceRecord {
        guard view.kind(0) == .object else {
            let isArray = view.kind(0) == .array
            throw view.error(
                .wrongType, at: 0,
                isArray
                    ? "a record must be a JSON object, and this line is an array; "
                        + "'jq -c .[]' writes an array's elements as lines"
                    : "a record must be a JSON object")
        }
        var reader = RecordReader(view, isRequested: requested != nil)
        let format: TraceFormat
        if let fields, requested == nil || requested == .fields {
            reader.read(fields)
            format = .fields
        } else {
            let shape = try shape(of: view, requested)
            try reader.read(shape)
            format = shape.format
        }
        return try reader.record(format)
    }

    private init(_ view: RecordView, isRequested: Bool) {
        self.view = view
        self.isRequested = isRequested
    }

    // MARK: Shapes

    private static func shape(of view: RecordView, _ requested: TraceFormat?) throws(TraceError) -> RecordShape {
        var names: [String: Int] = [:]
        for (key, value) in view.tape.members(of: 0) where !view.json.isNull(value) { names[view.string(key)] = value }
        if let requested {
            guard requested.isLineBased else {
                throw view.error(.wrongType, at: 0, "format \(requested.rawValue) is a document, not lines of JSON")
            }
            let rows = RecordShape.table.filter { $0.format == requested }
            if let row = rows.first(where: { $0.recognises(view, names) }) { return row }
            guard let row = rows.last, row.recognisedBy.isEmpty else {
                let names = rows.flatMap(\.recognisedBy).map { members in
                    members.map { "\"\($0.name)\"" }.joined(separator: " and ")
                }
                throw view.error(
                    .missingField, at: 0, "missing \(names.joined(separator: ", or ")); \(understood)")
            }
            return row
        }
        if isStreamChunk(view) {
            throw view.error(
                .missingField, at: 0,
                "this is a chunk of a stream, not a record: 'traces convert' joins the chunks of each id")
        }
        let row = RecordShape.table.first { $0.recognises(view, names) }
        // A reply beside a member that is reasoning.
        if row.map({ $0.texts.contains { $0.kind == .traceWithHashes } }) ?? true, hasReasoningMember(view) {
            return RecordShape.reasoning
        }
        if let row { return row }
        if view.member(0, "problem") != nil {
            throw view.error(
                .missingField, at: 0,
                "the record has a \"problem\" but no \"trace\", \"original_trace\" or \"response\"; "
                    + "--field reasoning=PATH names another member")
        }
        if view.member(0, "question") != nil {
            throw view.error(
                .missingField, at: 0,
                "the record has a \"question\" but no \"answer\"; --field reasoning=PATH names another member")
        }
        throw view.error(.missingField, at: 0, "the record has no trace that can be recognised; \(understood)")
    }

    private static func hasReasoningMember(_ view: RecordView) -> Bool {
        view.tape.members(of: 0).contains { member in
            guard ReasoningTable.isReasoningMember(view.string(member.key)) else { return false }
            switch view.kind(member.value) {
            case .string: return !ReasoningTable.switches.contains(view.string(member.value).lowercased())
            case .object, .array: return true
            default: return false
            }
        }
    }

    private static func isStreamChunk(_ view: RecordView) -> Bool {
        guard let choices = view.member(0, "choices"), view.kind(choices) == .array else { return false }
        return view.tape.elements(of: choices).contains {
            view.member($0, "delta") != nil && view.member($0, "message") == nil
        }
    }

    private mutating func read(_ shape: RecordShape) throws(TraceError) {
        try checkContainers(shape.format)
        problem = topLevelProblem()
        if let value = view.member(0, "instruction"), let input = view.member(0, "input"), view.kind(input) == .string,
            shape.format == .instruction, view.kind(value) == .string, !view.string(input).isEmpty
        {
            problem = view.string(value) + "\n" + view.string(input)
        }
        if shape.format == .renderedText, let text = view.anyMember(0, "text") {
            problem = RenderedTurns.lastQuestion(in: view.string(text)) ?? problem
        }
        try readTexts(of: shape)
        if let role = view.role(of: 0), shape.format == .message {
            try readMessage(0, role)
        } else {
            for (key, value) in view.tape.members(of: 0) { try walk(member: view.string(key), value, depth: 0) }
        }
        flush()
        add(rootReasoning())
        decide(shape)
    }

    private mutating func read(_ fields: TraceFieldPaths) {
        problem = fields.problem.flatMap { $0.values(in: view, from: 0).first }.map(view.string) ?? topLevelProblem()
        let reasoning = fields.reasoning.flatMap { $0.values(in: view, from: 0) }.filter { view.kind($0) == .string }
        let answers = (fields.answer?.values(in: view, from: 0) ?? []).filter { view.kind($0) == .string }
        let problems = (fields.problem?.values(in: view, from: 0) ?? []).filter { view.kind($0) == .string }
        for value in problems + answers { taken.insert(value) }
        prompts += problems.map(view.range)
        for (number, value) in reasoning.enumerated() where taken.insert(value).inserted {
            var values = [(value, answers.isEmpty ? TraceField.Role.trace : .reasoning)]
            if answers.count == reasoning.count {
                values.append((answers[number], .content))
            } else if number == 0 {
                values += answers.map { ($0, .content) }
            }
            if problems.count == reasoning.count { problem = view.string(problems[number]) }
            add(values)
        }
        if reasoning.isEmpty, !answers.isEmpty { add(answers.map { ($0, .content) }) }
    }

    /// Structures that must have the type that every reader of them expects.
    private func checkContainers(_ format: TraceFormat) throws(TraceError) {
        switch format {
        case .openaiChat, .chatCompletion, .sharegpt: break
        default: return
        }
        for name in ["messages", "choices", "conversations"] as [StaticString] {
            guard let value = view.member(0, name) else { continue }
            try view.require(.array, value, name)
            _ = try objects(value, "\(name)")
        }
    }

    private mutating func readTexts(of shape: RecordShape) throws(TraceError) {
        var groups: [Int: [(Int, TraceField.Role)]] = [:]
        for text in shape.texts {
            for value in values(text.path[...], from: 0) where !taken.contains(value) {
                guard view.kind(value) == .string else {
                    // A reply that the shape is known by must be a text, too.
                    let isItsSign =
                        text.kind == .reply && text.path.count == 1
                        && shape.recognisedBy.joined().contains { $0.name == text.path[0] }
                    let isNeeded = text.kind == .trace || text.kind == .traceWithHashes || isItsSign
                    let isList = view.kind(value) == .array || view.kind(value) == .object
                    if isNeeded, !isList || text.kind == .trace {
                        try view.require(.string, value, text.path.last ?? "")
                    }
                    continue
                }
                taken.insert(value)
                switch role(of: text, value) {
                case nil: prompts.append(view.range(value))
                case let role? where text.kind == .traceIfAlone: undecided.append((value, role))
                case let role? where text.turn == .max: add([(value, role)])
                case let role?: groups[text.turn, default: []].append((value, role))
                }
            }
        }
        for turn in groups.keys.sorted() {
            var values = groups[turn] ?? []
            if turn == groups.keys.min() {
                let reasoning = rootReasoning()
                if !reasoning.isEmpty { values = values.map { ($0.0, $0.1 == .reply ? .content : $0.1) } + reasoning }
            }
            add(values)
        }
    }

    private func role(of text: RecordShape.Text, _ value: Int) -> TraceField.Role? {
        switch text.kind {
        case .trace, .traceIfAlone: return .trace
        case .traceWithHashes: return isRequested || Self.endsWithHashes(view.string(value)) ? .trace : .reply
        case .traceWithHashesOrReference: return Self.endsWithHashes(view.string(value)) ? .trace : nil
        case .reply: return .reply
        case .reference: return nil
        }
    }

    /// Whether a text ends as the solutions of GSM8K do.
    static func endsWithHashes(_ text: String) -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        return lines.suffix(3).contains { $0.hasPrefix("####") && $0.utf8.count > 4 }
    }

    /// The reasoning members of the record's object itself. Where the record has messages they are read last, since they
    /// usually repeat what stands in those.
    private mutating func rootReasoning() -> [(Int, TraceField.Role)] {
        var values: [(Int, TraceField.Role)] = []
        for (key, value) in view.tape.members(of: 0) where ReasoningTable.isReasoningMember(view.string(key)) {
            values += texts(ofReasoning: value).map { ($0, .reasoning) }
        }
        return values
    }

    /// Texts that are traces only alone are references where other reasoning was found.
    private mutating func decide(_ shape: RecordShape) {
        guard !undecided.isEmpty else { return }
        if hasReasoning {
            prompts += undecided.map { view.range($0.value) }
            return
        }
        let texts = Set(undecided.map { view.string($0.value) })
        for turn in turns where turn.turn.fields.allSatisfy({ texts.contains($0.text) }) { copies += turn.slots }
        turns.removeAll { $0.turn.fields.allSatisfy { texts.contains($0.text) } }
        problem = topLevelProblem() ?? problem
        add(undecided.map { ($0.value, $0.role) })
    }

    private func values(_ path: ArraySlice<String>, from index: Int) -> [Int] {
        guard let step = path.first else { return view.json.isNull(index) ? [] : [index] }
        if step == "[]" {
            guard view.kind(index) == .array else { return [] }
            return view.tape.elements(of: index).flatMap { values(path.dropFirst(), from: $0) }
        }
        guard view.kind(index) == .object else { return [] }
        return view.tape.members(of: index).filter { view.string($0.key) == step }
            .flatMap { values(path.dropFirst(), from: $0.value) }
    }

    private func topLevelProblem() -> String? {
        for name in ReasoningTable.problemMembers {
            if let value = values([name], from: 0).first, let text = view.loose(value) { return text }
        }
        return nil
    }

    // MARK: Turns

    /// Adds a turn of the given texts, without those that repeat reasoning which is read already.
    mutating func add(_ values: [(Int, TraceField.Role)]) {
        guard !values.isEmpty else { return }
        // What holds reasoning and reply is preferred to reasoning alone, whichever comes first in the record.
        var fields: [(index: Int, field: TraceField)] = []
        for (index, role) in values where role != .reasoning {
            let text = view.string(index)
            let regions = reasoning(of: text, role: role)
            if !regions.isEmpty {
                let isCopy = regions.allSatisfy(seen.contains)
                if isCopy {
                    copies.append(view.range(index))
                    continue
                }
                seen.formUnion(regions)
                hasReasoning = true
            } else if seen.contains(Self.key(text) ?? "") {
                copies.append(view.range(index))
                continue
            }
            fields.append((index, TraceField(role: role, text: text)))
        }
        for (index, role) in values where role == .reasoning {
            let text = view.string(index)
            hasReasoning = true
            if let key = Self.key(text), !seen.insert(key).inserted {
                copies.append(view.range(index))
                continue
            }
            fields.append((index, TraceField(role: role, text: text)))
        }
        guard !fields.isEmpty else { return }
        fields.sort { $0.index < $1.index }
        turns.append(
            (
                fields[0].index, TraceTurn(problem: problem, fields: fields.map(\.field)),
                fields.map { view.range($0.index) }
            ))
    }

    /// The reasoning of a text, as keys of ``seen``.
    private func reasoning(of text: String, role: TraceField.Role) -> [String] {
        if role == .trace, !TraceRegions.hasReasoningMarks(text) { return Self.key(text).map { [$0] } ?? [] }
        guard role == .trace || TraceRegions.hasReasoningMarks(text, role: role) else { return [] }
        let bytes = Array(text.utf8)
        return TraceRegions.find(in: text, role: role).reasoning.compactMap {
            Self.key(String(decoding: bytes[$0], as: UTF8.self))
        }
    }

    /// A text without white space around it; nil for texts so short that equal ones are no copies.
    private static func key(_ text: String) -> String? {
        guard text.utf8.count >= 40 else { return nil }
        let bytes = Array(text.utf8)
        guard let first = bytes.firstIndex(where: { $0 > 0x20 }), let last = bytes.lastIndex(where: { $0 > 0x20 }),
            last - first >= 40
        else { return nil }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }

    // MARK: The record

    private mutating func record(_ format: TraceFormat) throws(TraceError) -> TraceRecord {
        turns.sort { $0.position < $1.position }
        if turns.isEmpty, !hasAssistant {
            switch format {
            case .openaiChat: throw missing("an assistant message with text", at: view.member(0, "messages") ?? 0)
            case .chatCompletion: throw missing("a choice whose message has text", at: firstElement("choices"))
            case .sharegpt: throw missing("a conversation entry from \"gpt\"", at: firstElement("conversations"))
            case .problemTrace: throw missing("\"trace\", \"original_trace\" or \"response\"")
            case .gsm8k: throw missing("\"answer\"")
            default: break
            }
        }
        return TraceRecord(
            format: format, location: view.location, id: try view.identifier("id"),
            tenant: try view.optionalString(0, "tenant"),
            solution: view.member(0, "solution").flatMap(view.loose),
            metadata: view.member(0, "metadata").map { [UInt8](view.bytes[view.range($0)]) }, turns: turns.map(\.turn),
            source: [UInt8](view.bytes), slots: turns.map(\.slots), prompts: prompts, copies: copies,
            messages: messages,
            stringBytes: view.stringBytes)
    }

    private func firstElement(_ name: StaticString) -> Int {
        guard let list = view.member(0, name) else { return 0 }
        return view.kind(list) == .array ? view.tape.elements(of: list).first ?? list : list
    }

    private func missing(_ name: String, at index: Int = 0) -> TraceError {
        view.error(.missingField, at: index, "missing \(name); \(Self.understood)")
    }
}
