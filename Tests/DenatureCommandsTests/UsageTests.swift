import Foundation
import ScriptedServer
import TestSupport
import Testing

@Suite struct UsageTests {
    @Test(arguments: [
        ["nonsense"], ["sanitize-traces", "--nonsense"], ["detect"], ["keys", "open"],
        ["sanitize-traces", "IN", "-o", "OUT"], ["sanitize-traces", "IN", "-o", "OUT", "--keyring", "K"],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--watermark", "invisible"],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--rewriter", "magic"],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--rewriter", "instruction"],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--trigger-share", "2"],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--trigger-pairs", "0"],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--attempts", "0"],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--length-ratio", "3:1"],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--policy", "shrug"],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--format", "pdf"],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--seed", "-1"],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--api-key-env", "A", "--api-key-file", "B"],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--watermark", ""],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--rewriter", ""],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--rewriter", "lexical,,none"],
        ["sanitize-traces", "IN", "-o", "", "KEYS"], ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--ledger", ""],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--candidates", "9223372036854775807"],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--stall-timeout", "1e300"],
        ["sanitize-traces", "IN", "-o", "OUT", "KEYS", "--request-timeout", "nan"],
        ["detect", "IN", "KEYS", "--alpha", "0"], ["detect", "IN", "KEYS", "--scheme", "telepathy"],
        ["ledger", "delete-texts", "L", "--keyring", "K", "--first", "3"], ["keys", "generate", "--keyring", "env:X"],
    ])
    func wrongUsageEndsWithStatusTwo(arguments: [String]) async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(1))
        let before = try sandbox.names()
        let result = try await denature(
            arguments.flatMap { argument -> [String] in
                switch argument {
                case "IN": [sandbox.file("in.jsonl")]
                case "OUT": [sandbox.file("out.jsonl")]
                case "KEYS": sandbox.keys
                case "K": [sandbox.keyring]
                default: [argument]
                }
            })
        #expect(result.status == 2, "\(result.errors) signal \(result.signal ?? 0)")
        #expect(!result.errors.isEmpty && result.output.isEmpty)
        #expect(try sandbox.names() == before)
    }

    @Test(arguments: [
        ["--help"], ["keys", "--help"], ["sanitize-traces", "--help"], ["detect", "--help"], ["traces", "--help"],
        ["ledger", "--help"], ["help", "keys"], ["--version"],
    ])
    func helpGoesToStandardOutput(arguments: [String]) async throws {
        let result = try await denature(arguments)
        #expect(result.status == 0)
        #expect(!result.output.isEmpty && result.errors.isEmpty)
    }

    @Test func examplesStandInTheHelp() async throws {
        for command in ["sanitize-traces", "detect"] {
            #expect(try await denature([command, "--help"]).text.contains("denature \(command) "))
        }
    }

    @Test func withheldTracesEndWithStatusThree() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(12))
        let rewriter = CountingRewriter()
        let broken: ScriptedServer.Handler = { request in
            request.text.contains("crate 1003")
                ? .chat("I'm sorry, but I can't help with that.") : rewriter.handle(request)
        }
        for policy in ["withhold", "fail"] {
            let arguments = { (url: String) in
                sandbox.endpointJob(url, output: policy, ledger: policy + ".sqlite") + ["--policy", policy]
            }
            let result = try await ScriptedServer.with(broken, run: { try await denature(arguments($0.baseURL)) })
            #expect(result.status == 3, "\(result.errors)")
            #expect(String(decoding: sandbox.bytes(policy) ?? [], as: UTF8.self).split(separator: "\n").count == 11)
            let again = try await ScriptedServer.with(broken, run: { try await denature(arguments($0.baseURL)) })
            #expect(again.status == 3, "still incomplete")
            let retried = try await ScriptedServer.with(
                { rewriter.handle($0) }, run: { try await denature(arguments($0.baseURL) + ["--retry-failed"]) })
            #expect(retried.status == 0)
            #expect(String(decoding: sandbox.bytes(policy) ?? [], as: UTF8.self).split(separator: "\n").count == 12)
        }
        #expect(sandbox.bytes("withhold") == sandbox.bytes("fail"))
    }

    @Test func deadEndpointIsAFailureThatSaysSo() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(5))
        // Nothing listens on port 1.
        let result = try await denature(sandbox.endpointJob("http://127.0.0.1:1/v1") + ["--max-attempts", "2"])
        #expect(result.status == 1)
        #expect(result.errors.contains("connect") && result.errors.contains("127.0.0.1"))
        #expect(sandbox.bytes("out.jsonl") == nil)
    }

    @Test(arguments: ["65536", "99999", "99999999999999999999"])
    func aPortThatIsNoneIsWrongUsage(port: String) async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(5))
        let jobs = [
            sandbox.endpointJob("http://127.0.0.1:\(port)/v1"),
            ["judge", sandbox.file("in.jsonl"), "--endpoint", "http://127.0.0.1:\(port)/v1", "--model", "m"],
        ]
        for job in jobs {
            let result = try await denature(job)
            #expect(result.status == 2 && result.errors.contains("--endpoint"), "\(result.errors)")
        }
    }

    @Test func aRefusingEndpointEndsTheJobWithItsWords() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(12))
        let refused = try await ScriptedServer.with(
            { _ in .error(402, "Insufficient credits") },
            run: { try await denature(sandbox.endpointJob($0.baseURL)) })
        #expect(refused.status == 1)
        #expect(refused.errors.components(separatedBy: "Insufficient credits").count == 2, "\(refused.errors)")
        #expect(sandbox.bytes("out.jsonl") == nil)
        let rewriter = CountingRewriter()
        let again = try await ScriptedServer.with(
            { rewriter.handle($0) }, run: { try await denature(sandbox.endpointJob($0.baseURL)) })
        #expect(again.status == 0, "\(again.errors)")
    }

    @Test func tracesLeftUnmarkedForTheEndpointsSakeEndWithStatusThree() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(12))
        let rewriter = CountingRewriter()
        let result = try await ScriptedServer.with(
            { $0.text.contains("crate 1003") ? .error(500, "lost my mind") : rewriter.handle($0) },
            run: { try await denature(sandbox.endpointJob($0.baseURL) + ["--max-attempts", "1"]) })
        #expect(result.status == 3)
        #expect(result.errors.components(separatedBy: "lost my mind").count == 2, "\(result.errors)")
    }

    @Test func configurationFileSuppliesOptions() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(6))
        try sandbox.write(
            "job.yaml",
            "keyring: \(sandbox.keyring)\ntenant: acme\nwatermark: [lexical, trigger]\ntrigger_share: 1\nquiet: true\n")
        let config = ["--config", sandbox.file("job.yaml")]
        let result = try await denature(
            ["sanitize-traces", sandbox.file("in.jsonl"), "-o", sandbox.file("a")] + config)
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(
            try await sandbox.sanitize("in.jsonl", "b", ["--watermark", "lexical,trigger", "--trigger-share", "1"])
                .status == 0)
        #expect(sandbox.bytes("a") == sandbox.bytes("b"))
        // The command line wins.
        let over = try await denature(
            ["sanitize-traces", sandbox.file("in.jsonl"), "-o", sandbox.file("c"), "--watermark=lexical"] + config)
        #expect(over.status == 0)
        #expect(try await sandbox.sanitize("in.jsonl", "d").status == 0)
        #expect(sandbox.bytes("c") == sandbox.bytes("d"))
        // Nested commands too.
        try sandbox.write("keys.yaml", "keyring: \(sandbox.keyring)\njson: true\n")
        #expect(try await denature(["keys", "list", "--config", sandbox.file("keys.yaml")]).json()["epochs"] != nil)
    }

    @Test(arguments: [
        ("sneaky: 1\n", "--sneaky"), ("- a\n", "mapping"), ("seed: [1\n", "YAML"), ("seed: {a: 1}\n", "'seed'"),
        ("seed: many\n", "many"),
    ])
    func faultyConfigurationFileIsNamed(text: String, word: String) async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(1))
        try sandbox.write("job.yaml", text)
        let result = try await sandbox.sanitize("in.jsonl", "out.jsonl", ["--config", sandbox.file("job.yaml")])
        #expect(result.status == 2)
        #expect(result.errors.contains(word) && result.errors.contains(sandbox.file("job.yaml")), "\(result.errors)")
        #expect(sandbox.bytes("out.jsonl") == nil)
        let missing = try await sandbox.sanitize("in.jsonl", "out.jsonl", ["--config", sandbox.file("none.yaml")])
        #expect(missing.status == 2 && missing.errors.contains("none.yaml"))
    }
}
