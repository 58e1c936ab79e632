import OpenAIProtocol

/// An endpoint's answer. Whether it is any good (empty, refused, cut) is for the caller to judge.
public struct ChatResult: Sendable {
    /// One answer of the completion.
    public struct Choice: Sendable, Hashable {
        /// Its position.
        public var index: Int
        /// What the model said; empty when there was no content.
        public var text: String
        /// The reasoning a service returns beside the content; nil when none came.
        public var reasoning: String?
        /// Why the model would not answer.
        public var refusal: String?
        /// Why the answer ended; nil when the service did not say.
        public var finishReason: FinishReason?
    }

    /// Where the time went.
    public struct Timing: Sendable, Hashable {
        /// From the call to the result: waiting for a turn, failed attempts and backoff included.
        public var total: Duration
        /// Of the attempt that succeeded, from its start to its end.
        public var attempt: Duration
        /// Of the attempt that succeeded, from its start to the response head.
        public var head: Duration
    }

    /// The answers, by index; at least one.
    public var choices: [Choice]
    /// The service's name for the completion.
    public var id: String
    /// The model that answered, as the service names it.
    public var model: String
    /// Tokens used, if the service said so.
    public var usage: ChatUsage?
    /// Transport attempts made, at least 1.
    public var attempts: Int
    /// Where the time went.
    public var timing: Timing

    /// The first answer's text.
    public var text: String { choices.first?.text ?? "" }
    /// The first answer's reasoning.
    public var reasoning: String? { choices.first?.reasoning }
    /// The first answer's refusal.
    public var refusal: String? { choices.first?.refusal }
    /// Why the first answer ended.
    public var finishReason: FinishReason? { choices.first?.finishReason }
}

/// The content of a response, before the client adds what it knows.
struct ChatAnswer: Sendable {
    var choices: [ChatResult.Choice]
    var id: String
    var model: String
    var usage: ChatUsage?

    init(_ completion: ChatCompletion) {
        choices = completion.choices.sorted { $0.index < $1.index }.map { choice in
            ChatResult.Choice(
                index: choice.index, text: choice.message.content?.text ?? "", reasoning: choice.message.reasoningText,
                refusal: choice.message.refusal, finishReason: choice.finishReason)
        }
        id = completion.id
        model = completion.model
        usage = completion.usage
    }

    /// An answer to be filled by chunks.
    init() {
        choices = []
        id = ""
        model = ""
    }

    mutating func add(_ chunk: ChatCompletionChunk) {
        if id.isEmpty { id = chunk.id }
        if model.isEmpty { model = chunk.model }
        if let usage = chunk.usage { self.usage = usage }
        for part in chunk.choices {
            let position =
                choices.firstIndex { $0.index >= part.index } ?? choices.endIndex
            if position == choices.endIndex || choices[position].index != part.index {
                choices.insert(ChatResult.Choice(index: part.index, text: ""), at: position)
            }
            choices[position].text += part.delta.content ?? ""
            if let reasoning = part.delta.reasoningText {
                choices[position].reasoning = (choices[position].reasoning ?? "") + reasoning
            }
            if let refusal = part.delta.refusal {
                choices[position].refusal = (choices[position].refusal ?? "") + refusal
            }
            if let reason = part.finishReason { choices[position].finishReason = reason }
        }
    }

    /// Whether every answer has ended, so that a stream without `[DONE]` may still count as whole.
    var isFinished: Bool { !choices.isEmpty && choices.allSatisfy { $0.finishReason != nil } }
}
