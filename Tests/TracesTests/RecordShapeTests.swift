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
        #expect(try parse(#"{"response":"t"}"#).turns[0].fields == [TraceField(role: .reply, text: "t")])
        #expect(try parse(#"{"response":"r","trace":"t"}"#).turns[0].fields.map(\.role) == [.reply, .trace])
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
        #expect(record.turns[1].fields == [TraceField(role: .reply, text: "c2"), TraceField(role: .reply, text: "c3")])
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
        #expect(record.turns == [TraceTurn(problem: "q", fields: [TraceField(role: .reply, text: "a")])])
    }

    @Test func requestedFormatIsHeld() {
        #expect(throws: TraceError.self) { try parse(#"{"trace":"t"}"#, .gsm8k) }
        #expect(throws: TraceError.self) { try parse(#"{"trace":"t"}"#, .xml) }
    }

    @Test(
        arguments: TraceFormat.allCases.filter { ![.text, .fields, .preference].contains($0) })
    func conversionCarriesProblemReasoningAndAnswer(format: TraceFormat) throws {
        let record = try parse(
            #"{"id":"i<1>","messages":[{"role":"user","content":"q & é?"},{"role":"assistant","reasoning_content":"r < 5\n\"x\"","content":"The answer is 4."}]}"#
        )
        let bytes = try TraceConverter.convert(record, to: format)
        let again: TraceRecord
        if format.isLineBased {
            again = try TraceParser.parse(
                line: bytes, format: format == .gsm8k ? format : nil, location: record.location)
        } else {
            again = try TraceDocument(bytes: bytes, format: format, file: "f").records[0]
        }
        #expect(again.format == format)
        #expect(again.id == "i<1>")
        // Items of a reply without its request have no problem.
        if format != .responses { #expect(again.turns[0].problem == "q & é?") }
        let text = again.turns[0].fields.map(\.text).joined()
        #expect(text.contains("r < 5\n\"x\""))
        #expect(text.contains("The answer is 4."))
    }

    // MARK: Conversion

    private let trajectory =
        #"{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"q"},{"role":"assistant","#
        + #""reasoning_content":"So, we look it up.","content":"","tool_calls":[{"id":"c1"}]},{"role":"tool","tool_call_id":"c1","#
        + #""content":"4 < 5"},{"role":"assistant","reasoning_content":"Thus, it is 4.","content":"4"}]}"#

    /// Nothing of a trajectory is left out in the shapes that hold it.
    @Test(arguments: [
        TraceFormat.openaiChat, .sharegpt, .chatCompletion, .promptCompletion, .responses, .gemini, .log, .renderedText,
        .xml, .html,
    ])
    func conversionKeepsSystemAndToolTurns(format: TraceFormat) throws {
        let bytes = try TraceConverter.convert(try parse(trajectory), to: format)
        let text = String(decoding: bytes, as: UTF8.self).replacing("&lt;", with: "<").replacing("&quot;", with: "\"")
            .replacing("\\\"", with: "\"")
        for piece in ["Be brief.", "So, we look it up.", "4 < 5", "Thus, it is 4.", "\"c1\""] {
            #expect(text.contains(piece), "\(piece) is not in \(text)")
        }
        if format.isLineBased {
            let again = try parse(String(decoding: bytes, as: UTF8.self))
            #expect(again.hasReasoning)
            // Back again: the same messages.
            if format != .renderedText, format != .responses, format != .gemini {
                let back = try TraceConverter.convert(again, to: .openaiChat)
                for piece in ["Be brief.", "4 < 5", "c1"] {
                    #expect(String(decoding: back, as: UTF8.self).contains(piece))
                }
            }
        }
    }

    @Test(arguments: [
        TraceFormat.problemTrace, .gsm8k, .reasoning, .instruction, .preference, .ollama, .message, .generations,
    ])
    func conversionRefusesWhatAShapeCannotHold(format: TraceFormat) throws {
        let record = try parse(trajectory)
        #expect(throws: TraceError.self) { try TraceConverter.convert(record, to: format) }
    }

    @Test func chunksAreJoinedById() throws {
        var chunks = StreamChunks()
        let lines = [
            #"{"id":"a","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"So "}}]}"#,
            #"{"id":"b","choices":[{"index":0,"delta":{"content":"other"}}]}"#,
            #"{"id":"a","choices":[{"index":0,"delta":{"reasoning_content":"é.","content":null}}]}"#,
            #"{"id":"a","choices":[{"index":0,"delta":{"content":"4"},"finish_reason":"stop"}]}"#,
            #"{"id":"a","object":"chat.completion.chunk","choices":[]}"#,
        ]
        for line in lines {
            let isChunk = chunks.take(Array(line.utf8))
            #expect(isChunk)
            if line.contains("delta") { #expect(throws: TraceError.self) { try parse(line) } }
        }
        let isWhole = !chunks.take(Array(#"{"choices":[{"message":{"content":"x"}}]}"#.utf8))
        #expect(isWhole)
        let joined = try chunks.lines().map { try parse(String(decoding: $0, as: UTF8.self)) }
        #expect(joined.map(\.id) == ["a", "b"])
        #expect(
            joined[0].turns[0].fields == [
                TraceField(role: .reasoning, text: "So é."), TraceField(role: .content, text: "4"),
            ])
    }

    // MARK: Where reasoning is

    @Test func inventoryNamesMembers() throws {
        let reasoning = "So, we need to count the things that are here, and there are seven."
        let record = try parse(
            #"{"choices":[{"message":{"content":"x","reasoning":"\#(reasoning)","reasoning_details":[{"type":"reasoning.text","#
                + #""text":"\#(reasoning)","signature":"s"}]},"logprobs":{"content":[]}}]}"#)
        let inventory = record.inventory
        #expect(inventory.reasoning == ["choices[].message.reasoning"])
        #expect(inventory.replies == ["choices[].message.content"])
        #expect(inventory.copies == ["choices[].message.reasoning_details[].text"])
        #expect(inventory.companions == ["choices[].logprobs"])
        #expect(inventory.signatures == ["choices[].message.reasoning_details[].signature"])
    }

    @Test(arguments: [
        ("{", "one line"), (#"{"trace":"t","score":NaN}"#, "NaN is no JSON"), ("[1]", "is an array"),
        (#"[{"trace":"t"}]"#, "jq"), (#"{"a":1}"#, "--field"), (#"{"question":"q"}"#, "answer"),
    ])
    func errorsSayWhatToDo(line: String, words: String) {
        let error = #expect(throws: TraceError.self) { try parse(line) }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test(
        arguments: [
            ("a.b", 2), ("$.a", 1), ("a[].b[0]", 4), ("a[*]", 2), ("", nil), ("a..b", nil), ("a[b]", nil), ("a[", nil),
        ] as [(String, Int?)])
    func paths(text: String, steps: Int?) {
        #expect(TraceFieldPaths.Path(text)?.steps.count == steps)
    }

    @Test func wildcardsCoverPlaces() throws {
        let path = try #require(TraceFieldPaths.Path("a[].b"))
        #expect(path.covers("a[3].b") && path.covers("a[3].b.c") && !path.covers("a[3].c") && !path.covers("a"))
    }
}
