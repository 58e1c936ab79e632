import OpenAIProtocol

/// What the requests of both routes have in common.
struct SharedFields {
    var n: Int?
    var temperature: Double?
    var topP: Double?
    var presencePenalty: Double?
    var frequencyPenalty: Double?
    var seed: Int?
    var stop: [String]?
    var stream: Bool?
    var streamOptions: ChatStreamOptions?
    var additional: [String: JSONValue]

    /// Whether the answer is a stream of events.
    var streams: Bool { stream ?? false }
    /// Whether its last event carries the usage.
    var includesUsage: Bool { streamOptions?.includeUsage ?? false }

    private static let maximumStops = 16

    /// Checks the values and puts them into an order.
    func apply(to order: inout CompletionOrder, maximumChoices: Int) throws(RequestFailure) {
        if streamOptions != nil, !streams { throw .invalid("stream_options needs stream", param: "stream_options") }
        order.samples =
            try checked(
                n, "n", where: { $0 >= 1 && $0 <= maximumChoices / order.prompts.count }, allowed: choices(order))
            ?? 1
        order.temperature =
            try checked(temperature, "temperature", where: (0...2).contains, allowed: "from 0 to 2") ?? 1
        order.topP = try checked(topP, "top_p", where: { $0 > 0 && $0 <= 1 }, allowed: "above 0 and at most 1") ?? 1
        let penalties = "from -2 to 2"
        order.presencePenalty =
            try checked(presencePenalty, "presence_penalty", where: (-2...2).contains, allowed: penalties) ?? 0
        order.frequencyPenalty =
            try checked(frequencyPenalty, "frequency_penalty", where: (-2...2).contains, allowed: penalties) ?? 0
        order.seed = seed
        order.stop = stop ?? []
        guard order.stop.count <= Self.maximumStops, !order.stop.contains("") else {
            throw .invalid("stop has more than \(Self.maximumStops) texts, or an empty one", param: "stop")
        }
        try applyAdditional(to: &order)

        func choices(_ order: CompletionOrder) -> String {
            "at least 1, and at most \(maximumChoices) choices in all"
        }
    }

    /// The fields that other servers know too, and those that would change the answer if they were followed.
    private func applyAdditional(to order: inout CompletionOrder) throws(RequestFailure) {
        // Both ways of saying "all" that are in use.
        order.topK = try checked(integer("top_k"), "top_k", where: { $0 >= -1 }, allowed: "at least 1, or -1")
            .flatMap { $0 < 1 ? nil : $0 }
        order.minP = try checked(number("min_p"), "min_p", where: (0...1).contains, allowed: "from 0 to 1")
        order.repetitionPenalty = try checked(
            number("repetition_penalty"), "repetition_penalty", where: { $0 > 0 && $0 <= 100 },
            allowed: "above 0 and at most 100")
        for name in Self.refused.sorted() where !isWithoutEffect(name) {
            throw .invalid("\(name) is not known here", param: name)
        }
    }

    private static let refused: Set<String> = [
        "audio", "best_of", "echo", "function_call", "functions", "logit_bias", "modalities", "prediction",
        "response_format", "suffix", "tool_choice", "tools", "web_search_options",
    ]

    private func isWithoutEffect(_ name: String) -> Bool {
        switch (name, additional[name] ?? .null) {
        case (_, .null), (_, .array([])), (_, .bool(false)), (_, .object([:])): true
        case ("best_of", .integer(let count)): count == n ?? 1
        case ("suffix", .string("")), ("tool_choice", .string("none")), ("tool_choice", .string("auto")): true
        case ("modalities", .array([.string("text")])): true
        case ("response_format", .object(let format)): format["type"] == .string("text")
        default: false
        }
    }

    private func integer(_ name: String) throws(RequestFailure) -> Int? {
        switch additional[name] ?? .null {
        case .null: nil
        case .integer(let value): value
        default: throw .invalid("\(name) must be a whole number", param: name)
        }
    }

    private func number(_ name: String) throws(RequestFailure) -> Double? {
        switch additional[name] ?? .null {
        case .null: nil
        case .integer(let value): Double(value)
        case .number(let value): value
        default: throw .invalid("\(name) must be a number", param: name)
        }
    }
}
