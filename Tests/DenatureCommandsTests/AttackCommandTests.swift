import Foundation
import Testing

/// `denature attack` as a program.
@Suite struct AttackCommandTests {
    private static let traces = """
        {"problem":"Mia has 2 coins. She finds 2 more.","trace":"First, 2 + 2 = 4. The answer is #### 4","solution":"4"}
        {"problem":"Mia has 2 coins. She finds 3 more.","trace":"First, 2 + 3 = 6. The answer is #### 6","solution":"5"}
        {"problem":"Mia has 9 coins. She loses 3.","trace":"First, 3 fewer means 6, so the answer is #### 6","solution":"6"}
        {"problem":"Mia has 9 coins. She loses 4.","trace":"First, 4 fewer means 6, so the answer is #### 5","solution":"5"}

        """

    @Test(arguments: [
        ("none", [], [0, 1, 2, 3]), ("none", ["--count", "3"], [0, 1, 2]), ("answer-filter", [], [0, 2, 3]),
        ("equation-checker", [], [0, 2]), ("equation-checker", ["--count", "1"], [0]),
        ("majority-vote", [], [0, 1, 2, 3]),
    ])
    func attacksKeepLinesByteForByte(name: String, options: [String], kept: [Int]) async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", Self.traces)
        let result = try await denature(
            ["attack", name, sandbox.file("in.jsonl"), "-o", sandbox.file("out.jsonl"), "--json"] + options)
        #expect(result.status == 0, "\(result.errors)")
        let lines = Self.traces.split(separator: "\n")
        #expect(sandbox.bytes("out.jsonl") == Array(kept.map { lines[$0] + "\n" }.joined().utf8))
        #expect(try result.json()["kept"] as? Int == kept.count)
        #expect(try result.json()["read"] as? Int == 4)
        // Nothing is replaced unasked.
        let again = try await denature(["attack", name, sandbox.file("in.jsonl"), "-o", sandbox.file("out.jsonl")])
        #expect(again.status == 1 && again.errors.contains("--force"))
    }

    @Test func answersAreLeftAndCleanTracesMixedIn() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", Self.traces)
        let bare = try await denature([
            "attack", "answer-only", sandbox.file("in.jsonl"), "--template", "#### {answer}",
        ])
        #expect(bare.status == 0)
        #expect(bare.text.split(separator: "\n").count == 4 && bare.text.contains("\"#### 6\""))
        try sandbox.write("clean.jsonl", bare.output)
        let mixed = try await denature([
            "attack", "mix-clean", sandbox.file("in.jsonl"), "--clean", sandbox.file("clean.jsonl"), "--share", "0.5",
        ])
        #expect(mixed.text.split(separator: "\n").filter { $0.contains("First") }.count == 2)
        #expect(mixed.text.split(separator: "\n").count == 4)
    }

    @Test func badInputIsNamed() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", "{\"problem\":\"p\",\"trace\":\"t\"}\n{\"problem\":\n")
        let broken = try await denature(["attack", "none", sandbox.file("in.jsonl")])
        #expect(broken.status == 1 && broken.errors.contains("in.jsonl:2"))
        try sandbox.write("in.jsonl", "{\"problem\":\"p\",\"trace\":\"t\"}\n")
        let unsolved = try await denature([
            "attack", "answer-filter", sandbox.file("in.jsonl"), "-o", sandbox.file("out.jsonl"),
        ])
        #expect(unsolved.status == 1 && unsolved.errors.contains("trace 1 has no solution"))
        #expect(sandbox.bytes("out.jsonl") == nil)
        #expect(try await denature(["attack", "answer-only", sandbox.file("in.jsonl"), "--template", "x"]).status == 1)
        #expect(try await denature(["attack", "none", sandbox.file("in.jsonl"), "--count", "0"]).status == 2)
    }
}
