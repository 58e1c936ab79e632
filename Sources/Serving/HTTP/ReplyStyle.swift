import OpenAIProtocol

/// What all parts of one answer carry.
struct ReplyHead: Hashable, Sendable {
    var id: String
    var created: Int
    var model: String
}

/// One choice of a whole answer.
struct CollectedChoice: Sendable {
    var text = ""
    var tokens: [TokenLogProbability] = []
    var finishReason: FinishReason?
}

/// How answers of a route are written.
enum ReplyStyle: Sendable {
    case chat, text

    /// A name for a new answer.
    func id(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        let padded = String(repeating: "0", count: max(0, 16 - digits.count)) + digits
        return (self == .chat ? "chatcmpl-" : "cmpl-") + padded
    }

    /// A whole answer.
    func whole(
        _ head: ReplyHead, _ choices: [CollectedChoice], usage: ChatUsage, alternatives: Int?
    ) -> any Encodable & Sendable {
        switch self {
        case .chat:
            ChatCompletion(
                id: head.id, created: head.created, model: head.model,
                choices: choices.enumerated().map { index, choice in
                    ChatChoice(
                        index: index, message: ChatMessage(role: .assistant, content: choice.text),
                        finishReason: choice.finishReason,
                        logprobs: alternatives == nil ? nil : Self.chatLogProbabilities(choice.tokens))
                }, usage: usage)
        case .text:
            TextCompletion(
                id: head.id, created: head.created, model: head.model,
                choices: choices.enumerated().map { index, choice in
                    TextChoice(
                        index: index, text: choice.text, finishReason: choice.finishReason,
                        logprobs: alternatives.map { Self.textLogProbabilities(choice.tokens, from: 0, $0) })
                }, usage: usage)
        }
    }

    /// The first event of a choice, where the route has one.
    func opening(_ head: ReplyHead, choice: Int) -> (any Encodable & Sendable)? {
        guard self == .chat else { return nil }
        return chatChunk(head, .init(index: choice, delta: ChatDelta(role: .assistant, content: "")))
    }

    /// An event that adds text to a choice, or ends it.
    ///
    /// - Parameter offset: Where the text begins in the whole text, in Unicode scalars.
    func addition(
        _ head: ReplyHead, choice: Int, text: String, tokens: [TokenLogProbability], offset: Int,
        finishReason: FinishReason?, alternatives: Int?
    ) -> any Encodable & Sendable {
        switch self {
        case .chat:
            // The last event has an empty delta.
            let delta = finishReason != nil && text.isEmpty ? ChatDelta() : ChatDelta(content: text)
            return chatChunk(
                head,
                .init(
                    index: choice, delta: delta, finishReason: finishReason,
                    logprobs: alternatives == nil || tokens.isEmpty ? nil : Self.chatLogProbabilities(tokens)))
        case .text:
            return TextCompletion(
                id: head.id, created: head.created, model: head.model,
                choices: [
                    TextChoice(
                        index: choice, text: text, finishReason: finishReason,
                        logprobs: tokens.isEmpty
                            ? nil : alternatives.map { Self.textLogProbabilities(tokens, from: offset, $0) })
                ])
        }
    }

    /// The event that carries the usage.
    func usage(_ head: ReplyHead, _ usage: ChatUsage) -> any Encodable & Sendable {
        switch self {
        case .chat:
            ChatCompletionChunk(id: head.id, created: head.created, model: head.model, choices: [], usage: usage)
        case .text:
            TextCompletion(id: head.id, created: head.created, model: head.model, choices: [], usage: usage)
        }
    }

    private func chatChunk(_ head: ReplyHead, _ choice: ChatChunkChoice) -> ChatCompletionChunk {
        ChatCompletionChunk(id: head.id, created: head.created, model: head.model, choices: [choice])
    }

    // MARK: Log-probabilities

    /// The lowest value that is sent; minus infinity has no form in JSON.
    private static func finite(_ logProbability: Double) -> Double { max(logProbability, -9999) }

    private static func chatLogProbabilities(_ tokens: [TokenLogProbability]) -> ChatLogProbabilities {
        ChatLogProbabilities(
            content: tokens.map { token in
                .init(
                    token: String(decoding: token.bytes, as: UTF8.self), logprob: finite(token.logProbability),
                    bytes: token.bytes,
                    topLogprobs: token.alternatives.map {
                        .init(
                            token: String(decoding: $0.bytes, as: UTF8.self), logprob: finite($0.logProbability),
                            bytes: $0.bytes)
                    })
            })
    }

    private static func textLogProbabilities(
        _ tokens: [TokenLogProbability], from start: Int, _ alternatives: Int
    ) -> TextLogProbabilities {
        var offset = start
        var offsets: [Int] = []
        var tops: [[String: Double]] = []
        let texts = tokens.map { String(decoding: $0.bytes, as: UTF8.self) }
        for (token, text) in zip(tokens, texts) {
            offsets.append(offset)
            offset += text.unicodeScalars.count
            var top = [text: finite(token.logProbability)]
            // Tokens that differ in bytes that are no text read alike; the likelier one is shown.
            for alternative in token.alternatives {
                top.merge([
                    String(decoding: alternative.bytes, as: UTF8.self): finite(alternative.logProbability)
                ]) { max($0, $1) }
            }
            tops.append(top)
        }
        return TextLogProbabilities(
            tokens: texts, tokenLogprobs: tokens.map { finite($0.logProbability) },
            topLogprobs: alternatives == 0 ? nil : tops, textOffset: offsets)
    }
}
