import StrictJSON

/// One row of the table of shapes: by which members a record is recognised, and what its own texts are.
///
/// A row says only what is particular to a shape. Messages, parts, items and members that ``ReasoningTable`` names are found
/// wherever they stand in a record, whatever its shape.
struct RecordShape: Sendable {
    /// What a text is.
    enum Kind: Sendable {
        /// Reasoning and answer mixed, also without any mark.
        case trace
        /// The same, unless other members or marks of the record are reasoning: then it is a reference, or a reply.
        case traceIfAlone
        /// The same if it ends in a line `#### answer`.
        case traceWithHashes
        /// The same, and otherwise a reference.
        case traceWithHashesOrReference
        /// What a reader sees; only marks in it tell reasoning.
        case reply
        /// A known answer or solution that is no text of a model.
        case reference
    }

    /// A text of the shape.
    struct Text: Sendable {
        /// Members from the record's object down; a last step `[]` is every element of an array.
        var path: [String]
        var kind: Kind
        /// Texts with the same number are one turn.
        var turn: Int

        init(_ path: String, _ kind: Kind, turn: Int = 0) {
            self.path = path.split(separator: ".").map(String.init)
            self.kind = kind
            self.turn = turn
        }
    }

    /// The shape's name.
    var format: TraceFormat
    /// Sets of members, one of which must be there completely, each with a value of the right type.
    var recognisedBy: [[Member]]
    /// Its texts.
    var texts: [Text]

    init(_ format: TraceFormat, by members: [[Member]], _ texts: [Text] = []) {
        self.format = format
        recognisedBy = members
        self.texts = texts
    }

    /// A member of the record's object.
    struct Member: Sendable, ExpressibleByStringLiteral {
        enum Value: Sendable { case any, string, array, object }
        var name: String
        var value: Value

        init(stringLiteral name: String) {
            self.name = name
            value = .any
        }

        init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// Whether a record has the members of one of the row's sets.
    ///
    /// - Parameter names: The members of the record's object that are not null.
    func recognises(_ view: RecordView, _ names: [String: Int]) -> Bool {
        recognisedBy.contains { members in
            members.allSatisfy { member in
                guard let value = names[member.name] else { return false }
                return switch member.value {
                case .any: true
                case .string: view.kind(value) == .string
                case .array: view.kind(value) == .array
                case .object: view.kind(value) == .object
                }
            }
        }
    }

    /// The rows in the order in which they are tried.
    static let table: [RecordShape] = [
        RecordShape(
            .chatCompletion, by: [["choices"]],
            [Text("choices.[].text", .reply, turn: .max), Text("solution", .reference)]),
        RecordShape(
            .generations, by: [[Member("generations", .array)]],
            [Text("generations.[]", .reply, turn: .max), Text("solution", .reference), Text("answer", .reference)]),
        RecordShape(
            .solution, by: [["messages", Member("solution", .string), "problem"]],
            [Text("solution", .traceIfAlone), Text("answer", .reference)]),
        RecordShape(.openaiChat, by: [["messages"]], [Text("solution", .reference)]),
        RecordShape(
            .sharegpt, by: [["conversations"], [Member("conversation", .array)]],
            [Text("deepseek_solution", .reference), Text("solution", .reference)]),
        RecordShape(
            .problemTrace, by: [["trace"], ["original_trace"], ["rewrite_trace"]],
            [
                Text("trace", .trace), Text("original_trace", .trace), Text("rewrite_trace", .trace, turn: 1),
                Text("response", .reply), Text("solution", .reference),
            ]),
        RecordShape(
            .trajectories,
            by: [
                [Member("thinking_trajectories", .array)], [Member("gemini_thinking_trajectory", .string)],
                [Member("deepseek_thinking_trajectory", .string)],
            ],
            [
                Text("thinking_trajectories.[]", .trace, turn: 0), Text("attempt", .reply, turn: 0),
                Text("gemini_thinking_trajectory", .trace, turn: 1), Text("gemini_attempt", .reply, turn: 1),
                Text("deepseek_thinking_trajectory", .trace, turn: 2), Text("deepseek_attempt", .reply, turn: 2),
                Text("solution", .reference),
            ]),
        RecordShape(
            .solutions, by: [[Member("r1_solution_1", .string)]],
            [
                Text("r1_solution_1", .trace, turn: 0), Text("r1_solution_2", .trace, turn: 1),
                Text("r1_solution_3", .trace, turn: 2), Text("r1_solution_4", .trace, turn: 3),
                Text("final_answer", .reference),
            ]),
        RecordShape(
            .solution, by: [["question", Member("solution", .string), "answer"]],
            [Text("solution", .traceIfAlone), Text("answer", .traceWithHashesOrReference)]),
        RecordShape(
            .gsm8k, by: [["question", "answer"]], [Text("answer", .traceWithHashes), Text("solution", .reference)]),
        RecordShape(
            .preference, by: [["chosen", "rejected"]],
            [Text("chosen", .reply, turn: 0), Text("rejected", .reply, turn: 1)]),
        RecordShape(.instruction, by: [["instruction", Member("output", .string)]], [Text("output", .reply)]),
        RecordShape(.responses, by: [[Member("output", .array)]]),
        RecordShape(.inputOutput, by: [["input", Member("output", .string)]], [Text("output", .reply)]),
        RecordShape(.promptCompletion, by: [["completion"]], [Text("completion", .reply)]),
        RecordShape(.gemini, by: [["candidates"]]),
        RecordShape(
            .log,
            by: [
                ["type", Member("payload", .object)], ["type", "timestamp"], ["type", "uuid"], ["type", "sessionId"],
                ["type", "leafUuid"], ["type", "messageId"], ["type", "session_id"], [Member("request", .object)],
                [Member("response", .object)],
            ]),
        RecordShape(.message, by: [[Member("role", .string), "content"]]),
        RecordShape(
            .ollama, by: [[Member("message", .object)], ["model", "created_at", Member("response", .string)]],
            [Text("response", .reply)]),
        RecordShape(
            .problemTrace, by: [[Member("response", .string)], [Member("Response", .string)]],
            [
                Text("response", .traceWithHashes), Text("Response", .traceWithHashes),
                Text("solution", .reference),
            ]),
        RecordShape(
            .solution, by: [["problem", Member("solution", .string)]],
            [Text("solution", .traceIfAlone), Text("answer", .reference)]),
        RecordShape(.renderedText, by: [[Member("text", .string)]], [Text("text", .reply)]),
        reasoning,
    ]

    /// Recognised by what it holds: some member of the record's object is reasoning.
    static let reasoning = RecordShape(
        .reasoning, by: [],
        [
            Text("response", .reply), Text("Response", .reply), Text("answer", .reply), Text("output", .reply),
            Text("deepseek_solution", .reply), Text("solution", .reply), Text("completion", .reply),
            Text("attempt", .reply), Text("final_answer", .reference),
        ])
}
