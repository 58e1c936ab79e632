import Foundation
import TestSupport
import Testing

@Suite struct DetectTests {
    private static let keys: Set<String> = [
        "scheme", "tenant", "epoch", "log10_p", "log10_p_adjusted", "n_scored", "score", "verdict",
    ]

    private func results(_ result: ProgramResult) throws -> [[String: Any]] {
        let object = try result.json()
        #expect(Set(object.keys) == ["results", "coverage"])
        return try #require(object["results"] as? [[String: Any]])
    }

    @Test func contractHolds() async throws {
        let sandbox = try Sandbox()
        #expect(
            try await denature(["keys", "generate", "--keyring", sandbox.keyring, "--tenant", "other"]).status == 0)
        try sandbox.write("in.jsonl", SampleTraces.text(120))
        #expect(
            try await sandbox.sanitize(
                "in.jsonl", "out.jsonl", ["--watermark", "lexical,trigger", "--trigger-share", "0.5"]
            ).status == 0)
        let all = try await denature(["detect", sandbox.file("out.jsonl"), "--keyring", sandbox.keyring, "--json"])
        #expect(all.status == 0)
        #expect(all.text.split(separator: "\n").count == 1, "one object on one line")
        let family = try results(all)
        #expect(family.count == 6)
        for result in family {
            #expect(Self.keys.isSubset(of: result.keys), "\(result.keys)")
            #expect(result["log10_p"] is Double && result["n_scored"] is Int && result["score"] is Double)
            let isTrue = result["tenant"] as? String == "acme" && result["scheme"] as? String != "selection"
            #expect((result["verdict"] as? String == "marked") == isTrue, "\(result)")
            let p = try #require(result["log10_p"] as? Double)
            let adjusted = try #require(result["log10_p_adjusted"] as? Double)
            #expect(p <= adjusted && adjusted <= 0)
            if isTrue { #expect(adjusted < -2) }
        }
        let one = try await denature(
            [
                "detect", sandbox.file("out.jsonl"), "--keyring", sandbox.keyring, "--tenant", "acme", "--scheme",
                "lexical",
                "--json",
            ])
        let single = try results(one)
        #expect(single.count == 1)
        #expect(
            single[0]["log10_p"] as? Double == family.first { $0["scheme"] as? String == "lexical" }?["log10_p"]
                as? Double)

        let clean = try await denature(["detect", sandbox.file("in.jsonl"), "--keyring", sandbox.keyring, "--json"])
        #expect(clean.status == 0, "no verdict is a failure")
        #expect(try results(clean).allSatisfy { $0["verdict"] as? String != "marked" })
    }

    @Test(arguments: [1, 3]) func triggersTellAsManyPairsAsAsked(pairs: Int) async throws {
        let sandbox = try Sandbox()
        let source = SampleTraces.text(120)
        try sandbox.write("in.jsonl", source)
        #expect(
            try await sandbox.sanitize(
                "in.jsonl", "out.jsonl",
                ["--watermark", "trigger", "--trigger-share", "1", "--trigger-pairs", String(pairs)]
            ).status == 0)
        let identifier = /\b[bcdfghjkmnpqrtuvwy][1-9][0-9]{2}\b/
        func identifiers(_ text: String) -> Set<String> { Set(text.matches(of: identifier).map { String($0.output) }) }
        let marked = String(decoding: try #require(sandbox.bytes("out.jsonl")), as: UTF8.self)
        #expect(identifiers(marked).subtracting(identifiers(source)).count == pairs)
    }

    @Test func repeatedTextAddsNothing() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(40))
        #expect(try await sandbox.sanitize("in.jsonl", "out.jsonl").status == 0)
        let once = try #require(sandbox.bytes("out.jsonl"))
        try sandbox.write("five.jsonl", once + once + once + once + once)
        let first = try await denature(["detect", sandbox.file("out.jsonl"), "--json"] + sandbox.keys)
        let second = try await denature(["detect", sandbox.file("five.jsonl"), "--json"] + sandbox.keys)
        #expect(try NSArray(array: results(first)) == NSArray(array: results(second)))
        #expect(first.status == 0)
    }

    @Test func perTraceLinesAndStandardInput() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(5))
        let result = try await denature(
            ["detect", sandbox.file("in.jsonl"), "--per-trace", "--json"] + sandbox.keys)
        let lines = try result.text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(lines.count == 6)
        #expect(lines.prefix(5).compactMap { $0["line"] as? Int } == [1, 2, 3, 4, 5])
        #expect(lines.prefix(5).compactMap { $0["id"] as? String } == ["0", "1", "2", "3", "4"])
        let piped = try await denature(
            ["detect", "-", "--json"] + sandbox.keys, input: sandbox.bytes("in.jsonl"))
        #expect(piped.text == result.text.split(separator: "\n").last.map { $0 + "\n" })
        let table = try await denature(["detect", sandbox.file("in.jsonl")] + sandbox.keys)
        #expect(table.text.hasPrefix("scheme\t") && table.text.split(separator: "\n").count == 4)
    }

    @Test func aNamedPipeIsReadOnce() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(3))
        #expect(mkfifo(sandbox.file("pipe"), 0o600) == 0)
        let detection = try RunningProgram(["detect", sandbox.file("pipe"), "--per-trace", "--json"] + sandbox.keys)
        #expect(
            try await denature(
                ["sanitize-traces", sandbox.file("in.jsonl"), "-o", sandbox.file("pipe")] + sandbox.keys
            )
            .status == 0)
        let result = try await detection.wait()
        #expect(result.status == 0)
        #expect(result.text.split(separator: "\n").count == 3)
    }

    @Test func retiredEpochsStayDetectable() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(80))
        #expect(try await sandbox.sanitize("in.jsonl", "old.jsonl").status == 0)
        #expect(try await denature(["keys", "rotate"] + sandbox.keys).status == 0)
        #expect(try await sandbox.sanitize("in.jsonl", "new.jsonl").status == 0)
        #expect(sandbox.bytes("old.jsonl") != sandbox.bytes("new.jsonl"))
        for (name, epoch) in [("old.jsonl", "1"), ("new.jsonl", "2")] {
            let found = try results(try await denature(["detect", sandbox.file(name), "--json"] + sandbox.keys))
            let marked = found.filter { $0["verdict"] as? String == "marked" }
            #expect(marked.map { $0["epoch"] as? String } == [epoch])
        }
    }
}
