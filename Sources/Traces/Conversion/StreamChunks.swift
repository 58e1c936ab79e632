import StrictJSON

/// Joins the chunks of streamed chat completions, one a line, into whole completions: by id, and by choice.
package struct StreamChunks {
    /// A choice as far as it has come.
    private struct Choice {
        var content = ""
        /// By member, in the order in which they came: `reasoning_content`, `reasoning`, `thinking`.
        var reasoning: [(name: String, text: String)] = []
        var finish: [UInt8]?
        var toolCalls: [[UInt8]] = []
    }

    private struct Completion {
        var id: String
        var model: String?
        var choices: [Int: Choice] = [:]
    }

    private var completions: [Completion] = []
    private var places: [String: Int] = [:]

    /// Nothing joined.
    package init() {}

    /// Takes a line if it is a chunk.
    ///
    /// - Returns: Whether it is one.
    package mutating func take(_ line: [UInt8]) -> Bool {
        line.withUnsafeBytes { bytes in
            guard let json = try? JSONView(scanning: bytes) else { return false }
            return take(RecordView(json: json, location: SourceLocation(file: "", line: 1)))
        }
    }

    private mutating func take(_ view: RecordView) -> Bool {
        guard view.kind(0) == .object, let choices = view.member(0, "choices"), view.kind(choices) == .array else {
            return false
        }
        let elements = view.tape.elements(of: choices)
        let isChunk =
            elements.contains { view.member($0, "delta") != nil }
            || view.anyMember(0, "object").flatMap(view.loose) == "chat.completion.chunk"
        guard isChunk else { return false }
        let id = view.anyMember(0, "id").flatMap(view.loose) ?? ""
        let place = places[id] ?? completions.count
        if place == completions.count {
            places[id] = place
            completions.append(Completion(id: id))
        }
        completions[place].model = completions[place].model ?? view.anyMember(0, "model").flatMap(view.loose)
        for (number, element) in elements.enumerated() where view.kind(element) == .object {
            let index = view.anyMember(element, "index").flatMap(view.loose).flatMap { Int($0) } ?? number
            var choice = completions[place].choices[index] ?? Choice()
            if let delta = view.member(element, "delta") { Self.add(view, delta, to: &choice) }
            if let finish = view.member(element, "finish_reason") { choice.finish = Array(view.json.text(finish)) }
            completions[place].choices[index] = choice
        }
        return true
    }

    private static func add(_ view: RecordView, _ delta: Int, to choice: inout Choice) {
        guard view.kind(delta) == .object else { return }
        for (key, value) in view.tape.members(of: delta) {
            let name = view.string(key)
            if name == "content", view.kind(value) == .string {
                choice.content += view.string(value)
            } else if ReasoningTable.isReasoningMember(name), view.kind(value) == .string {
                if let known = choice.reasoning.firstIndex(where: { $0.name == name }) {
                    choice.reasoning[known].text += view.string(value)
                } else {
                    choice.reasoning.append((name, view.string(value)))
                }
            } else if name == "tool_calls", view.kind(value) == .array {
                choice.toolCalls += view.tape.elements(of: value).map { Array(view.json.text($0)) }
            }
        }
    }

    /// The joined completions, one line each, in the order in which their first chunks came.
    package func lines() -> [[UInt8]] {
        completions.map { completion in
            var object = JSONObjectWriter()
            if !completion.id.isEmpty { object.string("id", completion.id) }
            object.string("model", completion.model)
            let choices = completion.choices.sorted { $0.key < $1.key }.map { index, choice -> [UInt8] in
                var message = JSONObjectWriter()
                message.string("role", "assistant")
                for part in choice.reasoning where !part.text.isEmpty { message.string(part.name, part.text) }
                message.string("content", choice.content)
                if !choice.toolCalls.isEmpty {
                    message.raw("tool_calls", [0x5B] + choice.toolCalls.joined(separator: [0x2C, 0x20]) + [0x5D])
                }
                var object = JSONObjectWriter()
                object.raw("index", Array(String(index).utf8))
                object.raw("message", message.finish())
                if let finish = choice.finish { object.raw("finish_reason", finish) }
                return object.finish()
            }
            object.raw("choices", [0x5B] + choices.joined(separator: [0x2C, 0x20]) + [0x5D])
            return object.finish()
        }
    }
}
