import Serving
import Testing

@Suite struct CompletionFeedTests {
    private static func token(_ text: String) -> TokenLogProbability {
        TokenLogProbability(bytes: Array(text.utf8), logProbability: -1, alternatives: [])
    }

    @Test func whatWaitsIsJoined() async throws {
        let feed = CompletionFeed(limit: 10_000)
        for text in ["a", "b", ""] { #expect(feed.send(.text(choice: 0, text, [Self.token(text)]))) }
        feed.send(.text(choice: 1, "c", []))
        feed.send(.text(choice: 0, "d", []))
        feed.send(.ended(choice: 0, .stop, tokens: 4))
        #expect(
            try await feed.next() == [
                .text(choice: 0, "ab", [Self.token("a"), Self.token("b"), Self.token("")]), .text(choice: 1, "c", []),
                .text(choice: 0, "d", []), .ended(choice: 0, .stop, tokens: 4),
            ])
        let reader = Task { try await feed.next() }
        feed.send(.ended(choice: 1, .length, tokens: 1))
        #expect(try await reader.value == [.ended(choice: 1, .length, tokens: 1)])
    }

    @Test func whatWaitsIsBounded() async throws {
        let feed = CompletionFeed(limit: 1_000)
        var sent = 0
        while feed.send(.text(choice: 0, "x", [])) { sent += 1 }
        #expect(sent == 1_000 / 33)
        #expect(!feed.isOpen)
        await #expect(throws: CompletionFeedError.overflow) { try await feed.next() }
        // Fetching makes room.
        let other = CompletionFeed(limit: 1_000)
        for _ in 0..<200 {
            #expect(other.send(.text(choice: 0, String(repeating: "x", count: 900), [])))
            _ = try await other.next()
        }
    }

    @Test func failuresComeAfterWhatWasSent() async throws {
        let feed = CompletionFeed(limit: 1_000)
        feed.send(.text(choice: 0, "x", []))
        feed.fail("broken")
        feed.close()
        #expect(!feed.send(.text(choice: 0, "y", [])))
        await #expect(throws: CompletionFeedError.failed("broken")) { try await feed.next() }
        let other = CompletionFeed(limit: 1_000)
        other.send(.text(choice: 0, "x", []))
        other.fail("broken")
        #expect(try await other.next() == [.text(choice: 0, "x", [])])
        await #expect(throws: CompletionFeedError.failed("broken")) { try await other.next() }
    }

    @Test func aCancelledReaderClosesTheFeed() async throws {
        let feed = CompletionFeed(limit: 1_000)
        let reader = Task { try await feed.next() }
        reader.cancel()
        await #expect(throws: CompletionFeedError.closed) { try await reader.value }
        #expect(!feed.isOpen)
    }
}
