/// What completions and the events of streamed ones look like around their choices, of chats and of texts alike.
struct CompletionEnvelope<Choice: Codable>: Codable {
    /// The kind of body, such as `chat.completion`; written, and not looked at when read.
    var object: String
    var id: String
    var created: Int
    var model: String
    var choices: [Choice]
    var usage: ChatUsage?
    var systemFingerprint: String?

    private enum CodingKeys: String, CodingKey {
        case id, object, created, model, choices, usage
        case systemFingerprint = "system_fingerprint"
    }
}

extension CompletionEnvelope {
    /// Only `choices` must be there: services leave out the rest, or write it as something else.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(from: decoder, choices: container.decode([Choice].self, forKey: .choices))
    }

    /// What stands around choices that were read already.
    init(from decoder: any Decoder, choices: [Choice]) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.choices = choices
        object = container.lenient(String.self, .object) ?? ""
        id = container.lenient(String.self, .id) ?? ""
        created = container.lenient(Int.self, .created) ?? 0
        model = container.lenient(String.self, .model) ?? ""
        usage = container.lenient(ChatUsage.self, .usage)
        systemFingerprint = container.lenient(String.self, .systemFingerprint)
    }
}
