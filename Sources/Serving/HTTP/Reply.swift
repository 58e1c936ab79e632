import Foundation
import Hummingbird
import OpenAIProtocol

/// Turns the events of a feed into the answer to one request.
struct Reply: Sendable {
    let style: ReplyStyle
    let head: ReplyHead
    let order: CompletionOrder
    let promptTokens: Int
    let feed: CompletionFeed

    // MARK: In one piece

    /// Waits for all choices.
    func whole() async throws(RequestFailure) -> Response {
        var choices = Array(repeating: CollectedChoice(), count: order.choices)
        var open = choices.count
        var sampled = 0
        while open > 0 {
            for event in try await next() {
                switch event {
                case .text(let choice, let text, let tokens):
                    guard choices.indices.contains(choice) else { continue }
                    choices[choice].text += text
                    choices[choice].tokens += tokens
                case .ended(let choice, let reason, let tokens):
                    guard choices.indices.contains(choice), choices[choice].finishReason == nil else { continue }
                    choices[choice].finishReason = reason
                    sampled += tokens
                    open -= 1
                }
            }
        }
        return .json(
            style.whole(head, choices, usage: usage(sampled), alternatives: order.alternatives))
    }

    private func next() async throws(RequestFailure) -> [CompletionEvent] {
        do {
            return try await feed.next()
        } catch {
            throw RequestFailure(error)
        }
    }

    private func usage(_ sampled: Int) -> ChatUsage {
        ChatUsage(promptTokens: promptTokens, completionTokens: sampled)
    }

    // MARK: As a stream

    /// Writes events as they come; everything that waits at one time goes out in one piece. A writer that is slow makes
    /// nobody else wait: the feed gathers.
    ///
    /// - Throws: What the writer throws, and ``CompletionFeedError`` for a reader that was too slow. The answer is cut then.
    func stream(to writer: inout any ResponseBodyWriter, includesUsage: Bool) async throws {
        var open = order.choices
        var ended = Array(repeating: false, count: order.choices)
        var offsets = Array(repeating: 0, count: order.choices)
        var sampled = 0
        var piece = Data()
        for choice in 0..<order.choices {
            if let opening = style.opening(head, choice: choice) { try append(opening, to: &piece) }
        }
        while open > 0 {
            if !piece.isEmpty {
                try await writer.write(ByteBuffer(bytes: piece))
                piece = Data()
            }
            let events: [CompletionEvent]
            do {
                events = try await feed.next()
            } catch .failed(let message) {
                try append(APIErrorResponse(error: RequestFailure(500, message).error), to: &piece)
                try await writer.write(ByteBuffer(bytes: piece))
                return
            }
            for event in events {
                switch event {
                case .text(let choice, let text, let tokens):
                    guard offsets.indices.contains(choice) else { continue }
                    try append(
                        style.addition(
                            head, choice: choice, text: text, tokens: tokens, offset: offsets[choice],
                            finishReason: nil, alternatives: order.alternatives), to: &piece)
                    offsets[choice] += text.unicodeScalars.count
                case .ended(let choice, let reason, let tokens):
                    guard ended.indices.contains(choice), !ended[choice] else { continue }
                    ended[choice] = true
                    open -= 1
                    sampled += tokens
                    try append(
                        style.addition(
                            head, choice: choice, text: "", tokens: [], offset: offsets[choice], finishReason: reason,
                            alternatives: order.alternatives), to: &piece)
                }
            }
        }
        if includesUsage { try append(style.usage(head, usage(sampled)), to: &piece) }
        piece.append(contentsOf: ServerSentEvent(data: "[DONE]").wireFormat.utf8)
        try await writer.write(ByteBuffer(bytes: piece))
    }

    private func append(_ event: some Encodable, to piece: inout Data) throws {
        piece.append(contentsOf: "data: ".utf8)
        // JSON as it is written here has no line end in it.
        piece.append(try JSONBytes.of(event))
        piece.append(contentsOf: "\n\n".utf8)
    }
}
