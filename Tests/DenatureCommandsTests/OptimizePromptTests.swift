#if Torch
    import TestSupport
    import Foundation
    import ScriptedServer
    import Synchronization
    import Testing
    import TraceRewriting

    @testable import DenatureCommands

    /// The search with the lab's proxy and traces, against scripted models.
    @Suite(.serialized) struct OptimizePromptTests {
        private static let lab = Repository.path("fixtures/lab")
        private static let key = "sk-optimize-77Tr/4w+Q=01"

        /// Answers by rule, and counts.
        private final class Models: Sendable {
            private let counts = Mutex((proposals: 0, rewritings: 0))

            var proposals: Int { counts.withLock { $0.proposals } }
            var rewritings: Int { counts.withLock { $0.rewritings } }

            func handle(_ request: ScriptedRequest) -> ScriptedReply {
                let text = request.messages.last?.content ?? ""
                guard request.messages.first?.content.contains("You improve instructions") != true else {
                    counts.withLock { $0.proposals += 1 }
                    // Depends on the scores shown, so that only an equal history gives an equal proposal.
                    let scores = text.split(separator: "\n").filter { $0.contains("core") }.joined()
                    let word = String(scores.utf8.reduce(UInt64(7)) { $0 &* 31 &+ UInt64($1) }, radix: 26)
                        .map { $0.isNumber ? "z" : String($0) }.joined()
                    let slot = text.contains("proposal 1 of") ? "verse" : "prose"
                    return .chat("<instruction>Write \(slot) in the manner of \(word).</instruction>")
                }
                counts.withLock { $0.rewritings += 1 }
                let body = text.components(separatedBy: "The reasoning:\n").last ?? ""
                let parts = body.components(separatedBy: "\n\nThe answer it must still lead to: ")
                let reasoning = text.contains("verse") ? parts[0].replacing("so ", with: "then ") : parts[0]
                return .chat("<rewritten>\n\(reasoning)\n</rewritten>\nFinal answer: \(parts.last ?? "")")
            }
        }

        private func sandbox() throws -> Sandbox {
            let sandbox = try Sandbox()
            let traces = try String(contentsOfFile: Self.lab + "/holdout-traces.jsonl", encoding: .utf8)
            try sandbox.write("traces.jsonl", traces.split(separator: "\n").prefix(12).map { $0 + "\n" }.joined())
            let problems = try String(contentsOfFile: Self.lab + "/evaluation.jsonl", encoding: .utf8)
            try sandbox.write("eval.jsonl", problems.split(separator: "\n").prefix(4).map { $0 + "\n" }.joined())
            let warm = try String(contentsOfFile: Self.lab + "/warm-traces.jsonl", encoding: .utf8)
            try sandbox.write("held.jsonl", warm.split(separator: "\n").prefix(8).map { $0 + "\n" }.joined())
            return sandbox
        }

        private func arguments(_ sandbox: Sandbox, _ url: String, _ more: [String] = []) -> [String] {
            [
                "optimize-prompt", "--traces", sandbox.file("traces.jsonl"), "--sample", "6", "--proxy",
                Self.lab + "/proxy-base", "--holdout", sandbox.file("held.jsonl"), "--epochs", "1", "--batch-size", "3",
                "--lr", "1e-3", "--rounds", "1", "--proposals", "2", "--endpoint", url, "--model", "m", "--work",
                sandbox.file("work"), "--output", sandbox.file("found.md"), "--max-attempts", "1", "--threads", "1",
            ] + more
        }

        private func leaderboard(_ sandbox: Sandbox) throws -> [String: Any] {
            let data = Data(try #require(sandbox.bytes("work/leaderboard.json")))
            return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        }

        @Test func aSearchWithRealStudents() async throws {
            let sandbox = try sandbox()
            let models = Models()
            try await ScriptedServer.with(
                { models.handle($0) },
                run: { server in
                    let prices = ["--rewriter-price", "1:2", "--optimizer-price", "3:4", "--json", "-q"]
                    let extra = [
                        "--problems", sandbox.file("eval.jsonl"), "--measure", "loss", "--max-new-tokens", "24",
                    ]
                    let result = try await denature(arguments(sandbox, server.baseURL, prices + extra))
                    #expect(result.status == 0, "\(result.errors)")
                    let report = try result.json()
                    #expect(report["tried"] as? Int == 4 && report["rounds"] as? Int == 1)
                    let board = try leaderboard(sandbox)
                    let entries = try #require(board["entries"] as? [[String: Any]])
                    let scores = entries.compactMap { $0["score"] as? Double }
                    #expect(scores.count == 4 && scores == scores.sorted(by: >))
                    for entry in entries {
                        let student = try #require((entry["students"] as? [[String: Any]])?.first)
                        let loss = try #require(student["loss"] as? Double)
                        let accuracy = try #require(student["accuracy"] as? Double)
                        #expect(loss > 0 && loss < 10 && (0...1).contains(accuracy))
                    }
                    let template = try PromptLibrary.template(sandbox.file("found.md"))
                    #expect(template.name == "found" && template.variables == [.problem, .reasoning, .answer])
                    #expect(template.source.contains("students' loss"))
                    #expect(models.proposals == 2 && models.rewritings >= 24)
                    let cost = try #require((board["cost"] as? [String: [String: Any]])?["rewriter"])
                    #expect(cost["requests"] as? Int == models.rewritings && cost["price"] as? Double ?? 0 > 0)

                    // Again: nothing is asked, nothing trained, the same files.
                    let before = sandbox.bytes("work/leaderboard.json")
                    let again = try await denature(arguments(sandbox, server.baseURL, prices + extra))
                    #expect(again.status == 0 && again.output == result.output, "\(again.errors)")
                    #expect(models.proposals == 2 && sandbox.bytes("work/leaderboard.json") == before)

                    // Somebody else's file is not replaced.
                    try sandbox.write("found.md", "mine")
                    let refused = try await denature(arguments(sandbox, server.baseURL, prices + extra))
                    #expect(refused.status == 2 && refused.errors.contains("--force"))
                    #expect(sandbox.bytes("found.md") == Array("mine".utf8))
                })
        }

        /// Killed at several moments, a search ends as one that was not.
        @Test func killedSearchesGoOn() async throws {
            let clean = try sandbox()
            let cleanModels = Models()
            let finished = try await ScriptedServer.with(
                { cleanModels.handle($0) }, run: { try await denature(arguments(clean, $0.baseURL, ["-q"])) })
            #expect(finished.status == 0, "\(finished.errors)")

            let sandbox = try sandbox()
            let models = Models()
            var kills = 0
            for stop in [2, 9, 14, 21] {
                let server = try await ScriptedServer.start { models.handle($0).delayed(.milliseconds(4)) }
                let program = try RunningProgram(arguments(sandbox, server.baseURL, ["-q", "--concurrency", "2"]))
                let wanted = stop - models.proposals - models.rewritings
                let limit = ContinuousClock.now + .seconds(20)
                while server.counts.requests < wanted, ContinuousClock.now < limit {
                    try await Task.sleep(for: .milliseconds(1))
                }
                program.send(SIGKILL)
                if try await program.wait().signal == SIGKILL { kills += 1 }
                try await server.shutdown()
            }
            #expect(kills == 4)
            let result = try await ScriptedServer.with(
                { models.handle($0) }, run: { try await denature(arguments(sandbox, $0.baseURL, ["-q"])) })
            #expect(result.status == 0, "\(result.errors)")
            let total = models.proposals + models.rewritings
            let expected = cleanModels.proposals + cleanModels.rewritings
            // Only what was in flight is asked again.
            #expect(total >= expected && total <= expected + 2 * kills, "\(total), \(expected) undisturbed")
            var (board, cleanBoard) = (try leaderboard(sandbox), try leaderboard(clean))
            board["cost"] = nil
            cleanBoard["cost"] = nil
            #expect(NSDictionary(dictionary: board) == NSDictionary(dictionary: cleanBoard))
            #expect(sandbox.bytes("found.md") == clean.bytes("found.md"))
        }

        @Test func aDeadEndpointAndASignalCanBeResumed() async throws {
            let sandbox = try sandbox()
            try sandbox.write("key", Self.key + "\n")
            chmod(sandbox.file("key"), 0o600)
            let dead = try await ScriptedServer.with(
                { _ in .error(401, "no such key: \(Self.key)") },
                run: {
                    try await denature(
                        arguments(sandbox, $0.baseURL, ["--api-key-file", sandbox.file("key")]))
                })
            #expect(dead.status == 1 && dead.errors.contains("run the same command again"), "\(dead.errors)")
            #expect(!dead.errors.contains("77Tr"))
            let silent = try await ScriptedServer.start { _ in ScriptedReply(fault: .stallBeforeHead) }
            let program = try RunningProgram(arguments(sandbox, silent.baseURL, ["-q"]))
            while silent.counts.requests < 1 { try await Task.sleep(for: .milliseconds(2)) }
            program.send(SIGINT)
            let stopped = try await program.wait()
            try await silent.shutdown()
            #expect(stopped.status == 130 && stopped.errors.contains("interrupted"), "\(stopped.errors)")
            let models = Models()
            let config = try sandbox.write("search.yaml", "rounds: 1\nproposals: 2\nseed: 0\n")
            let result = try await ScriptedServer.with(
                { models.handle($0) },
                run: { try await denature(arguments(sandbox, $0.baseURL, ["-q", "--config", config])) })
            #expect(result.status == 0, "\(result.errors)")
            for name in ["work/journal.jsonl", "work/leaderboard.json", "found.md"] {
                let text = String(decoding: sandbox.bytes(name) ?? [], as: UTF8.self)
                #expect(!text.isEmpty && !text.contains("77Tr"), "\(name)")
            }
        }

        @Test func wrongUsageIsRefused() async throws {
            let sandbox = try sandbox()
            let base = arguments(sandbox, "http://127.0.0.1:9/v1")
            for more in [
                ["--rounds", "-1"], ["--output", "found.txt"], ["--measure", "accuracy"], ["--penalty", "nan"],
                ["--lora-alpha", "3"], ["--sample", "0"],
            ] {
                #expect(throws: (any Error).self, "\(more)") { try RootCommand.parseAsRoot(base + more) }
            }
            #expect(throws: Never.self) { _ = try RootCommand.parseAsRoot(base) }
            for more in [
                ["--rounds", "-1"], ["--optimizer-price", "cheap"], ["--length-ratio", "3:1"],
                ["--start", sandbox.file("traces.jsonl")],
            ] {
                let result = try await denature(base + more)
                #expect(result.status == 2, "\(more): \(result.errors)")
            }
            let help = try await denature(["optimize-prompt", "--help"])
            #expect(help.status == 0 && help.text.contains("denature optimize-prompt "))
        }
    }
#endif
