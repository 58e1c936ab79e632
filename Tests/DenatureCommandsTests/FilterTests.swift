import Foundation
import TestSupport
import Testing

@Suite struct FilterTests {
    @Test func standardInputToStandardOutputInOrder() async throws {
        let sandbox = try Sandbox()
        let text = SampleTraces.text(400)
        try sandbox.write("in.jsonl", text)
        #expect(try await sandbox.sanitize("in.jsonl", "out.jsonl").status == 0)
        let filter = try await denature(["sanitize-traces", "-", "-o", "-"] + sandbox.keys, input: Array(text.utf8))
        #expect(filter.status == 0)
        #expect(filter.output == sandbox.bytes("out.jsonl"))
        let lines = filter.text.split(separator: "\n")
        #expect(lines.count == 400)
        for (index, line) in lines.enumerated() { #expect(line.hasPrefix(#"{"id":\#(index),"#)) }
        #expect(filter.errors.contains("400 traces"))
        #expect(filter.text != text)
        // Both are the defaults.
        let short = try await denature(["sanitize-traces"] + sandbox.keys + ["--quiet"], input: Array(text.utf8))
        #expect(short.output == filter.output)
        #expect(short.errors.isEmpty)
    }

    @Test func sameKeySameBytesOtherKeyOtherBytes() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(30))
        for name in ["a", "b"] { #expect(try await sandbox.sanitize("in.jsonl", name).status == 0) }
        #expect(sandbox.bytes("a") == sandbox.bytes("b"))
        let other = try Sandbox(secret: "another keyring")
        try other.write("in.jsonl", SampleTraces.text(30))
        #expect(try await other.sanitize("in.jsonl", "a").status == 0)
        #expect(sandbox.bytes("a") != other.bytes("a"))
    }

    @Test func byteOrderMarkAndCarriageReturnsSurvive() async throws {
        let sandbox = try Sandbox()
        let bytes = [0xEF, 0xBB, 0xBF] + Array(SampleTraces.text(5).replacing("\n", with: "\r\n").utf8)
        try sandbox.write("in.jsonl", bytes)
        for more in [[], ["--ledger", sandbox.file("job.sqlite")]] {
            #expect(try await sandbox.sanitize("in.jsonl", "out\(more.count)", more).status == 0)
            let output = try #require(sandbox.bytes("out\(more.count)"))
            #expect(output.starts(with: [0xEF, 0xBB, 0xBF]) && !output.dropFirst(3).contains(0xEF))
            #expect(output.count { $0 == 0x0D } == 5 && output.suffix(2) == [0x0D, 0x0A])
        }
        #expect(sandbox.bytes("out0") == sandbox.bytes("out2"))
    }

    @Test func jsonSummaryGoesWhereNoTracesAre() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(4))
        let file = try await sandbox.sanitize("in.jsonl", "out.jsonl", ["--json"])
        let summary = try file.json()
        #expect(summary["total"] as? Int == 4)
        #expect((summary["states"] as? [String: Int])?["rewritten"] == 4)
        #expect((summary["output_sha256"] as? String)?.count == 64)
        #expect(file.errors.isEmpty)
        let stream = try await denature(["sanitize-traces", sandbox.file("in.jsonl"), "--json"] + sandbox.keys)
        #expect(stream.output == sandbox.bytes("out.jsonl"))
        #expect(stream.errors.hasPrefix("{"))
    }

    @Test func ledgerOfALocalJobResumesAndVerifies() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(3000))
        #expect(try await sandbox.sanitize("in.jsonl", "clean.jsonl").status == 0)
        let arguments =
            [
                "sanitize-traces", sandbox.file("in.jsonl"), "-o", sandbox.file("out.jsonl"), "--ledger",
                sandbox.file("l"), "--json",
            ]
            + sandbox.keys
        var generator = SplitMix64(seed: 5)
        for _ in 0..<6 {
            let program = try RunningProgram(arguments)
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...400, using: &generator)))
            program.send(SIGKILL)
            _ = try await program.wait()
        }
        let result = try await denature(arguments)
        #expect(result.status == 0, "\(result.errors)")
        #expect(sandbox.bytes("out.jsonl") == sandbox.bytes("clean.jsonl"))
        let verify = try await denature(["ledger", "verify", sandbox.file("l"), "--keyring", sandbox.keyring])
        #expect(verify.status == 0)
    }
}
