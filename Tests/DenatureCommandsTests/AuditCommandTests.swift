import Foundation
import KeyedPRF
import TestSupport
import Testing

@Suite struct AuditCommandTests {
    private static func tokens(_ count: Int, seed: UInt64) -> String {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in
            let ids = (0..<30).map { _ in String(Int.random(in: 0..<200, using: &generator)) }
            return #"{"tokens":[\#(ids.joined(separator: ","))],"prompt":[1,2]}"# + "\n"
        }.joined()
    }

    private func outputsPlan(_ sandbox: AuditSandbox, _ more: [String] = []) async throws -> ProgramResult {
        try await sandbox.plan(
            ["--suspect-kind", "outputs", "--scheme", "green,gumbel", "--decoy-keys", "199", "--context-width", "2"]
                + more)
    }

    @Test func aPlanSaysWhatItPlansAndWarns() async throws {
        let sandbox = try AuditSandbox()
        let result = try await sandbox.endpointPlan(["--title", "Case 7", "--alpha", "0.02"])
        #expect(result.status == 0, "\(result.errors)")
        let summary = try result.json()
        #expect(summary["family_size"] as? Int == 6)
        #expect(summary["level"] as? Double == 0.01)
        #expect(summary["questions"] as? Int == 60)
        #expect(result.errors.contains("warning: outputs-green would find its planned effect"))
        let plan = String(decoding: try #require(sandbox.sandbox.bytes("plan.json")), as: UTF8.self)
        #expect(plan.contains("\"title\" : \"Case 7\""))
        let again = try await sandbox.endpointPlan()
        #expect(again.status == 1 && again.errors.contains("already exists"))
    }

    @Test(arguments: [
        ["--suspect-kind", "endpoint", "--test", "reading"], ["--suspect-kind", "outputs", "--test", "trigger"],
        ["--suspect-kind", "outputs", "--test", "divination"],
        ["--suspect-kind", "outputs", "--test", "outputs,outputs"],
        ["--suspect-kind", "outputs", "--scheme", "blue"], ["--suspect-kind", "outputs", "--gamma", "1"],
        ["--suspect-kind", "outputs", "--planned-effect", "much"], ["--suspect-kind", "outputs", "--alpha", "0"],
        ["--suspect-kind", "endpoint"], ["--suspect-kind", "checkpoint", "--test", "candidates"],
        ["--suspect-kind", "outputs", "--test", "outputs-reference"], ["--suspect-kind", "outputs", "--epoch", "none"],
    ])
    func whatDoesNotGoTogetherIsWrongUsage(arguments: [String]) async throws {
        let sandbox = try AuditSandbox()
        let result = try await sandbox.plan(arguments)
        #expect(result.status == 2, "\(result.errors)")
        #expect(!result.errors.isEmpty)
        #expect(sandbox.sandbox.bytes("plan.json") == nil)
    }

    @Test func aPlanFromAFile() async throws {
        let sandbox = try AuditSandbox()
        try sandbox.sandbox.write(
            "audit.yaml",
            """
            keyring: \(sandbox.sandbox.keyring)
            suspect-kind: outputs
            scheme: [green, gumbel]
            context-width: 3
            last: true
            """)
        let result = try await denature(
            ["audit", "plan", "--config", sandbox.file("audit.yaml"), "-o", sandbox.file("plan.json"), "--json"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.json()["level"] as? Double == 0.01)
        #expect(try result.json()["family_size"] as? Int == 6)
    }

    @Test func collectedIdsAreTestedAndVerified() async throws {
        let sandbox = try AuditSandbox()
        #expect(try await outputsPlan(sandbox, ["--planned-effect", "0.9"]).status == 0)
        try sandbox.sandbox.write("o.jsonl", Self.tokens(40, seed: 11))
        let run = try await sandbox.run(
            ["--outputs", sandbox.file("o.jsonl")],
            ["--report", sandbox.file("r.json"), "--report-html", sandbox.file("r.html")])
        #expect(run.status == 0, "\(run.errors)")
        #expect(try run.json()["conclusion"] as? String == "no evidence")
        let report = try #require(sandbox.sandbox.bytes("r.json"))
        #expect(report == run.output)
        #expect(try #require(sandbox.sandbox.bytes("r.html")).starts(with: "<!doctype html>".utf8))

        let verified = try await sandbox.verify(["--report", sandbox.file("r.json")])
        #expect(verified.status == 0, "\(verified.errors)")
        let shown = try await denature(["audit", "report", sandbox.file("r.json")])
        #expect(shown.status == 0 && shown.text.hasPrefix("verdict: no evidence"))

        let second = try await sandbox.run(["--outputs", sandbox.file("o.jsonl")])
        #expect(second.status == 1 && second.errors.contains("the audit is complete"))
        try sandbox.sandbox.write(
            "r.json",
            String(decoding: report, as: UTF8.self).replacingOccurrences(of: "no evidence", with: "inconclusive"))
        let forged = try await sandbox.verify(["--report", sandbox.file("r.json")])
        #expect(forged.status == 1 && forged.errors.contains("is not what plan and evidence give"))
    }

    @Test func changedFilesAreErrors() async throws {
        let sandbox = try AuditSandbox()
        #expect(try await outputsPlan(sandbox).status == 0)
        try sandbox.sandbox.write("o.jsonl", Self.tokens(10, seed: 12))
        #expect(try await sandbox.run(["--outputs", sandbox.file("o.jsonl")]).status == 0)
        var evidence = try #require(sandbox.sandbox.bytes("e.jsonl"))
        evidence[evidence.count / 2] ^= 1
        try sandbox.sandbox.write("e.jsonl", evidence)
        let changed = try await sandbox.verify()
        #expect(changed.status == 1 && changed.errors.contains("the evidence was altered"))
        evidence[evidence.count / 2] ^= 1
        try sandbox.sandbox.write("e.jsonl", evidence)
        #expect(try await sandbox.verify().status == 0)

        try Keyring.create(at: sandbox.file("other.json"), tenants: AuditSandbox.tenants)
        let other = try await sandbox.verify(keyring: sandbox.file("other.json"))
        #expect(other.status == 1 && other.errors.contains("made with ledger key"))

        let plan = String(decoding: try #require(sandbox.sandbox.bytes("plan.json")), as: UTF8.self)
        try sandbox.sandbox.write(
            "plan.json", plan.replacingOccurrences(of: "\"alpha\" : 0.01", with: "\"alpha\" : 0.5"))
        let altered = try await sandbox.verify()
        #expect(altered.status == 1 && altered.errors.contains("the plan was altered"))
    }

    @Test(arguments: [
        ("", "holds no records"), ("{\"tokens\":[1,\n", "ends inside a value"),
        ("{\"text\":\"a\"}\n", "has no \"output\""),
        ("{\"tokens\":\"a\"}\n", "\"tokens\" has the wrong type"),
        ("{\"output\":\"some words\"}\n", "no tokenizer to make them"),
    ])
    func unusableOutputsAreErrors(text: String, reason: String) async throws {
        let sandbox = try AuditSandbox()
        #expect(try await outputsPlan(sandbox).status == 0)
        try sandbox.sandbox.write("o.jsonl", text)
        let run = try await sandbox.run(["--outputs", sandbox.file("o.jsonl")])
        #expect(run.status == 1, "\(run.errors)")
        #expect(run.errors.contains(reason), "\(run.errors)")
    }

    @Test func aWrongSuspectIsWrongUsage() async throws {
        let sandbox = try AuditSandbox()
        #expect(try await outputsPlan(sandbox).status == 0)
        for suspect in [["--endpoint", "http://127.0.0.1:9/v1"], [], ["--outputs", "a", "--checkpoint", "b"]] {
            #expect(try await sandbox.run(suspect).status == 2)
        }
    }

    @Test func theNextRoundSpendsWhatIsLeft() async throws {
        let sandbox = try AuditSandbox()
        #expect(try await outputsPlan(sandbox, ["--alpha", "0.04"]).status == 0)
        try sandbox.sandbox.write("o.jsonl", Self.tokens(5, seed: 13))
        #expect(try await sandbox.run(["--outputs", sandbox.file("o.jsonl")]).status == 0)
        let continues = ["--continues", sandbox.file("e.jsonl"), "--force", "--json"]
        let second = try await outputsPlan(sandbox, continues)
        #expect(try second.json()["level"] as? Double == 0.01)
        let last = try await outputsPlan(sandbox, continues + ["--last"])
        #expect(try last.json()["level"] as? Double == 0.02)
        #expect(try await outputsPlan(sandbox, continues + ["--alpha", "0.05"]).status == 2)
        let stale = try await sandbox.run(["--outputs", sandbox.file("o.jsonl")])
        #expect(stale.status == 1 && stale.errors.contains("belongs to another plan"))
        let arguments = sandbox.runArguments(["--outputs", sandbox.file("o.jsonl")])
            .map { $0 == sandbox.file("e.jsonl") ? sandbox.file("e2.jsonl") : $0 }
        #expect(try await denature(arguments).status == 0)
        let over = try await outputsPlan(sandbox, ["--continues", sandbox.file("e2.jsonl"), "--force"])
        #expect(over.status == 1 && over.errors.contains("all of alpha is spent"))
    }
}
