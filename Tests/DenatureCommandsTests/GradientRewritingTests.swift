import Foundation
import Testing

#if Torch
    @Suite struct GradientRewritingTests {
        private static func traces(_ count: Int) -> String {
            (0..<count).map { i in
                // Words that the tiny tokenizer has seen.
                #"{"id":\#(i),"problem":"Sum of \#(i % 13) and \#(i % 7) ?","trace":"so we add \#(i % 13) and \#(i % 7) "#
                    + #"and we add and we add of and we add #### \#(i % 13 + i % 7)"}"# + "\n"
            }.joined()
        }

        /// Without numbers and the answer, which must be the same.
        private static func numbers(_ text: String) -> [Substring] { text.split { !"0123456789#".contains($0) } }

        @Test func wordsAreExchangedAndReportedAndARunGoesOn() async throws {
            let tiny = try await SampleSandbox()
            try tiny.sandbox.write("in.jsonl", Self.traces(12))
            func sanitize(_ output: String, _ more: [String]) async throws -> ProgramResult {
                try await tiny.sandbox.sanitize(
                    "in.jsonl", output,
                    [
                        "--watermark", "none", "--rewriter", "gradient,lexical", "--seed", "3", "--json", "--threads",
                        "1",
                    ]
                        + tiny.proxy + more)
            }
            let first = try await sanitize("a.jsonl", ["--gain", "hb", "--token-budget", "0.2"])
            #expect(first.status == 0, "\(first.errors)")
            let swaps = try #require(try first.json()["swaps"] as? [String: Any])
            // The budget is kept on the average; a dozen traces may round up more often than down.
            #expect((swaps["swaps"] as? Int ?? 0) > 0 && (swaps["share"] as? Double ?? 1) <= 0.23)
            #expect(try #require(swaps["objective_after"] as? Double) > #require(swaps["objective_before"] as? Double))
            #expect(swaps["mean_log_probability_drop"] == nil)
            let (old, new) = (try tiny.lines("in.jsonl"), try tiny.lines("a.jsonl"))
            #expect(new.count == 12 && zip(old, new).contains { $0["trace"] as? String != $1["trace"] as? String })
            for (before, after) in zip(old, new) {
                #expect(Self.numbers(before["trace"] as? String ?? "") == Self.numbers(after["trace"] as? String ?? ""))
            }

            let ledger = ["--ledger", tiny.file("job.sqlite"), "--gain", "hb", "--token-budget", "0.2"]
            #expect(try await sanitize("b.jsonl", ledger).status == 0)
            #expect(tiny.sandbox.bytes("b.jsonl") == tiny.sandbox.bytes("a.jsonl"))
            // Finished: nothing is done again, and nothing else is taken for the same job.
            #expect(try await sanitize("b.jsonl", ledger).json()["resumed"] as? Int == 12)
            #expect(try await sanitize("b.jsonl", ledger.dropLast() + ["0.1"]).status == 1)

            let bounded = try await sanitize(
                "c.jsonl",
                [
                    "--gain", "rhb", "--teacher", tiny.model("teacher"), "--max-log-probability-drop", "3",
                    "--token-budget", "0.2",
                ])
            #expect(bounded.status == 0, "\(bounded.errors)")
            let measured = try #require(try bounded.json()["swaps"] as? [String: Any])
            if let drop = measured["mean_log_probability_drop"] as? Double { #expect(drop <= 3) }

            let selected = try await sanitize(
                "d.jsonl", ["--gain", "random", "--select", "gradient", "--candidates", "4", "--token-budget", "0.2"])
            let plain = try await sanitize("e.jsonl", ["--gain", "random", "--token-budget", "0.2"])
            #expect(selected.status == 0 && plain.status == 0, "\(selected.errors)")
            func after(_ result: ProgramResult) throws -> Double {
                try #require((try result.json()["swaps"] as? [String: Any])?["objective_after"] as? Double)
            }
            #expect(try after(selected) > after(plain))
        }

        /// Which tokens are exchanged, by what, and whose loss it is.
        @Test func scopeCandidatesAndTokensOfTheLossDecide() async throws {
            let tiny = try await SampleSandbox()
            try tiny.sandbox.write("in.jsonl", Self.traces(12))
            let gradient = try await denature([
                "gradient", "--proxy", tiny.model("proxy"), "--holdout", tiny.file("in.jsonl"), "--loss-tokens",
                "numbers",
                "-o", tiny.file("n.safetensors"), "--json", "--threads", "1",
            ])
            #expect(gradient.status == 0, "\(gradient.errors)")
            #expect(try gradient.json()["loss_tokens"] as? String == "numbers")
            // It is of other tokens than the usual one, and says so.
            let all = try await denature([
                "gradient", "--proxy", tiny.model("proxy"), "--holdout", tiny.file("in.jsonl"), "-o",
                tiny.file("c.safetensors"), "--json", "--threads", "1",
            ])
            #expect(try all.json()["loss_tokens"] as? String == "completion")
            let counts = [try gradient.json()["tokens"] as? Int, try all.json()["tokens"] as? Int].compactMap { $0 }
            #expect(counts.count == 2 && counts[0] > 0 && counts[0] < counts[1])

            func sanitize(_ output: String, _ more: [String]) async throws -> (swaps: Int, after: Double) {
                let result = try await tiny.sandbox.sanitize(
                    "in.jsonl", output,
                    [
                        "--watermark", "none", "--rewriter", "gradient", "--seed", "3", "--json", "--threads", "1",
                        "--proxy", tiny.model("proxy"), "--gradient", tiny.file("n.safetensors"), "--token-budget",
                        "0.2",
                    ] + more)
                #expect(result.status == 0, "\(result.errors)")
                let swaps = try #require(try result.json()["swaps"] as? [String: Any])
                for (before, after) in zip(try tiny.lines("in.jsonl"), try tiny.lines(output)) {
                    #expect(
                        Self.numbers(before["trace"] as? String ?? "") == Self.numbers(after["trace"] as? String ?? ""))
                }
                return (
                    swaps["swaps"] as? Int ?? 0, try #require(swaps["objective_after"] as? Double)
                )
            }
            let evaluated = try await sanitize("k.jsonl", ["--swap-candidates", "8", "--swap-positions", "0"])
            let trusted = try await sanitize("t.jsonl", ["--swap-candidates", "0"])
            let few = try await sanitize("f.jsonl", ["--swap-candidates", "1", "--swap-positions", "1"])
            #expect(trusted.swaps > 0 && few.swaps > 0)
            // True J looks further than a gain, and at all positions further than at a few.
            #expect(evaluated.after > trusted.after && evaluated.after > few.after)

            // Another scope is another job.
            let job = [
                "--watermark", "none", "--rewriter", "gradient", "--ledger", tiny.file("scope.sqlite"), "--threads",
                "1",
                "--force",
            ]
            for (scope, status) in [("words", 0), ("tokens", 1), ("letters", 2)] as [(String, Int32)] {
                let result = try await tiny.sandbox.sanitize(
                    "in.jsonl", "l.jsonl", job + tiny.proxy + ["--swap-scope", scope])
                #expect(result.status == status, "\(scope): \(result.errors)")
            }
        }

        @Test func gainsAreMeasured() async throws {
            let tiny = try await SampleSandbox()
            try tiny.sandbox.write("in.jsonl", Self.traces(6))
            let arguments = ["gains", "--data", tiny.file("in.jsonl"), "--swaps", "40", "--threads", "1"] + tiny.proxy
            let plain = try await denature(arguments + ["--json"])
            #expect(plain.status == 0, "\(plain.errors)")
            let gains = try #require(try plain.json()["gains"] as? [[String: Any]])
            #expect(gains.map { $0["gain"] as? String } == ["ds", "hb", "fo"])
            #expect(gains.allSatisfy { ($0["spearman"] as? Double).map { abs($0) <= 1 } == true })
            #expect(try plain.json()["swaps"] as? Int == 40)
            // The best of them sees both roles of a token.
            #expect((gains[1]["spearman"] as? Double ?? 0) > 0.5)
            let text = try await denature(arguments + ["--teacher", tiny.model("teacher")])
            #expect(text.status == 0 && text.text.contains("rhb"), "\(text.errors)")
        }

        @Test func wrongOptionsAreNamed() async throws {
            let tiny = try await SampleSandbox()
            try tiny.sandbox.write("in.jsonl", Self.traces(2))
            func refuses(_ more: [String], _ word: String, status: Int32 = 2, _ line: Int = #line) async throws {
                let result = try await tiny.sandbox.sanitize("in.jsonl", "x", ["--watermark", "none"] + more)
                #expect(result.status == status && result.errors.contains(word), "line \(line): \(result.errors)")
                #expect(tiny.sandbox.bytes("x") == nil, "line \(line)")
            }
            let rewriter = ["--rewriter", "gradient"]
            try await refuses(rewriter, "--proxy")
            try await refuses(tiny.proxy, "--select gradient")
            try await refuses(["--select", "gradient"], "--gradient")
            try await refuses(rewriter + ["--proxy", tiny.model("proxy")], "belong together")
            try await refuses(rewriter + tiny.proxy + ["--gain", "rhb"], "--teacher")
            try await refuses(rewriter + tiny.proxy + ["--max-log-probability-drop", "1"], "--teacher")
            try await refuses(rewriter + tiny.proxy + ["--token-budget", "1.5"], "--token-budget")
            try await refuses(
                rewriter + ["--proxy", tiny.model("teacher"), "--gradient", tiny.model("g.safetensors")], "tensor",
                status: 1)
            let nothing = try await denature(["gains", "--data", tiny.file("in.jsonl")])
            #expect(nothing.status == 2 && nothing.errors.contains("--proxy"))
        }
    }
#else
    @Suite struct GradientRewritingTests {
        @Test func withoutLibtorchTheRewriterIsRefused() async throws {
            let sandbox = try Sandbox()
            try sandbox.write("in.jsonl", SampleTraces.text(2))
            let result = try await sandbox.sanitize("in.jsonl", "x", ["--rewriter", "gradient"])
            #expect(result.status == 2 && result.errors.contains("libtorch"), "\(result.errors)")
        }
    }
#endif
