#if Torch
    import Foundation
    import TestSupport
    import Testing

    @Suite(.serialized) struct AuditCheckpointTests {
        private static let lab = AuditSandbox.lab

        /// The first lines of a file of the lab.
        private static func head(_ name: String, _ count: Int) throws -> String {
            let text = try String(contentsOfFile: lab + "/" + name, encoding: .utf8)
            return text.split(separator: "\n").prefix(count).map { $0 + "\n" }.joined()
        }

        private func sandbox() async throws -> AuditSandbox {
            let sandbox = try AuditSandbox()
            try sandbox.sandbox.write("p.jsonl", Self.head("evaluation.jsonl", 10))
            try sandbox.sandbox.write("d.jsonl", Self.head("holdout-traces.jsonl", 10))
            let plan = try await sandbox.plan(
                [
                    "--suspect-kind", "checkpoint", "--prompts", sandbox.file("p.jsonl"), "--documents",
                    sandbox.file("d.jsonl"), "--reference", Self.lab + "/teacher", "--tokenizer", Self.lab + "/teacher",
                    "--test", "outputs,outputs-reference,reading,reading-reference,text,trigger", "--scheme",
                    "green,gumbel", "--context-width", "2", "--max-new-tokens", "40", "--decoy-keys", "199",
                    "--trigger-pairs", "2", "--decoy-pairs", "1", "--queries-per-pair", "2",
                ])
            #expect(plan.status == 0, "\(plan.errors)")
            return sandbox
        }

        @Test func aCheckpointIsSampledReadAndVerified() async throws {
            let sandbox = try await sandbox()
            let run = try await sandbox.run(
                ["--checkpoint", Self.lab + "/student-base"], ["--report", sandbox.file("r.json")])
            #expect(run.status == 0, "\(run.errors)")
            let report = try run.json()
            #expect(report["conclusion"] as? String == "inconclusive", "ten answers say nothing")
            let tests = try #require(report["tests"] as? [[String: Any]])
            #expect(tests.count == 10)
            for test in tests {
                let results = try #require(test["results"] as? [[String: Any]])
                #expect(results.count == 3)
                #expect(results.allSatisfy { ($0["scored"] as? Int ?? 0) > 0 }, "\(test["id"] ?? "")")
            }
            let verified = try await sandbox.verify(
                ["--report", sandbox.file("r.json"), "--reference", Self.lab + "/teacher"])
            #expect(verified.status == 0, "\(verified.errors)")

            // Whatever was batched with whatever: the same answers.
            let first = try #require(sandbox.sandbox.bytes("e.jsonl"))
            let again = try await sandbox.run(
                ["--checkpoint", Self.lab + "/student-base"], ["--force", "--batch-size", "3"])
            #expect(again.status == 0, "\(again.errors)")
            let others = try Self.answers(try #require(sandbox.sandbox.bytes("e.jsonl")))
            #expect(others.count > 10)
            #expect(try Self.answers(first) == others)
        }

        private static func answers(_ evidence: [UInt8]) throws -> [String: String] {
            var answers: [String: String] = [:]
            for line in evidence.split(separator: 0x0A) {
                let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
                let entry = object?["entry"] as? [String: Any]
                guard let answer = entry?["answer"] as? [String: Any] else { continue }
                let name = answer["name"] as? [String: Any]
                // A dictionary's own description has its keys in any order.
                answers["\(name?["kind"] ?? "") \(name?["number"] ?? "")"] = answer["text"] as? String
            }
            return answers
        }

        @Test func aReferenceOtherThanPlannedIsRefused() async throws {
            let sandbox = try await sandbox()
            let run = try await sandbox.run(
                ["--checkpoint", Self.lab + "/student-base"], ["--reference", Self.lab + "/proxy"])
            #expect(run.status == 1 && run.errors.contains("not the reference that the plan fixed"), "\(run.errors)")
        }

        @Test func aKilledRunGoesOn() async throws {
            let sandbox = try await sandbox()
            let program = try RunningProgram(
                sandbox.runArguments(["--checkpoint", Self.lab + "/student-base", "--batch-size", "2"]))
            let limit = ContinuousClock.now + .seconds(60)
            while (sandbox.sandbox.bytes("e.jsonl") ?? []).count(where: { $0 == 0x0A }) < 24,
                ContinuousClock.now < limit
            {
                try await Task.sleep(for: .milliseconds(1))
            }
            program.send(SIGKILL)
            #expect(try await program.wait().signal == SIGKILL)
            let run = try await sandbox.run(["--checkpoint", Self.lab + "/student-base"])
            #expect(run.status == 0, "\(run.errors)")
            #expect(try await sandbox.verify().status == 0)
        }
    }
#endif
