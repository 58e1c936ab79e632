import OpenAIProtocol
import Synchronization

/// A token of a completion with its log-probability.
package struct TokenLogProbability: Hashable, Sendable {
    /// Another token that was possible.
    package struct Alternative: Hashable, Sendable {
        /// The bytes it stands for, not always whole UTF-8.
        package var bytes: [UInt8]
        /// The model's own, in nats.
        package var logProbability: Double

        package init(bytes: [UInt8], logProbability: Double) {
            self.bytes = bytes
            self.logProbability = logProbability
        }
    }

    /// The bytes the token stands for, not always whole UTF-8.
    package var bytes: [UInt8]
    /// The model's own, in nats: before penalties, temperature and truncation.
    package var logProbability: Double
    /// The likeliest tokens at this position, the likeliest first.
    package var alternatives: [Alternative]

    package init(bytes: [UInt8], logProbability: Double, alternatives: [Alternative]) {
        self.bytes = bytes
        self.logProbability = logProbability
        self.alternatives = alternatives
    }
}

/// What happened to one choice of an order.
package enum CompletionEvent: Hashable, Sendable {
    /// More text, of whole characters, and the tokens that it came from. Either may be empty.
    case text(choice: Int, String, [TokenLogProbability])
    /// The choice has ended after so many sampled tokens.
    case ended(choice: Int, FinishReason, tokens: Int)
}

/// Why a feed ended before its order was complete.
package enum CompletionFeedError: Error, Hashable, Sendable {
    /// Whoever reads it has gone.
    case closed
    /// More waited to be read than is allowed: the reader is too slow.
    case overflow
    /// The backend failed.
    case failed(String)
}

/// Carries an order's events from the backend, which never waits, to one reader, who may be slow.
///
/// What the reader has not fetched is joined, and its size is bounded: a reader who lets too much gather loses all of it.
package final class CompletionFeed: Sendable {
    /// Text that waits, or an ending; grows in place.
    private struct Part {
        var choice: Int
        var text = ""
        var tokens: [TokenLogProbability] = []
        var ending: CompletionEvent?

        var event: CompletionEvent { ending ?? .text(choice: choice, text, tokens) }
    }

    private struct State {
        var parts: [Part] = []
        var bytes = 0
        var end: CompletionFeedError?
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// The most bytes that may wait, as ``CompletionFeed/size(of:)`` counts them.
    package let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: The most bytes that may wait.
    package init(limit: Int) {
        self.limit = limit
    }

    // MARK: The backend's side

    /// Whether anybody wants more.
    package var isOpen: Bool { state.withLock { $0.end == nil } }

    /// Adds an event.
    ///
    /// - Returns: Whether anybody wants more.
    @discardableResult
    package func send(_ event: CompletionEvent) -> Bool {
        let (isOpen, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            guard state.end == nil else { return (false, nil) }
            state.bytes += Self.size(of: event)
            if state.bytes > limit {
                state.end = .overflow
                state.parts = []
            } else {
                Self.add(event, to: &state.parts)
            }
            defer { state.waiter = nil }
            return (state.end == nil, state.waiter)
        }
        waiter?.resume()
        return isOpen
    }

    private static func add(_ event: CompletionEvent, to parts: inout [Part]) {
        switch event {
        case .text(let choice, let text, let tokens):
            let last = parts.count - 1
            if last >= 0, parts[last].choice == choice, parts[last].ending == nil {
                parts[last].text += text
                parts[last].tokens += tokens
            } else {
                parts.append(Part(choice: choice, text: text, tokens: tokens))
            }
        case .ended(let choice, _, _):
            parts.append(Part(choice: choice, ending: event))
        }
    }

    /// Ends the feed because the backend cannot go on. What was sent before can still be read.
    package func fail(_ message: String) {
        finish(.failed(message), dropping: false)
    }

    // MARK: The reader's side

    /// Ends the feed because nobody reads any more.
    package func close() {
        finish(.closed, dropping: true)
    }

    /// All events that wait; waits for one if there is none. For one task at a time.
    ///
    /// - Throws: ``CompletionFeedError``. A cancelled task closes the feed.
    package func next() async throws(CompletionFeedError) -> [CompletionEvent] {
        while true {
            let (parts, end) = state.withLock { state -> ([Part], CompletionFeedError?) in
                defer {
                    state.parts = []
                    state.bytes = 0
                }
                return (state.parts, state.end)
            }
            if !parts.isEmpty { return parts.map(\.event) }
            if let end { throw end }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isReady = state.withLock { state in
                        guard state.parts.isEmpty, state.end == nil else { return true }
                        state.waiter = continuation
                        return false
                    }
                    if isReady { continuation.resume() }
                }
            } onCancel: {
                close()
            }
        }
    }

    private func finish(_ end: CompletionFeedError, dropping: Bool) {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            if state.end == nil { state.end = end }
            if dropping {
                state.parts = []
                state.bytes = 0
            }
            return state.waiter
        }
        waiter?.resume()
    }

    /// What an event counts for, roughly its bytes in memory.
    static func size(of event: CompletionEvent) -> Int {
        guard case .text(_, let text, let tokens) = event else { return 64 }
        return tokens.reduce(32 + text.utf8.count) { size, token in
            token.alternatives.reduce(size + 64 + token.bytes.count) { $0 + 48 + $1.bytes.count }
        }
    }
}
