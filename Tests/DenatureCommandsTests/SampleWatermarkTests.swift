#if Torch
    import Foundation
    import Testing

    #if canImport(Glibc)
        import Glibc
    #endif

    /// `sample --watermark`, and what `detect --tokens` makes of it.
    @Suite struct SampleWatermarkTests {
        /// Strong marks: the teacher's traces are short, and its proxy knows next to nothing.
        static let marks: [(scheme: String, options: [String])] = [
            ("green", ["--mark-strength", "4"]), ("fingerprint", ["--mark-strength", "200"]), ("gumbel", []),
            ("tournament", ["--layers", "20"]),
        ]

        private func arguments(_ scheme: String, _ options: [String], _ tiny: SampleSandbox) -> [String] {
            var arguments = ["--watermark", scheme, "--context-width", "2", "--with-token-ids"] + options
            if scheme == "fingerprint" { arguments += ["--fingerprint-proxy", tiny.model("proxy")] }
            return arguments + tiny.sandbox.keys
        }

        /// The results by tenant.
        private func detect(
            _ name: String, _ scheme: String, _ tiny: SampleSandbox
        ) async throws -> [String: [String: Any]] {
            let layers = scheme == "tournament" ? ["--layers", "20"] : []
            let run = try await denature(
                [
                    "detect", "--tokens", tiny.file(name), "--scheme", scheme, "--context-width", "2", "--keyring",
                    tiny.sandbox.keyring, "--json",
                ] + layers)
            #expect(run.status == 0, "\(run.errors)")
            let results = try #require(try run.json()["results"] as? [[String: Any]])
            return Dictionary(results.compactMap { result in (result["tenant"] as? String).map { ($0, result) } }) {
                $1
            }
        }

        private func addTenant(_ tiny: SampleSandbox) async throws {
            let keys = ["keys", "generate", "--keyring", tiny.sandbox.keyring, "--tenant", "other"]
            #expect(try await denature(keys).status == 0)
        }

        @Test(arguments: marks) func markedTracesAreTheTenants(scheme: String, options: [String]) async throws {
            let tiny = try await SampleSandbox()
            try await addTenant(tiny)
            let mark = arguments(scheme, options, tiny) + ["--samples-per-prompt", "4"]
            let run = try await tiny.sample(tiny.file("marked.jsonl"), mark + ["--json"])
            #expect(run.status == 0, "\(run.errors)")
            let watermark = try #require(try run.json()["watermark"] as? [String: Any])
            #expect(watermark["scheme"] as? String == scheme && watermark["context_width"] as? Int == 2)
            #expect(watermark["tenant"] as? String == "acme" && watermark["epoch"] is String)
            let lines = try tiny.lines("marked.jsonl")
            #expect(lines.allSatisfy { ($0["token_ids"] as? [Int])?.count == $0["tokens"] as? Int })

            let found = try await detect("marked.jsonl", scheme, tiny)
            #expect(found["acme"]?["verdict"] as? String == "marked", "\(found)")
            // The keys are new in every run: one of them gave -7.0, most give less than -8.
            #expect((found["acme"]?["log10_p"] as? Double ?? 0) < -5)
            #expect(found["acme"]?["key_id"] as? String == watermark["key_id"] as? String)
            // One random key in 100,000 does worse.
            #expect((found["other"]?["log10_p"] as? Double ?? -9) > -5, "\(found)")

            // The batch changes nothing, and the mark is not the plain text.
            let small = try await tiny.sample(tiny.file("small.jsonl"), mark + ["--batch-size", "3"])
            #expect(small.status == 0, "\(small.errors)")
            #expect(tiny.sandbox.bytes("small.jsonl") == tiny.sandbox.bytes("marked.jsonl"))
            let plain = ["--samples-per-prompt", "4", "--with-token-ids"]
            #expect(try await tiny.sample(tiny.file("plain.jsonl"), plain).status == 0)
            #expect(tiny.sandbox.bytes("plain.jsonl") != tiny.sandbox.bytes("marked.jsonl"))
            let unmarked = try await detect("plain.jsonl", scheme, tiny)
            #expect(unmarked.values.allSatisfy { ($0["log10_p"] as? Double ?? -9) > -5 }, "\(unmarked)")
        }

        @Test(arguments: marks) func marksGoWithThePenaltyAndWithDrafts(
            scheme: String, options: [String]
        ) async throws {
            let tiny = try await SampleSandbox()
            let more =
                arguments(scheme, options, tiny) + tiny.proxy + [
                    "--temperature", "0.9", "--top-k", "40", "--kl-budget", "0.3", "--json",
                ]
            let penalised = try await tiny.sample(
                tiny.file("both.jsonl"), more + ["--strength", "4", "--samples-per-prompt", "6"])
            #expect(penalised.status == 0, "\(penalised.errors)")
            let penalty = try #require(try penalised.json()["penalty"] as? [String: Any])
            #expect((penalty["largest_kl"] as? Double).map { $0 > 0 && $0 <= 0.3 } == true)
            let both = try await detect("both.jsonl", scheme, tiny)
            #expect(both["acme"]?["verdict"] as? String == "marked", "\(both)")

            // Strength 0 leaves the mark as it is, token for token.
            let zero = try await tiny.sample(tiny.file("zero.jsonl"), more + ["--strength", "0"])
            #expect(zero.status == 0, "\(zero.errors)")
            let alone = try await tiny.sample(
                tiny.file("alone.jsonl"), arguments(scheme, options, tiny) + ["--temperature", "0.9", "--top-k", "40"])
            #expect(alone.status == 0, "\(alone.errors)")
            #expect(
                try tiny.lines("zero.jsonl").map { $0["token_ids"] as? [Int] }
                    == tiny.lines("alone.jsonl").map { $0["token_ids"] as? [Int] })

            let drafts = try await tiny.sample(
                tiny.file("drafts.jsonl"),
                more + [
                    "--strength", "1", "--drafts", "6", "--select", "poison", "--answer-forcing", " ####",
                    "--keep-candidates", tiny.file("candidates.jsonl"),
                ])
            #expect(drafts.status == 0, "\(drafts.errors)")
            let released = try tiny.lines("drafts.jsonl")
            let candidates = try tiny.lines("candidates.jsonl")
            #expect(candidates.count == released.reduce(0) { $0 + ($1["right_drafts"] as? Int ?? 0) })
            #expect(
                candidates.filter { $0["released"] as? Bool == true }.map { $0["token_ids"] as? [Int] }
                    == released.map { $0["token_ids"] as? [Int] })
        }

        @Test(arguments: marks) func aContextThatNeverComesLeavesThePlainText(
            scheme: String, options: [String]
        ) async throws {
            let tiny = try await SampleSandbox()
            let wide = arguments(scheme, options, tiny).map { $0 == "2" ? "24" : $0 }
            #expect(try await tiny.sample(tiny.file("wide.jsonl"), wide).status == 0)
            #expect(try await tiny.sample(tiny.file("plain.jsonl"), ["--with-token-ids"]).status == 0)
            #expect(tiny.sandbox.bytes("wide.jsonl") == tiny.sandbox.bytes("plain.jsonl"))
        }

        @Test func killedRunsGoOnWithTheSameBytes() async throws {
            let tiny = try await SampleSandbox()
            func run(_ name: String) -> [String] {
                [
                    "sample", "--teacher", tiny.model("teacher"), "--prompts", tiny.file("problems.jsonl"), "-o",
                    tiny.file("\(name).jsonl"), "--seed", "5", "--max-new-tokens", "24", "--batch-size", "4",
                    "--drafts", "12", "--select", "shortest", "--answer-forcing", " ####", "--keep-candidates",
                    tiny.file("\(name)-candidates.jsonl"),
                ] + arguments("fingerprint", ["--mark-strength", "200"], tiny)
            }
            let whole = try await denature(run("whole"))
            #expect(whole.status == 0, "\(whole.errors)")
            let program = try RunningProgram(run("cut"))
            func size() -> Int { tiny.sandbox.bytes("cut.jsonl.partial")?.count ?? 0 }
            // When it grows for the second time, the state vouches for the first.
            for _ in 0..<2 {
                let before = size()
                while size() <= before, kill(program.process, 0) == 0 { try await Task.sleep(for: .milliseconds(5)) }
            }
            program.send(SIGKILL)
            #expect(try await program.wait().signal == SIGKILL)
            #expect(tiny.sandbox.bytes("cut.jsonl") == nil && tiny.sandbox.bytes("cut-candidates.jsonl") == nil)
            // Another customer's mark is another run.
            try await addTenant(tiny)
            let other = try await denature(run("cut").map { $0 == "acme" ? "other" : $0 })
            #expect(other.status == 1 && other.errors.contains("interrupted run with another"), "\(other.errors)")
            let last = try await denature(run("cut"))
            #expect(last.status == 0, "\(last.errors)")
            #expect(last.errors.contains("finished by an earlier run"))
            #expect(tiny.sandbox.bytes("cut.jsonl") == tiny.sandbox.bytes("whole.jsonl"))
            #expect(tiny.sandbox.bytes("cut-candidates.jsonl") == tiny.sandbox.bytes("whole-candidates.jsonl"))
            #expect(try tiny.sandbox.names().allSatisfy { !$0.contains("partial") })
        }

        @Test func aProxyWithOtherTokensIsRefused() async throws {
            let tiny = try await SampleSandbox()
            let folder = tiny.file("foreign")
            try FileManager.default.copyItem(atPath: tiny.model("proxy"), toPath: folder)
            let path = folder + "/tokenizer.json"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacing("Ġ40", with: "Ġ41").write(toFile: path, atomically: true, encoding: .utf8)
            let run = try await tiny.sample(
                tiny.file("x.jsonl"),
                ["--watermark", "fingerprint", "--fingerprint-proxy", folder] + tiny.sandbox.keys)
            #expect(run.status == 1 && run.errors.contains(path) && run.errors.contains("lacks the token"))
            #expect(tiny.sandbox.bytes("x.jsonl") == nil)
        }

        @Test func keysThatWereOpenedMarkNothing() async throws {
            let tiny = try await SampleSandbox()
            let keys = tiny.sandbox.keys
            let open = ["keys", "open", "--epoch", "1", "--purpose", "token", "--burn"]
            #expect(try await denature(["keys", "rotate"] + keys).status == 0)
            #expect(try await denature(open + keys).status == 0)
            for epoch in ["1", "none-such"] {
                let run = try await tiny.sample(
                    tiny.file("x.jsonl"), ["--watermark", "gumbel", "--epoch", epoch] + keys)
                #expect(run.status == 1 && run.errors.contains(epoch), "\(run.errors)")
                #expect(tiny.sandbox.bytes("x.jsonl") == nil)
            }
            let active = try await tiny.sample(
                tiny.file("x.jsonl"), ["--watermark", "gumbel", "--limit", "2", "--json"] + keys)
            #expect(active.status == 0, "\(active.errors)")
            #expect((try active.json()["watermark"] as? [String: Any])?["epoch"] as? String == "2")
        }

        @Test(arguments: [
            ["--watermark", "red"], ["--gamma", "0.5"], ["--watermark", "green", "--layers", "3"],
            ["--watermark", "green", "--gamma", "1"], ["--watermark", "gumbel", "--temperature", "0"],
            ["--watermark", "tournament", "--temperature", "0"], ["--watermark", "tournament", "--layers", "33"],
            ["--watermark", "gumbel", "--mark-before-truncation"], ["--watermark", "fingerprint"],
            ["--watermark", "green", "--context-width", "0"], ["--watermark", "green", "--fingerprint-proxy", "x"],
            ["--watermark", "green", "--mark-strength", "nan"], ["--keep-candidates", "c.jsonl"],
        ])
        func wrongUsageEndsWithStatusTwo(options: [String]) async throws {
            let tiny = try await SampleSandbox()
            let run = try await tiny.sample(tiny.file("x.jsonl"), options + tiny.sandbox.keys)
            #expect(run.status == 2, "\(options): \(run.errors)")
            let keyless = try await tiny.sample(tiny.file("x.jsonl"), ["--watermark", "green"])
            #expect(keyless.status == 2 && keyless.errors.contains("--keyring"))
            #expect(tiny.sandbox.bytes("x.jsonl") == nil)
        }
    }
#endif
