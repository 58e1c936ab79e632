import Denature
import Foundation
import KeyedPRF
import TestSupport
import Testing
import TraceRewriting
import Traces

@Suite struct ReadingTests {
    private let line = #"{"trace": "\#(shapeReasoning)"}"#

    /// Bytes outside the rewritten strings stay, those between the records too.
    @Test(arguments: ["\n", "\n\n\n", "\r\n \t\r\n", "\n\n"])
    func blankLinesStay(between: String) async throws {
        let fixture = try DefenceFixture()
        try fixture.write("in.jsonl", between + line + between + line + between)
        let defence = try Defence(fixture.settings(), keyring: fixture.keyring)
        _ = try await defence.sanitize().report()
        let new = try await defence.rewrite(line: Array(line.utf8))
        let text = String(decoding: try #require(new.bytes), as: UTF8.self)
        #expect(text != line)
        #expect(
            String(decoding: try fixture.bytes("out.jsonl"), as: UTF8.self) == between + text + between + text + between
        )
    }

    @Test func namesMayHaveBlanksBetweenThem() throws {
        let order = try #require(TraceMarks.Order(settingText: "lexical, trigger"))
        #expect(order == [.lexical, .trigger])
        #expect(TraceMarks.Order(settingText: "lexical, nothing") == nil)
    }

    @Test func recordsWithoutCertainReasoningAreCounted() async throws {
        let fixture = try DefenceFixture()
        try fixture.write(
            "in.jsonl", line + "\n" + #"{"prompt": "p", "completion": "Therefore, we need to go."}"# + "\n")
        let summary = try await Defence(fixture.settings(), keyring: fixture.keyring).sanitize().report()
        #expect(summary.states[.rewritten] == 1)
        #expect(summary.withoutReasoning == 1)
    }

    @Test func companionsAndSignaturesAreCounted() async throws {
        let fixture = try DefenceFixture()
        let message =
            #"{"role": "assistant", "content": [{"type": "thinking", "thinking": "\#(shapeReasoning)", "signature": "s"}], "#
            + #""token_ids": [1]}"#
        try fixture.write("in.jsonl", message + "\n" + message + "\n")
        let summary = try await Defence(fixture.settings(), keyring: fixture.keyring).sanitize().report()
        #expect(summary.companions == ["token_ids": 2])
        #expect(summary.signatures == ["content[].signature": 2])
    }

    // MARK: Detection

    /// Marked text in any member is found, and text that is not read is said to be none.
    @Test(arguments: [
        (#"{"messages": [{"role": "assistant", "content": "42", "thinking": "$R"}]}"#, true),
        (#"{"messages": [{"role": "assistant", "content": "$R"}]}"#, true),
        (#"{"trace": "x", "my_notes": "$R $R"}"#, false),
        (#"{"reasoning": "x", "response": "$R $R"}"#, false),
    ])
    func detectionSaysWhatItDidNotRead(shape: String, isRead: Bool) async throws {
        let fixture = try DefenceFixture()
        let defence = try Defence(fixture.settings(), keyring: fixture.keyring)
        var lines = ""
        for number in 0..<12 {
            let trace = "{\"trace\": \"\(shapeReasoning.replacing("pears", with: "items\(number)"))\"}"
            let bytes = try #require(try await defence.rewrite(line: Array(trace.utf8)).bytes)
            let record = try TraceParser.parse(
                line: bytes, format: nil, location: SourceLocation(file: "f", line: 1))
            lines += shape.replacing("$R", with: record.turns[0].fields[0].text) + "\n"
        }
        try fixture.write("suspect.jsonl", lines)
        var settings = DetectSettings()
        settings.file = fixture.folder.file("suspect.jsonl")
        settings.scheme = "lexical"
        settings.tenant = "acme"
        let report = try await Detector(settings, keyring: fixture.keyring).run().report()
        let coverage = try #require(report.coverage)
        #expect(coverage.records == 12)
        #expect(coverage.isMostlySkipped == !isRead)
        guard case .texts(let results)? = report.pooled else {
            Issue.record("no texts were tested")
            return
        }
        #expect(results.contains { $0.scored > 0 } == isRead)
    }

    // MARK: Inspection and conversion

    @Test func inspectionNamesMembersAndShowsRegions() throws {
        let fixture = try DefenceFixture()
        try fixture.write(
            "in.jsonl",
            line + "\n"
                + #"{"messages": [{"role": "assistant", "content": "<think>So, 3 and 4.</think>It is 7."}]}"# + "\n")
        var settings = TracesInspectSettings()
        settings.input.file = fixture.folder.file("in.jsonl")
        let inspection = try TraceInspection(settings)
        let report = try inspection.run { _ in }
        #expect(report.formats == ["problem-trace": 1, "openai-chat": 1])
        #expect(report.reasoning == ["trace": 1, "messages[].content": 1])
        let shown = try #require(try inspection.record(2))
        #expect(shown.fields[0].pieces.map(\.text).joined() == "<think>So, 3 and 4.</think>It is 7.")
        #expect(
            shown.fields[0].pieces.filter { $0.kind == .reasoning }.map(\.text) == ["So, ", " and ", "."])
        #expect(shown.fields[0].pieces.filter { $0.kind == .protected }.map(\.text) == ["3", "4"])
        #expect(try inspection.record(3) == nil)
    }

    @Test func conversionJoinsChunks() async throws {
        let fixture = try DefenceFixture()
        try fixture.write(
            "in.jsonl",
            #"{"id": "a", "choices": [{"index": 0, "delta": {"reasoning_content": "So "}}]}"# + "\n" + line + "\n"
                + #"{"id": "a", "choices": [{"index": 0, "delta": {"reasoning_content": "it is.", "content": "7"}}]}"#
                + "\n")
        var settings = TracesConvertSettings()
        settings.input.file = fixture.folder.file("in.jsonl")
        settings.to = .openaiChat
        settings.output = fixture.folder.file("out.jsonl")
        #expect(try await TraceConversion(settings).run().report() == 2)
        let text = String(decoding: try fixture.bytes("out.jsonl"), as: UTF8.self)
        #expect(text.contains(#""reasoning_content": "So it is.", "content": "7""#))
    }
}
