import Foundation
import TestSupport
import Testing

@testable import Traces

@Suite struct TraceDocumentTests {
    private func open(_ text: String, _ format: TraceFormat = .xml) throws -> TraceDocument {
        try TraceDocument(bytes: Array(text.utf8), format: format, file: "in.\(format.rawValue)")
    }

    private func failure(_ text: String, _ format: TraceFormat = .xml) -> TraceError? {
        do {
            _ = try open(text, format)
            return nil
        } catch {
            return error as? TraceError
        }
    }

    private let sample = """
        <?xml version="1.0" encoding="UTF-8"?>
        <transcripts>
          <transcript id="x0" tenant='acme'>
            <turn role="user">How many &lt; 9?</turn>
            <turn role="assistant"><think>So 5 &amp; 3 é.</think>
        The answer is 8.</turn>
            <solution>8</solution>
          </transcript>
          <conversation id="x1"><message role="human">q</message><message from="gpt">r <b>s</b>
        #### 9</message></conversation>
        </transcripts>

        """

    @Test func xmlRecords() throws {
        let document = try open(sample)
        #expect(document.records.map(\.id) == ["x0", "x1"])
        let first = document.records[0]
        #expect(first.tenant == "acme")
        #expect(first.solution == "8")
        #expect(first.location.line == 3)
        #expect(first.turns[0].problem == "How many < 9?")
        #expect(
            first.turns[0].fields == [
                TraceField(role: .reasoning, text: "So 5 & 3 é."),
                TraceField(role: .content, text: "\nThe answer is 8."),
            ])
        let second = document.records[1].turns[0]
        #expect(second.fields.map(\.text) == ["r ", "s", "\n#### 9"])
        #expect(second.fields.map(\.role) == [.reasoning, .reasoning, .trace])
        #expect(try document.encoded(replacing: [:]) == Array(sample.utf8))
    }

    @Test func xmlWritesBack() throws {
        let document = try open(sample)
        let edit = FieldReplacement(turn: 0, field: 0, text: "Thus 5 & 3 < é.")
        let edited = try document.encoded(replacing: [0: [edit]])
        let expected = sample.replacing("So 5 &amp; 3 é.", with: "Thus 5 &amp; 3 &lt; é.").replacing(
            "'acme'", with: "\"acme\"")
        #expect(String(decoding: edited, as: UTF8.self) == expected)
        // The document itself stays as it was read.
        #expect(try document.encoded(replacing: [:]) == Array(sample.utf8))
        let again = try TraceDocument(bytes: edited, format: .xml, file: "x")
        #expect(again.records[0].turns[0].fields[0].text == "Thus 5 & 3 < é.")
        #expect(throws: TraceError.self) {
            try document.encoded(replacing: [0: [FieldReplacement(turn: 0, field: 0, text: "\u{01}")]])
        }
    }

    @Test func otherEncodingsAreKept() throws {
        let head = Array("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><t><turn role=\"assistant\">caf".utf8)
        let bytes = head + [0xE9] + Array(" so</turn></t>".utf8)
        let document = try TraceDocument(bytes: bytes, format: .xml, file: "x")
        #expect(document.records[0].turns[0].fields[0].text == "café so")
        let edit = FieldReplacement(turn: 0, field: 0, text: "café thus")
        let edited = try document.encoded(replacing: [0: [edit]])
        #expect(edited.contains(0xE9))
        #expect(edited.count { $0 >= 0x80 } == 1)
    }

    @Test(arguments: [
        """
        <?xml version="1.0"?>
        <!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
        <t><turn role="assistant">&b;</turn></t>
        """,
        """
        <!DOCTYPE t [
        <!ENTITY x SYSTEM "file:///etc/passwd">]><t><turn role="assistant">&x;</turn></t>
        """,
        """
        <?xml version="1.0"?>
        <!DOCTYPE t SYSTEM "http://127.0.0.1:9/x.dtd"><t><turn role="assistant">a</turn></t>
        """,
        """
        <!DOCTYPE t [
        <!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><t><turn role="assistant">a</turn></t>
        """,
        """
        <t>
        <turn role="assistant">&nope;</turn></t>
        """,
    ])
    func entitiesAreRefused(text: String) throws {
        let error = try #require(failure(text))
        #expect(error.code == .entityRefused)
        #expect(error.description.hasPrefix("in.xml:2: "), "\(error)")
    }

    @Test func includesAreNotFollowed() throws {
        let document = try open(
            "<t xmlns:xi=\"http://www.w3.org/2001/XInclude\"><turn role=\"assistant\">a<xi:include href=\"/etc/passwd\" parse=\"text\"/></turn></t>"
        )
        #expect(document.records[0].turns[0].fields.map(\.text) == ["a"])
    }

    @Test(arguments: [TraceFormat.xml, .html])
    func deepNestingIsRefused(format: TraceFormat) {
        let deep = String(repeating: "<d>", count: 100_000) + "<turn role=\"assistant\">a</turn>"
        #expect(failure(deep, format)?.code == .nestingTooDeep)
    }

    @Test func badDocuments() {
        #expect(failure("")?.code == .emptyInput)
        #expect(failure("x")?.code == .malformedXML)
        #expect(failure("<")?.code == .malformedXML)
        #expect(failure("<a/>")?.code == .missingField)
        #expect(failure("<t><turn role=\"assistant\">a</turn></t><more/>")?.code == .malformedXML)
        #expect(failure("x", .html)?.code == .missingField)
        #expect(failure("", .text)?.code == .emptyInput)
        #expect(throws: TraceError.self) {
            try TraceDocument(bytes: [0x61, 0x62], format: .text, file: "f", maxBytes: 1)
        }
    }

    @Test func brokenMarkupIsRepaired() throws {
        let document = try open("<t><turn role=\"assistant\"><think>a b</turn><turn role=\"assistant\">c</turn></t>")
        #expect(document.wasRepaired)
        #expect(document.records[0].turns.flatMap(\.fields).map(\.text).joined() == "a bc")
    }

    @Test func html() throws {
        let page = """
            <!DOCTYPE html>
            <html><head><meta charset="utf-8"><title>t</title><script>var x = "<p>"</script></head><body>
            <div data-message-author-role="user"><p>How many?</p></div>
            <div data-message-author-role="assistant"><p>So she has é.</p><p>The answer is 8.</p><pre>code</pre></div>
            <div class="msg assistant-message"><think>a</think>b</div>
            </body></html>
            """
        let document = try open(page, .html)
        #expect(document.records.count == 1)
        let turns = document.records[0].turns
        #expect(turns[0].problem == "How many?")
        #expect(turns[0].fields.map(\.text) == ["So she has é.", "The answer is 8."])
        #expect(turns[0].fields.map(\.role) == [.reply, .reply])
        #expect(turns[1].fields.map(\.role) == [.reasoning, .content])
        #expect(try document.encoded(replacing: [:]) == Array(page.utf8))
        let edit = FieldReplacement(turn: 0, field: 0, text: "Thus she has é < ü.")
        let edited = String(decoding: try document.encoded(replacing: [0: [edit]]), as: UTF8.self)
        #expect(edited.contains("<p>Thus she has é &lt; ü.</p>"))
        #expect(edited.contains("<!DOCTYPE html>"))
        #expect(edited.contains("var x = \"<p>\""))
    }

    @Test func plainText() throws {
        let document = try open("So 5.\n#### 5\n", .text)
        #expect(document.records[0].turns[0].fields == [TraceField(role: .trace, text: "So 5.\n#### 5\n")])
        let edit = FieldReplacement(turn: 0, field: 0, text: "Thus 5.\n#### 5\n")
        #expect(try document.encoded(replacing: [0: [edit]]) == Array(edit.text.utf8))
        let bad = Array("ab\ncd".utf8) + [0xFF]
        do {
            _ = try TraceDocument(bytes: bad, format: .text, file: "f.txt")
            Issue.record("invalid UTF-8 was accepted")
        } catch {
            #expect(error.description.hasPrefix("f.txt:2:3: "))
        }
    }

    @Test func formatsAreRecognised() {
        #expect(TraceFormat.document(path: "a.XML") == .xml)
        #expect(TraceFormat.document(path: "a.htm") == .html)
        #expect(TraceFormat.document(path: "a.txt") == .text)
        #expect(TraceFormat.document(path: "a.jsonl") == nil)
        #expect(TraceFormat.document(path: "-", head: Array(" <!DOCTYPE HTML>".utf8)) == .html)
        #expect(TraceFormat.document(path: "-", head: [0xEF, 0xBB, 0xBF] + Array("<t/>".utf8)) == .xml)
        #expect(TraceFormat.document(path: "-", head: Array("{}".utf8)) == nil)
    }

    @Test func filesAreRead() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("in.xml")
        try Data(sample.utf8).write(to: URL(fileURLWithPath: path))
        #expect(try TraceDocument(path: path, format: .xml).records.count == 2)
        #expect(throws: TraceError.self) { try TraceDocument(path: path, format: .xml, maxBytes: 10) }
        #expect(throws: TraceError.self) { try TraceDocument(path: folder.path, format: .xml) }
        #expect(throws: TraceError.self) { try TraceDocument(path: folder.file("missing"), format: .xml) }
    }
}
