#if Torch
    import Foundation
    import ScriptedServer
    import TestSupport
    import Testing

    /// `denature experiment` as a program, with models that are hardly trained.
    @Suite(.serialized) struct ExperimentCommandTests {
        private static let rows = """
            defences:
              - name: temperature
                attackers: [filter]
              - name: marked
                strength: 0.2
                watermark: {scheme: gumbel, context-width: 1}
                rewrite: [{rewriter: lexical}]
                attackers: [unlikely]
            attackers:
              - {name: filter, kind: answer-only}
              - {name: unlikely, kind: perplexity-filter, reference: PROXY, drop: 0.25}
            """

        private static func file(_ box: SampleSandbox, rows: String = rows) throws -> String {
            let yaml = """
                title: Tiny
                models:
                  teacher: \(box.model("teacher"))
                  proxy: \(box.model("proxy"))
                  gradient: \(box.model("g.safetensors"))
                  students: [{name: base, model: \(box.model("proxy"))}]
                data: {prompts: problems.jsonl, evaluation: problems.jsonl, traces: 6, pool: 8, evaluation-limit: 6}
                sampling: {max-new-tokens: 12}
                training: {steps: 2, batch-size: 4, lr: 1e-3}
                \(rows.replacing("PROXY", with: box.model("proxy")))

                """
            return try box.sandbox.write("x.yaml", yaml)
        }

        private static func results(_ box: SampleSandbox, _ folder: String) -> [[UInt8]?] {
            ["table.csv", "table.json", "index.html"].map { box.sandbox.bytes("\(folder)/\($0)") }
        }

        private static func stages(_ box: SampleSandbox, _ folder: String) throws -> [String: Date] {
            let root = box.file("\(folder)/stages")
            var dates: [String: Date] = [:]
            for name in try FileManager.default.contentsOfDirectory(atPath: root) where !name.hasPrefix(".") {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(root)/\(name)")
                dates[name] = attributes[.modificationDate] as? Date
            }
            return dates
        }

        /// One run to its end; one that is killed again and again, and gone on with. Same bytes, nothing done twice.
        @Test(arguments: [UInt64(7)]) func killedAtRandomMomentsTheTableIsTheSame(seed: UInt64) async throws {
            let box = try await SampleSandbox()
            let file = try Self.file(box)
            let listed = try await denature(["experiment", file, "-o", box.file("clean"), "--dry-run"])
            #expect(listed.status == 0 && listed.text.contains("4 rows, 4 students"), "\(listed.text)\(listed.errors)")
            #expect(!FileManager.default.fileExists(atPath: box.file("clean")))
            let clean = try await denature(["experiment", file, "-o", box.file("clean"), "--workers", "2"])
            #expect(clean.status == 0, "\(clean.errors)")

            var generator = SplitMix64(seed: seed)
            var kills = 0
            var finished: [String: Date] = [:]
            while kills < 3 {
                let program = try RunningProgram(["experiment", file, "-o", box.file("killed"), "--workers", "2", "-q"])
                try await Task.sleep(for: .milliseconds(Int.random(in: 300...1_500, using: &generator)))
                program.send(SIGKILL)
                if try await program.wait().status != nil { break }
                kills += 1
                let now = (try? Self.stages(box, "killed")) ?? [:]
                #expect(finished.allSatisfy { now[$0.key] == $0.value }, "a finished stage was touched, seed \(seed)")
                finished = now
            }
            let last = try await denature(["experiment", file, "-o", box.file("killed"), "--workers", "1"])
            #expect(last.status == 0, "seed \(seed): \(last.errors)")
            #expect(kills > 0)
            let now = try Self.stages(box, "killed")
            #expect(finished.allSatisfy { now[$0.key] == $0.value })
            #expect(Set(now.keys) == Set(try Self.stages(box, "clean").keys))
            let expected = Self.results(box, "clean")
            #expect(expected.allSatisfy { $0?.isEmpty == false })
            #expect(Self.results(box, "killed") == expected, "seed \(seed)")

            // Run once more there is nothing to do, and the table is the same.
            let again = try await denature(["experiment", file, "-o", box.file("clean"), "--json"])
            #expect(again.status == 0 && again.errors.contains("stages were done by an earlier run"))
            #expect(try again.json()["schema"] as? String == "denature-experiment/1")
            #expect(Self.results(box, "clean") == expected)
        }

        /// Its opinion of a defence is in all rows of it, asked for once; without a reply nothing is made up.
        @Test func aJudgesScoresAreInTheTable() async throws {
            let box = try await SampleSandbox()
            let one = """
                defences: [{name: temperature, attackers: [filter]}]
                attackers: [{name: filter, kind: answer-only}]
                """
            func run(_ server: ScriptedServer, _ folder: String) async throws -> ProgramResult {
                let judge = "judge: {endpoint: '\(server.baseURL)', model: m, traces: 4}"
                let file = try Self.file(box, rows: "\(one)\n\(judge)")
                return try await denature(["experiment", file, "-o", box.file(folder), "-q", "--json"])
            }
            let replies: ScriptedServer.Handler = { .chat("Score: \($0.index % 4 < 3 ? 4 : 2)") }
            let (result, requests) = try await ScriptedServer.with(replies) { server in
                (try await run(server, "out"), server.counts.requests)
            }
            #expect(result.status == 0, "\(result.errors)")
            let rows = try #require(try result.json()["rows"] as? [[String: Any]])
            #expect(rows.count == 2 && rows.allSatisfy { $0["judge_score"] as? Double == 3.5 })
            #expect(requests == 4)
            #expect(String(decoding: box.sandbox.bytes("out/table.csv") ?? [], as: UTF8.self).contains(",3.5,"))
            // Where a model is asked is no part of what it says: the scores that are there are taken again.
            let refusing: ScriptedServer.Handler = { _ in .error(400) }
            let again = try await ScriptedServer.with(refusing) { try await run($0, "out") }
            #expect(again.status == 0, "\(again.errors)")
            let refused = try await ScriptedServer.with(refusing) { try await run($0, "other") }
            #expect(refused.status == 1 && refused.errors.contains("HTTP status 400"), "\(refused.errors)")
        }

        @Test func anInterruptedRunSaysHowToGoOn() async throws {
            let box = try await SampleSandbox()
            let file = try Self.file(box)
            let program = try RunningProgram(["experiment", file, "-o", box.file("out"), "--workers", "1"])
            let limit = ContinuousClock.now + .seconds(30)
            while (try? Self.stages(box, "out"))?.isEmpty ?? true, ContinuousClock.now < limit {
                try await Task.sleep(for: .milliseconds(20))
            }
            program.send(SIGTERM)
            let result = try await program.wait()
            #expect(result.status == 130 && result.errors.contains("run the same command again"), "\(result.errors)")
            #expect(box.sandbox.bytes("out/table.csv") == nil)
        }

        @Test func oneRunAtATimeWorksInAFolder() async throws {
            let box = try await SampleSandbox()
            let file = try Self.file(box)
            try FileManager.default.createDirectory(atPath: box.file("out"), withIntermediateDirectories: true)
            let lock = open(box.file("out/.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            defer { close(lock) }
            try #require(lock >= 0 && flock(lock, LOCK_EX) == 0)
            let result = try await denature(["experiment", file, "-o", box.file("out")])
            #expect(result.status == 1 && result.errors.contains("another run"), "\(result.errors)")
        }

        @Test func aFailingStageIsNamedWithWhatItSaid() async throws {
            let box = try await SampleSandbox()
            // Nothing is left to learn once every trace has been dropped.
            let rows = """
                defences: [{name: plain, attackers: [all-gone]}]
                attackers: [{name: all-gone, kind: perplexity-filter, reference: PROXY, drop: 1}]
                """
            let file = try Self.file(box, rows: rows)
            let result = try await denature(["experiment", file, "-o", box.file("out")])
            #expect(result.status == 1)
            #expect(result.errors.contains("failed, status 1") && result.errors.contains("the input holds no records"))
            #expect(result.errors.contains("plain, all-gone, seed 1"))
        }

        @Test func mistakesInTheFileAreUsage() async throws {
            let box = try await SampleSandbox()
            let file = try Self.file(box, rows: "defences: [{nome: plain}]")
            let result = try await denature(["experiment", file, "-o", box.file("out")])
            #expect(result.status == 2 && result.errors.contains("x.yaml:10: unknown key 'nome'"), "\(result.errors)")
        }

        /// The student of marked traces is audited, with few answers and without any expectation of a finding.
        @Test func auditsArePartOfTheTable() async throws {
            let box = try await SampleSandbox()
            let rows = """
                audit: {tests: reading-reference, tenants: 2, outputs-per-prompt: 1, decoy-keys: 99, documents: 6}
                defences:
                  - {name: marked, watermark: gumbel, audit: true}
                """
            let file = try Self.file(box, rows: rows)
            let result = try await denature(["experiment", file, "-o", box.file("out"), "--json"])
            #expect(result.status == 0, "\(result.errors)")
            let row = try #require((result.json()["rows"] as? [[String: Any]])?.first)
            #expect((row["audit_log10_p"] as? [Double])?.count == 1)
            #expect(row["audit_found"] as? Int == 0)
        }
    }
#endif
