import Testing

@testable import Traces

@Suite struct RecordShapeTests {
    private func parse(_ text: String, _ format: TraceFormat? = nil) throws -> TraceRecord {
        try TraceParser.parse(line: Array(text.utf8), format: format, location: SourceLocation(file: "f", line: 1))
    }

    @Test func problemTrace() throws {
        let record = try parse(
            #"{"id":"a1","tenant":"acme","problem":"p?","trace":"t","solution":"s","metadata":{"k": [1]}}"#)
        #expect(record.format == .problemTrace)
        #expect(record.id == "a1")
        #expect(record.tenant == "acme")
        #expect(record.solution == "s")
        #expect(record.metadata == Array(#"{"k": [1]}"#.utf8))
        #expect(record.turns == [TraceTurn(problem: "p?", fields: [TraceField(role: .trace, text: "t")])])
        #expect(try parse(#"{"original_trace":"t"}"#).turns[0].fields[0].text == "t")
        #expect(try parse(#"{"response":"t"}"#).turns[0].fields == [TraceField(role: .trace, text: "t")])
        #expect(try parse(#"{"response":"r","trace":"t"}"#).turns[0].fields.map(\.role) == [.trace, .content])
    }

    @Test func gsm8k() throws {
        let record = try parse(##"{"question":"q","answer":"a\n#### 72"}"##)
        #expect(record.format == .gsm8k)
        #expect(record.turns[0].problem == "q")
        #expect(record.turns[0].fields[0].text == "a\n#### 72")
    }

    @Test func chatWithSeveralTurnsAndParts() throws {
        let record = try parse(
            #"{"messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"q1"},"#
                + #"{"type":"image_url","image_url":{"url":"u"}}]},{"role":"assistant","reasoning_content":"r1","content":"c1"},"#
                + #"{"role":"user","content":"q2"},{"role":"assistant","content":null,"tool_calls":[]},"#
                + #"{"role":"assistant","content":[{"type":"text","text":"c2"},{"type":"text","text":"c3"}]}]}"#)
        #expect(record.format == .openaiChat)
        #expect(record.turns.count == 2)
        #expect(record.turns[0].problem == "q1")
        #expect(
            record.turns[0].fields == [
                TraceField(role: .reasoning, text: "r1"), TraceField(role: .content, text: "c1"),
            ])
        #expect(record.turns[1].problem == "q2")
        #expect(record.turns[1].fields == [TraceField(role: .trace, text: "c2"), TraceField(role: .trace, text: "c3")])
    }

    @Test func chatCompletion() throws {
        let record = try parse(
            #"{"prompt":"p","choices":[{"index":0,"message":{"role":"assistant","content":"c","reasoning":"r"}}]}"#)
        #expect(record.format == .chatCompletion)
        #expect(record.turns[0].problem == "p")
        #expect(record.turns[0].fields.map(\.role) == [.content, .reasoning])
    }

    @Test func shareGPT() throws {
        let record = try parse(
            #"{"conversations":[{"from":"system","value":"s"},{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}"#
        )
        #expect(record.format == .sharegpt)
        #expect(record.turns == [TraceTurn(problem: "q", fields: [TraceField(role: .trace, text: "a")])])
    }

    @Test func requestedFormatIsHeld() {
        #expect(throws: TraceError.self) { try parse(#"{"trace":"t"}"#, .gsm8k) }
        #expect(throws: TraceError.self) { try parse(#"{"trace":"t"}"#, .xml) }
    }

    @Test(arguments: [TraceFormat.problemTrace, .gsm8k, .openaiChat, .chatCompletion, .sharegpt, .xml, .html])
    func conversionCarriesProblemReasoningAndAnswer(format: TraceFormat) throws {
        let record = try parse(
            #"{"id":"i<1>","messages":[{"role":"user","content":"q & é?"},{"role":"assistant","reasoning_content":"r < 5\n\"x\"","content":"The answer is 4."}]}"#
        )
        let bytes = try TraceConverter.convert(record, to: format)
        let again: TraceRecord
        if format.isLineBased {
            again = try TraceParser.parse(line: bytes, format: nil, location: record.location)
        } else {
            again = try TraceDocument(bytes: bytes, format: format, file: "f").records[0]
        }
        #expect(again.format == format)
        #expect(again.id == "i<1>")
        #expect(again.turns[0].problem == "q & é?")
        let text = again.turns[0].fields.map(\.text).joined()
        #expect(text.contains("r < 5\n\"x\""))
        #expect(text.contains("The answer is 4."))
    }
}
