import Foundation
import TestSupport
import Testing

@Suite struct DetectTokenTests {
    private static let members: Set<String> = [
        "scheme", "tenant", "epoch", "log10_p", "log10_p_adjusted", "n_scored", "score", "verdict",
    ]

    private func results(_ result: ProgramResult) throws -> [[String: Any]] {
        try #require(try result.json()["results"] as? [[String: Any]])
    }

    /// Documents and results of scripts/golden/golden_watermarking.py.
    private func golden() throws -> (lines: String, cases: [[String: Any]]) {
        let data = try Data(
            contentsOf: URL(fileURLWithPath: Repository.path("fixtures/golden/watermarking/detection.json")))
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let documents = try #require(object["documents"] as? [Any])
        let lines = try documents.map {
            String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self)
        }
        return (lines.joined(separator: "\n"), try #require(object["cases"] as? [[String: Any]]))
    }

    @Test func engineFormatsMatchTheirDefinition() async throws {
        let sandbox = try Sandbox()
        let (lines, cases) = try golden()
        try sandbox.write("ids.jsonl", lines)
        var tested = 0
        for item in cases where item["width"] as? Int == 2 {
            guard let key = item["key"] as? String, let scheme = item["scheme"] as? String,
                let prf = item["prf"] as? String
            else { continue }
            var arguments = [
                "detect", "--tokens", sandbox.file("ids.jsonl"), "--scheme", scheme, "--prf", prf, "--key", key,
                "--context-width", "2", "--json",
            ]
            if item["dedup"] as? Bool == false { arguments.append("--no-dedup") }
            let run = try await denature(arguments)
            #expect(run.status == 0)
            let result = try #require(try results(run).first)
            #expect(Self.members.isSubset(of: result.keys))
            #expect(result["scheme"] as? String == scheme)
            #expect(result["n_scored"] as? Int == item["n_scored"] as? Int)
            for member in ["score", "log10_p"] {
                let value = try #require(result[member] as? Double)
                let expected = try #require(item[member] as? Double)
                #expect(abs(value - expected) < 1e-10 * max(1, abs(expected)), "\(scheme) \(member)")
            }
            tested += 1
        }
        #expect(tested == 10)
    }

    @Test func engineConfigurationAndHiddenKeys() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("ids.jsonl", try golden().lines)
        try sandbox.write(
            "engine.json",
            #"{"algorithm":"dual_key_gumbel","context_width":3,"alpha":0.25,"deduplicate_contexts":"all"}"#)
        let flags = [
            "detect", "--tokens", sandbox.file("ids.jsonl"), "--scheme", "vllm-dual-key-gumbel", "--context-width", "3",
            "--alpha", "0.25", "--json", "--key",
        ]
        let byFlags = try await denature(flags + ["77"])
        let byFile = try await denature(
            [
                "detect", "--tokens", sandbox.file("ids.jsonl"), "--watermark-config", sandbox.file("engine.json"),
                "--key", "env:ENGINE_KEY", "--json",
            ], environment: ["ENGINE_KEY": "77\n"])
        #expect(byFlags.status == 0)
        #expect(byFile.output == byFlags.output)
        let failed = try await denature(flags + ["7a7b7c"])
        #expect(failed.status == 2)
        #expect(!failed.errors.contains("7a7b7c"))
    }

    @Test func nativeSchemesOfAllTenantsAreOneFamily() async throws {
        let sandbox = try Sandbox()
        #expect(
            try await denature(["keys", "generate", "--keyring", sandbox.keyring, "--tenant", "other"]).status == 0)
        try sandbox.write("ids.jsonl", try golden().lines)
        let run = try await denature([
            "detect", "--tokens", sandbox.file("ids.jsonl"), "--scheme", "green,fingerprint,gumbel,tournament",
            "--keyring", sandbox.keyring, "--per-line", "--json", "--level", "0.000001",
        ])
        #expect(run.status == 0)
        let lines = run.text.split(separator: "\n")
        #expect(lines.count == 5, "four lines and the pool")
        let first = try #require(try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
        #expect(first["line"] as? Int == 1)
        let pooled =
            try #require(
                try JSONSerialization.jsonObject(with: Data(lines[4].utf8)) as? [String: [[String: Any]]])["results"]
            ?? []
        #expect(pooled.count == 8)
        #expect(Set(pooled.compactMap { $0["tenant"] as? String }) == ["acme", "other"])
        #expect(pooled.allSatisfy { $0["family_size"] as? Int == 8 && $0["verdict"] as? String != "marked" })
    }

    @Test func textIsReadThroughATokenizer() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", #"{"problem":"a b","trace":"b a b c"}"# + "\n")
        try sandbox.write(
            "tokenizer.json",
            """
            {"version":"1.0","added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"Whitespace"},\
            "post_processor":null,"decoder":null,"model":{"type":"WordLevel","vocab":{"a":0,"b":1,"c":2},\
            "unk_token":"a"}}
            """)
        let run = try await denature(
            [
                "detect", sandbox.file("in.jsonl"), "--tokenizer", sandbox.file("tokenizer.json"), "--scheme", "gumbel",
                "--context-width", "1", "--json",
            ] + sandbox.keys)
        // The contexts a and b are in the prompt, so only what follows them later is left: nothing.
        #expect(run.status == 0, "\(run.errors)")
        #expect(try results(run).first?["n_scored"] as? Int == 0)
        let other = try await denature(
            [
                "detect", sandbox.file("in.jsonl"), "--tokenizer", sandbox.file("tokenizer.json"), "--scheme", "gumbel",
                "--context-width", "3", "--json",
            ] + sandbox.keys)
        #expect(try results(other).first?["n_scored"] as? Int == 1)
    }

    /// Only contexts of the given texts count, whichever way they are given.
    @Test func contextsOfGivenOutputs() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", #"{"problem":"c c","trace":"b a b c a"}"# + "\n")
        try sandbox.write("given.jsonl", #"{"problem":"c c","trace":"c b a"}"# + "\n")
        try sandbox.write("ids.jsonl", #"{"tokens":[1,0,1,2,0]}"# + "\n")
        try sandbox.write("given-ids.jsonl", #"{"token_ids":[2,1,0],"tokens":3}"# + "\n")
        try sandbox.write(
            "tokenizer.json",
            """
            {"version":"1.0","added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"Whitespace"},\
            "post_processor":null,"decoder":null,"model":{"type":"WordLevel","vocab":{"a":0,"b":1,"c":2},\
            "unk_token":"a"}}
            """)
        let common = ["--scheme", "gumbel", "--context-width", "2", "--json"] + sandbox.keys
        let texts = try await denature(
            [
                "detect", sandbox.file("in.jsonl"), "--tokenizer", sandbox.file("tokenizer.json"), "--contexts-from",
                sandbox.file("given.jsonl"),
            ] + common)
        let ids = try await denature(
            ["detect", "--tokens", sandbox.file("ids.jsonl"), "--contexts-from", sandbox.file("given-ids.jsonl")]
                + common)
        #expect(texts.status == 0 && texts.output == ids.output, "\(texts.errors)\(ids.errors)")
        // Of the contexts "b a", "a b" and "b c" the first alone was given, and the p-value says how it came about.
        let result = try #require(try results(ids).first)
        #expect(result["n_scored"] as? Int == 1 && result["approximate"] as? Bool == true, "\(result)")
        let original = try await denature(
            [
                "detect", "--tokens", sandbox.file("ids.jsonl"), "--contexts-from", sandbox.file("given-ids.jsonl"),
                "--contexts-are-original",
            ] + common)
        #expect(try results(original).first?["approximate"] == nil)
    }

    @Test func emptyFilesShowNothing() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("ids.jsonl", "")
        let run = try await denature([
            "detect", "--tokens", sandbox.file("ids.jsonl"), "--scheme", "synthid", "--key", "1", "--json",
        ])
        let result = try #require(try results(run).first)
        #expect(result["n_scored"] as? Int == 0)
        #expect(result["log10_p"] as? Double == 0)
        #expect(result["verdict"] as? String == "inconclusive")
    }

    @Test func brokenLinesNameFileAndLine() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("ids.jsonl", "{\"tokens\":[1]}\n\n{\"tokens\":[1,-2]}\n")
        let run = try await denature([
            "detect", "--tokens", sandbox.file("ids.jsonl"), "--scheme", "synthid", "--key", "1", "--json",
        ])
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("ids.jsonl:3: column 14"))
    }

    @Test(arguments: [
        ["--scheme", "synthid"], ["--key", "1"], ["--scheme", "lexical", "--key", "1"], ["--scheme", "gumbel"],
        ["--scheme", "vllm-gumbel", "--key", "-1"], ["--scheme", "vllm-gumbel", "--key", "1", "--prf", "md5"],
        ["--scheme", "synthid", "--key", "1", "--prf", "hmac_sha256"],
        ["--scheme", "synthid", "--key", "1", "--depth", "33"],
        ["--scheme", "vllm-gumbel", "--key", "1", "--context-width", "0"],
        ["--scheme", "vllm-gumbel", "--key", "18446744073709551616"],
        ["--scheme", "vllm-dual-key-gumbel", "--key", "1", "--alpha", "2"],
        ["--scheme", "synthid", "--key", "1", "--tokenizer", "x"],
        ["--scheme", "synthid", "--key", "1", "--contexts-are-original"],
    ])
    func wrongUsageEndsWithStatusTwo(arguments: [String]) async throws {
        let sandbox = try Sandbox()
        try sandbox.write("ids.jsonl", "{\"tokens\":[1,2,3]}\n")
        let run = try await denature(["detect", "--tokens", sandbox.file("ids.jsonl")] + arguments)
        #expect(run.status == 2, "\(run.errors)")
        #expect(run.output.isEmpty)
    }
}
