import Foundation
import TestSupport
import Testing

@Suite struct BadInputTests {
    /// An input that must be refused: its bytes, the place the error must name, and a word of the reason.
    struct Fault: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var place: String
        var word: String
        var options: [String] = []
        var file = "in.jsonl"
        var testDescription: String { name }

        init(
            _ name: String, _ text: String, at place: String, _ word: String, options: [String] = [],
            file: String = "in.jsonl"
        ) {
            self.init(name, Array(text.utf8), at: place, word, options: options, file: file)
        }

        init(
            _ name: String, _ bytes: [UInt8], at place: String, _ word: String, options: [String] = [],
            file: String = "in.jsonl"
        ) {
            self.name = name
            self.bytes = bytes
            self.place = place
            self.word = word
            self.options = options
            self.file = file
        }
    }

    private static let good = SampleTraces.text(2)
    private static let entities =
        "<?xml version=\"1.0\"?>\n<!DOCTYPE t [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
        + (0..<12).map { "<!ENTITY c\($0) \"\(String(repeating: $0 == 0 ? "&b;" : "&c\($0 - 1);", count: 10))\">" }
        .joined()
        + "]>\n<t><record><trace>&c11;</trace></record></t>"

    static let faults: [Fault] = [
        Fault("empty file", "", at: ":1", "no records"),
        Fault("blank lines only", "\n  \n\r\n", at: ":1", "no records"),
        Fault("one byte", "x", at: ":1", "expected a JSON value"),
        Fault("one brace", good + "{", at: ":3", "ends inside"),
        Fault("cut record", good + #"{"problem":"p","trace":"t"#, at: ":3", "does not end"),
        Fault(
            "huge line", good + #"{"trace":"\#(String(repeating: "a", count: 100_000))"}"#, at: ":3", "record",
            options: ["--max-record-bytes", "50000"]),
        Fault(
            "invalid UTF-8",
            Array(good.utf8) + Array(#"{"problem":"p","trace":""#.utf8) + [0xC3, 0x28] + Array("\"}\n".utf8),
            at: ":3", "UTF-8"),
        Fault("half a surrogate", good + #"{"problem":"p","trace":"\ud83d"}"#, at: ":3", "surrogate"),
        Fault("UTF-16", [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00], at: ":1", "UTF-16"),
        Fault("deep JSON", good + #"{"trace":"# + String(repeating: "[", count: 100_000) + "\n", at: ":3", "nest"),
        Fault(
            "deep JSON, closed",
            good + #"{"trace":"a","m":"# + String(repeating: "[", count: 50_000) + String(repeating: "]", count: 50_000)
                + "}\n",
            at: ":3", "nest"),
        Fault("duplicate key", good + #"{"problem":"p","trace":"a","trace":"b"}"#, at: ":3", "twice"),
        Fault("duplicate key, escaped", good + #"{"problem":"p","trace":"a","tr\u0061ce":"b"}"#, at: ":3", "twice"),
        Fault("missing fields", good + #"{"problem":"p","body":"a"}"#, at: ":3", "no \"trace\""),
        Fault(
            "missing trace of a shape", good + #"{"problem":"p"}"#, at: ":3", "missing \"trace\"",
            options: ["--format", "problem-trace"]),
        Fault("wrong type", good + #"{"problem":"p","trace":7}"#, at: ":3", "must be a string"),
        Fault("not an object", good + "[1,2]\n", at: ":3", "must be a JSON object"),
        Fault("a bare number", good + "17\n", at: ":3", "must be a JSON object"),
        Fault("trailing comma", good + #"{"problem":"p","trace":"a",}"#, at: ":3", "member name"),
        Fault("two values on a line", good + #"{"problem":"p","trace":"a"} {"trace":"b"}"#, at: ":3", "after the end"),
        Fault("a control character", good + "{\"problem\":\"p\",\"trace\":\"a\u{1}b\"}", at: ":3", "control character"),
        Fault("NUL bytes", good + "\0\0\0\0\n", at: ":3", "0x00"),
        Fault("entity bomb", entities, at: "", "entit", file: "in.xml"),
        Fault(
            "external entity",
            "<?xml version=\"1.0\"?>\n<!DOCTYPE t [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n"
                + "<t><record><trace>&x;</trace></record></t>", at: "", "entit", file: "in.xml"),
        Fault(
            "external DTD",
            "<?xml version=\"1.0\"?>\n<!DOCTYPE t SYSTEM \"http://127.0.0.1:9/t.dtd\">\n"
                + "<t><record><trace>&x;</trace></record></t>", at: "", "external DTD", file: "in.xml"),
        Fault("deep XML", String(repeating: "<a>", count: 50_000), at: "", "too deep", file: "in.xml"),
        Fault("empty XML", "", at: "", "empty", file: "in.xml"),
        Fault("XML without traces", "<a/>", at: "", "no assistant turn", file: "in.xml"),
    ]

    @Test(arguments: faults)
    func isRefusedAndNothingIsOverwritten(fault: Fault) async throws {
        let sandbox = try Sandbox()
        try sandbox.write(fault.file, fault.bytes)
        let old = Array("the only copy\n".utf8)
        try sandbox.write("out.jsonl", old)
        let before = try sandbox.names()
        for more in [["--force"], ["--force", "--ledger", sandbox.file("job.sqlite")]] {
            let result = try await sandbox.sanitize(fault.file, "out.jsonl", fault.options + more)
            #expect(result.status == 1, "\(result.errors.prefix(500)) signal \(result.signal ?? 0)")
            #expect(result.errors.contains(sandbox.file(fault.file) + fault.place), "\(result.errors.prefix(500))")
            #expect(result.errors.contains(fault.word), "\(result.errors.prefix(500))")
            #expect(result.errors.utf8.count < 2000 && !result.errors.contains("root:"))
            #expect(sandbox.bytes("out.jsonl") == old)
        }
        #expect(sandbox.bytes(fault.file) == fault.bytes)
        let left = try sandbox.names().subtracting(before)
        #expect(left.isSubset(of: ["job.sqlite", "job.sqlite.lock", "out.jsonl.partial"]), "\(left)")
        let detected = try await denature(
            ["detect", sandbox.file(fault.file)] + sandbox.keys + fault.options)
        #expect(detected.status == 1)
        #expect(detected.errors.contains(sandbox.file(fault.file) + fault.place))
    }

    @Test func hundredMegabytesOnOneLineAreRefusedQuickly() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", [UInt8](repeating: UInt8(ascii: "a"), count: 100 << 20))
        let start = ContinuousClock.now
        let result = try await sandbox.sanitize("in.jsonl", "out.jsonl")
        #expect(result.status == 1)
        #expect(result.errors.contains("in.jsonl:1"))
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect(sandbox.bytes("out.jsonl") == nil)
    }

    @Test(arguments: [
        ("huge numbers", #"{"problem":"p","trace":"%","n":123456789012345678901234567890.5e-999,"m":-0.0e+0}"#),
        ("unbalanced boxed", #"{"problem":"p","trace":"% So it is \\boxed{7"}"#),
        ("more braces than boxes", #"{"problem":"p","trace":"% So \\boxed{\\boxed{{7}} is it."}"#),
        ("a huge answer", #"{"problem":"p","trace":"%\n#### 9999999999999999999999999999999999999999999999999999"}"#),
        ("odd spacing", #"{ "problem" :"p"  ,"trace":"%\n#### 7" , "x":[ 1,2 ] }"#),
        ("escapes", #"{"problem":"p\u00e9\/","trace":"%\n#### 7","\u0078":"\ud83d\ude00"}"#),
        ("an empty trace", #"{"problem":"p","trace":""}"#),
        ("deep but allowed", #"{"problem":"p","trace":"%","d":[[[[[[[[1]]]]]]]]}"#),
    ])
    func oddButLegalInputKeepsItsBytes(name: String, template: String) async throws {
        let sandbox = try Sandbox()
        let line = template.replacing("%", with: SampleTraces.reasoning(1))
        try sandbox.write("in.jsonl", line + "\n")
        let same = try await sandbox.sanitize(
            "in.jsonl", "same.jsonl", ["--watermark", "trigger", "--trigger-share", "0"])
        #expect(same.status == 0, "\(same.errors)")
        #expect(sandbox.bytes("same.jsonl") == sandbox.bytes("in.jsonl"))
        #expect(try await sandbox.sanitize("in.jsonl", "out.jsonl").status == 0)
        let output = String(decoding: try #require(sandbox.bytes("out.jsonl")), as: UTF8.self)
        // Everything but the trace's own string is as it was.
        let parts = template.components(separatedBy: "%")
        if parts.count == 2, let cut = parts[0].range(of: #""trace":"#) {
            #expect(output.hasPrefix(parts[0][..<cut.upperBound]))
            let tail = parts[1].drop { $0 != "\"" }
            #expect(output.hasSuffix(tail + "\n"))
        }
    }
}
