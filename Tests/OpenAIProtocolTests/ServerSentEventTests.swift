import OpenAIProtocol
import TestSupport
import Testing

@Suite struct ServerSentEventTests {
    static let streams: [(text: String, events: [ServerSentEvent])] = [
        ("data: a\n\ndata: b\n\n", [.init(data: "a"), .init(data: "b")]),
        ("data:a\r\n\r\ndata: [DONE]\r\n\r\n", [.init(data: "a"), .init(data: "[DONE]")]),
        ("data: a\r\rdata:  b\r\r", [.init(data: "a"), .init(data: " b")]),
        ("data: one\ndata: two\r\ndata:\rdata\n\n", [.init(data: "one\ntwo\n\n")]),
        (": ping\n\n:\n\ndata: x\n\n: end\n\n", [.init(data: "x")]),
        ("\u{FEFF}data: bom\n\n", [.init(data: "bom")]),
        ("event: error\nid: 7\nretry: 10\nother: y\ndata: é→😀\n\n", [.init(event: "error", data: "é→😀", id: "7")]),
        ("event: only\n\ndata: z\n\n", [.init(data: "z")]),
        ("\n\n\r\n\r\n", []),
        ("data: {\"a\": 1}\n\ndata: [DONE]", [.init(data: "{\"a\": 1}"), .init(data: "[DONE]")]),
    ]

    func parse(_ chunks: [[UInt8]]) throws -> [ServerSentEvent] {
        var parser = ServerSentEventParser()
        var events: [ServerSentEvent] = []
        for chunk in chunks { events += try parser.append(chunk) }
        if let last = parser.finish() { events.append(last) }
        return events
    }

    @Test(arguments: streams.indices)
    func everySplitGivesTheSameEvents(_ index: Int) throws {
        let (text, events) = Self.streams[index]
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            #expect(try parse([Array(bytes[..<cut]), Array(bytes[cut...])]) == events, "cut at \(cut)")
        }
        #expect(try parse(bytes.map { [$0] }) == events)
    }

    @Test func randomEventsRoundTripThroughRandomChunks() throws {
        for seed in 0..<200 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let alphabet = ["a", " ", ":", "é", "\n", "data: ", "{", "😀"]
            let events = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                ServerSentEvent(
                    data: (0..<Int.random(in: 0...9, using: &random)).map { _ in
                        alphabet.randomElement(using: &random) ?? ""
                    }
                    .joined())
            }
            var bytes = events.flatMap { Array($0.wireFormat.utf8) }[...]
            var chunks: [[UInt8]] = []
            while !bytes.isEmpty {
                let count = Int.random(in: 1...7, using: &random)
                chunks.append(Array(bytes.prefix(count)))
                bytes = bytes.dropFirst(count)
            }
            #expect(try parse(chunks) == events, "seed \(seed)")
        }
    }

    @Test func invalidUTF8BecomesReplacementCharacters() throws {
        #expect(try parse([Array("data: a".utf8), [0xFF], Array("b\n\n".utf8)]) == [.init(data: "a\u{FFFD}b")])
    }

    @Test(arguments: [["data: ", "123456789"], ["data: 1234\n", "data: 5678\n"], [":", "               "]])
    func anEventBeyondTheLimitIsAnError(_ chunks: [String]) throws {
        var parser = ServerSentEventParser(maximumEventBytes: 12)
        #expect(try parser.append("data: ab\n\n".utf8).count == 1)
        #expect(throws: ServerSentEventError.eventTooLarge(limit: 12)) {
            for chunk in chunks { _ = try parser.append(chunk.utf8) }
        }
    }
}
