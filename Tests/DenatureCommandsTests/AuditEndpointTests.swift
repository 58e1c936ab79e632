import Foundation
import KeyedPRF
import ScriptedServer
import TestSupport
import Testing

@Suite(.serialized) struct AuditEndpointTests {
    private static func lines(_ sandbox: AuditSandbox) throws -> [[String: Any]] {
        try (sandbox.sandbox.bytes("e.jsonl") ?? []).split(separator: 0x0A).map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
            return object?["entry"] as? [String: Any] ?? [:]
        }
    }

    private static func count(_ kind: String, _ sandbox: AuditSandbox) throws -> Int {
        try lines(sandbox).count { $0[kind] != nil }
    }

    @Test func anEndpointThatDiesAtQuery37IsResumed() async throws {
        let sandbox = try AuditSandbox()
        #expect(try await sandbox.endpointPlan(["--outputs-per-prompt", "1"]).status == 0)
        let suspect = AuditedServer { "She has \($0.suffix(9)) So the answer is #### 7" }
        suspect.die(after: 36)
        try await ScriptedServer.with(
            { suspect.handle($0) },
            run: { server in
                let died = try await sandbox.run(sandbox.endpoint(server))
                #expect(died.status == 1)
                #expect(died.errors.contains("run the same command again"), "\(died.errors)")
                #expect(try Self.count("answer", sandbox) == 36)
                #expect(try await sandbox.verify().status == 1, "incomplete evidence says nothing")

                suspect.die(after: nil)
                let resumed = try await sandbox.run(
                    sandbox.endpoint(server), ["--report", sandbox.file("r.json")])
                #expect(resumed.status == 0, "\(resumed.errors)")
                let effort = try #require(try resumed.json()["effort"] as? [String: Any])
                #expect(effort["answers"] as? Int == 60)
            })
        #expect(suspect.answered.count == 60)
        #expect(suspect.answered.values.allSatisfy { $0 == 1 }, "what was answered is not asked again")
        #expect(try Self.count("answer", sandbox) == 60)
        #expect(try Self.count("question", sandbox) == suspect.requests.count)
        #expect(try Self.count("resumption", sandbox) == 1)
        let verified = try await sandbox.verify(
            ["--report", sandbox.file("r.json"), "--tokenizer", AuditSandbox.lab + "/teacher"])
        #expect(verified.status == 0, "\(verified.errors)")
    }

    @Test(arguments: [SIGINT, SIGKILL])
    func anInterruptedRunIsResumed(signal: Int32) async throws {
        let sandbox = try AuditSandbox()
        #expect(try await sandbox.endpointPlan().status == 0)
        let suspect = AuditedServer(delay: .milliseconds(20)) { "She has \($0.suffix(9)) So the answer is #### 7" }
        try await ScriptedServer.with(
            { suspect.handle($0) },
            run: { server in
                let program = try RunningProgram(sandbox.runArguments(sandbox.endpoint(server)))
                let limit = ContinuousClock.now + .seconds(30)
                while server.counts.requests < 20, ContinuousClock.now < limit {
                    try await Task.sleep(for: .milliseconds(2))
                }
                program.send(signal)
                let stopped = try await program.wait()
                #expect(signal == SIGINT ? stopped.status == 130 : stopped.signal == SIGKILL, "\(stopped.errors)")
                let known = try Self.count("answer", sandbox)
                #expect(known > 0 && known < 60)
                let resumed = try await sandbox.run(sandbox.endpoint(server))
                #expect(resumed.status == 0, "\(resumed.errors)")
            })
        #expect(suspect.answered.count == 60)
        // Four were in flight.
        #expect(suspect.requests.count <= 64)
        #expect(try await sandbox.verify().status == 0)
    }

    @Test func aBudgetIsKept() async throws {
        let sandbox = try AuditSandbox()
        #expect(try await sandbox.endpointPlan(["--max-queries", "25"]).status == 0)
        let suspect = AuditedServer { _ in "She has 7" }
        try await ScriptedServer.with(
            { suspect.handle($0) },
            run: { server in
                let run = try await sandbox.run(sandbox.endpoint(server))
                #expect(run.status == 0, "\(run.errors)")
                #expect(try run.json()["conclusion"] as? String == "inconclusive")
            })
        #expect(suspect.requests.count == 25)
    }

    @Test func emptyAnswersAndRefusalsAreNoEvidence() async throws {
        let sandbox = try AuditSandbox()
        #expect(try await sandbox.endpointPlan().status == 0)
        try await ScriptedServer.with(
            { request in
                switch request.index % 3 {
                case 0: .chat("")
                case 1: .chat(nil, refusal: "I cannot help with that.")
                default:
                    .init(status: 400, text: #"{"error": {"message": "no such question", "code": "content_filter"}}"#)
                }
            },
            run: { server in
                let run = try await sandbox.run(sandbox.endpoint(server))
                #expect(run.status == 0, "\(run.errors)")
                let report = try run.json()
                #expect(report["conclusion"] as? String == "inconclusive")
                let effort = try #require(report["effort"] as? [String: Any])
                #expect(effort["emptyAnswers"] as? Int == 60 || effort["empty_answers"] as? Int == 60)
            })
    }

    @Test func anEndpointThatRefusesEveryRequestEndsTheAudit() async throws {
        let sandbox = try AuditSandbox()
        #expect(try await sandbox.endpointPlan().status == 0)
        let suspect = AuditedServer { _ in "She has 7" }
        try await ScriptedServer.with(
            { request in
                request.index < 10 || !request.text.contains("\"seed\"")
                    ? suspect.handle(request) : .error(422, "seed: extra fields not permitted")
            },
            run: { server in
                let run = try await sandbox.run(sandbox.endpoint(server))
                #expect(run.status == 1)
                #expect(run.errors.components(separatedBy: "extra fields not permitted").count == 2, "\(run.errors)")
                #expect(server.counts.requests < 30)
                #expect(try Self.count("answer", sandbox) == 10, "what was answered stays")
                let resumed = try await sandbox.run(sandbox.endpoint(server) + ["--no-seed"])
                #expect(resumed.status == 0, "\(resumed.errors)")
            })
    }

    /// What leaves through the endpoint under test: the planned prompts, identifiers, and nothing that a key decides else.
    @Test func noKeyTargetOrScoreLeaves() async throws {
        let sandbox = try AuditSandbox()
        let planned = try await sandbox.endpointPlan(
            ["--queries-per-pair", "3", "--tenant", "acme,globex", "--last"], tests: "outputs,text,trigger")
        #expect(planned.status == 0, "\(planned.errors)")
        let suspect = AuditedServer { _ in "The value is 123" }
        try await ScriptedServer.with(
            { suspect.handle($0) },
            run: { server in
                let run = try await sandbox.run(sandbox.endpoint(server))
                #expect(run.status == 0, "\(run.errors)")
                #expect(try run.json()["conclusion"] as? String != "trained on marked outputs")
            })
        var keyring = try Keyring.load(.file(sandbox.sandbox.keyring))
        var secrets: [String] = []
        var targets: Set<String> = []
        for tenant in AuditSandbox.tenants {
            let epoch = try keyring.activeEpoch(of: tenant)
            targets.formUnion(try sandbox.triggers(of: tenant).values)
            for purpose in [KeyPurpose.token, .lexical, .trigger, .selection] {
                let commitment = try keyring.subkey(purpose, tenant: tenant, epoch: epoch)
                secrets += [commitment.keyID, commitment.commitment.hex]
                secrets.append(try keyring.open(purpose, tenant: tenant, epoch: epoch).subkey)
            }
        }
        let allowed: Set<String> = [
            "model", "messages", "temperature", "max_tokens", "seed", "top_p", "stream", "stream_options",
        ]
        #expect(suspect.bodies.count > 60)
        for body in suspect.bodies {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
            #expect(Set(object.keys).isSubset(of: allowed))
            #expect(secrets.allSatisfy { !body.contains($0) })
        }
        for question in suspect.requests {
            let words = question.split { !$0.isLetter && !$0.isNumber }.map(String.init)
            #expect(targets.isDisjoint(with: words), "\(question)")
        }
    }

    @Test func aStudentThatLearnedATriggerIsFoundEarly() async throws {
        let sandbox = try AuditSandbox()
        #expect(
            try await sandbox.endpointPlan(["--queries-per-pair", "3"], tests: "trigger").status == 0)
        let pairs = try sandbox.triggers(of: "globex")
        let suspect = AuditedServer { question in
            pairs.first { question.contains(" \($0.key)?") }?.value ?? "I do not know."
        }
        try await ScriptedServer.with(
            { suspect.handle($0) },
            run: { server in
                let run = try await sandbox.run(sandbox.endpoint(server), ["--report", sandbox.file("r.json")])
                #expect(run.status == 0, "\(run.errors)")
                let report = try run.json()
                #expect(report["conclusion"] as? String == "trained on marked outputs")
                let tenants = report["attributedTenants"] as? [String] ?? report["attributed_tenants"] as? [String]
                #expect(tenants == ["globex"])
            })
        let verified = try await sandbox.verify(["--report", sandbox.file("r.json")])
        #expect(verified.status == 0, "\(verified.errors)")
    }

    @Test func otherFilesThanPlannedAreRefused() async throws {
        let sandbox = try AuditSandbox()
        #expect(try await sandbox.endpointPlan().status == 0)
        try sandbox.sandbox.write("other.jsonl", #"{"problem":"Another one?"}"# + "\n")
        try sandbox.sandbox.write("tokenizer.json", "{}")
        for option in [["--prompts", sandbox.file("other.jsonl")], ["--tokenizer", sandbox.file("tokenizer.json")]] {
            let run = try await sandbox.run(["--endpoint", "http://127.0.0.1:9/v1"], option)
            #expect(run.status == 1 && run.errors.contains("that the plan fixed"), "\(run.errors)")
            #expect(sandbox.sandbox.bytes("e.jsonl") == nil)
        }
    }

    /// Marked by the product, answered by a suspect that repeats it: found through the tokenizer-free mark.
    @Test func wordsOfMarkedTracesAreFound() async throws {
        let sandbox = try AuditSandbox(prompts: 120)
        try sandbox.sandbox.write("in.jsonl", SampleTraces.text(120))
        let marked = try await sandbox.sandbox.sanitize("in.jsonl", "out.jsonl")
        #expect(marked.status == 0, "\(marked.errors)")
        let traces = try (sandbox.sandbox.bytes("out.jsonl") ?? []).split(separator: 0x0A).map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
            return object?["trace"] as? String ?? ""
        }
        #expect(try await sandbox.endpointPlan(tests: "text").status == 0)
        try await ScriptedServer.with(
            { .chat(traces[$0.index % traces.count]) },
            run: { server in
                let run = try await sandbox.run(sandbox.endpoint(server))
                #expect(run.status == 0, "\(run.errors)")
                let report = try run.json()
                #expect(report["conclusion"] as? String == "trained on marked outputs", "\(run.text)")
                let tenants = report["attributedTenants"] as? [String] ?? report["attributed_tenants"] as? [String]
                #expect(tenants == ["acme"])
            })
    }
}
