import Foundation
import ScriptedServer
import TestSupport
import Testing

@Suite(.serialized) struct KillTests {
    private static let traces = 300
    private static let kills = 20

    /// Runs the job over and over, killing it at `kills` random moments, until it ends by itself.
    private func runKilling(
        _ sandbox: Sandbox, _ server: ScriptedServer, expecting clean: [UInt8]?, seed: UInt64
    ) async throws -> (kills: Int, result: ProgramResult) {
        var generator = SplitMix64(seed: seed)
        var kills = 0
        while true {
            let program = try RunningProgram(sandbox.endpointJob(server.baseURL))
            guard kills < Self.kills else { return (kills, try await program.wait()) }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                // Also while it starts, when the ledger is being opened.
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...60, using: &generator)))
            } else {
                let stop = server.counts.requests + Int.random(in: 1...18, using: &generator)
                let limit = ContinuousClock.now + .seconds(20)
                while server.counts.requests < stop, ContinuousClock.now < limit {
                    try await Task.sleep(for: .milliseconds(1))
                }
                try await Task.sleep(for: .microseconds(Int.random(in: 0...15_000, using: &generator)))
            }
            program.send(SIGKILL)
            let result = try await program.wait()
            if result.status != nil { return (kills, result) }
            kills += 1
            if let output = sandbox.bytes("out.jsonl") {
                #expect(output == clean, "never half an output, seed \(seed)")
            }
        }
    }

    private func undisturbed(_ sandbox: Sandbox) async throws -> [UInt8]? {
        let rewriter = CountingRewriter()
        return try await ScriptedServer.with(
            { rewriter.handle($0) },
            run: { server in
                let result = try await denature(
                    sandbox.endpointJob(server.baseURL, output: "clean.jsonl", ledger: "clean.sqlite"))
                #expect(result.status == 0, "\(result.errors)")
                return sandbox.bytes("clean.jsonl")
            })
    }

    @Test(arguments: [UInt64(2024)])
    func killedAtRandomMomentsTheOutputIsTheSame(seed: UInt64) async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(Self.traces))
        let clean = try await undisturbed(sandbox)
        let rewriter = CountingRewriter(delay: .milliseconds(12))
        let (kills, result) = try await ScriptedServer.with(
            { rewriter.handle($0) }, run: { try await runKilling(sandbox, $0, expecting: clean, seed: seed) })
        #expect(kills == Self.kills, "seed \(seed)")
        #expect(result.status == 0, "seed \(seed): \(result.errors)")
        #expect(sandbox.bytes("out.jsonl") == clean, "seed \(seed)")
        #expect(try result.json()["total"] as? Int == Self.traces)

        // Nothing but what was in flight is asked for again, and each of those requests is an attempt without an end.
        #expect(rewriter.prompts == Self.traces)
        let attempts = try await sandbox.rows("attempts").count
        let results = try await sandbox.rows("attempt_results").count
        #expect(results == Self.traces)
        #expect(rewriter.repeated <= attempts - results, "seed \(seed)")
        #expect(attempts - results <= kills * 8, "seed \(seed)")
        #expect(rewriter.repeated > 0, "the kills must have hit something")
        let traces = try await sandbox.rows("traces")
        #expect(Set(traces.compactMap { $0["idx"] as? Int }).count == Self.traces && traces.count == Self.traces)
        #expect(traces.contains { ($0["attempts"] as? Int ?? 0) > 1 })
        let verify = try await denature(["ledger", "verify", sandbox.file("job.sqlite"), "--keyring", sandbox.keyring])
        #expect(verify.status == 0 && verify.text.hasPrefix("intact"), "\(verify.errors)")
        #expect(try sandbox.names().isDisjoint(with: ["out.jsonl.partial", "out.jsonl.assembled"]))
        print(
            "kill -9 × \(kills), 8 in flight: \(rewriter.repeated) of \(Self.traces) requests repeated,",
            "\(attempts - results) attempts cut off, seed \(seed)")
    }

    @Test(arguments: [UInt64(77)])
    func killedUnderFaultsTheOutputIsTheSame(seed: UInt64) async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(Self.traces))
        let clean = try await undisturbed(sandbox)
        let rewriter = CountingRewriter(delay: .milliseconds(12))
        let mix = FaultMix(
            seed: seed, share: 0.2, faults: FaultMix.transport + FaultMix.content, maximumPerBody: 2)
        let (kills, result) = try await ScriptedServer.with(
            mix.wrap { rewriter.handle($0) }, run: { try await runKilling(sandbox, $0, expecting: clean, seed: seed) })
        #expect(kills == Self.kills, "seed \(seed)")
        #expect(result.status == 0, "seed \(seed): \(result.errors)")
        #expect(sandbox.bytes("out.jsonl") == clean, "seed \(seed)")
        let verify = try await denature(["ledger", "verify", sandbox.file("job.sqlite"), "--keyring", sandbox.keyring])
        #expect(verify.status == 0)
    }

    @Test func interruptedRunReportsItsCutOffRequests() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(40))
        // Answers nothing: all 8 requests are in flight when the program dies.
        let silent = try await ScriptedServer.start { _ in ScriptedReply(fault: .stallBeforeHead) }
        let arguments = sandbox.endpointJob(silent.baseURL)
        let program = try RunningProgram(arguments + ["--max-attempts", "1", "--request-timeout", "60"])
        while silent.counts.requests < 8 { try await Task.sleep(for: .milliseconds(2)) }
        program.send(SIGKILL)
        #expect(try await program.wait().signal == SIGKILL)
        try await silent.shutdown()
        let status = try await denature(
            ["ledger", "status", sandbox.file("job.sqlite"), "--keyring", sandbox.keyring, "--json"]).json()
        let job = try #require((status["jobs"] as? [[String: Any]])?.first)
        #expect(job["interrupted_attempts"] as? Int == 8)
        #expect(job["completed"] as? Bool == false)

        let rewriter = CountingRewriter()
        let result = try await ScriptedServer.with(
            { rewriter.handle($0) },
            run: { server in
                try await denature(sandbox.endpointJob(server.baseURL))
            })
        #expect(try result.json()["interrupted_attempts"] as? Int == 8)
        #expect(rewriter.requests == 40)
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func signalsEndAJobInGoodOrder(signal: Int32) async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(60))
        let clean = try await undisturbed(sandbox)
        let rewriter = CountingRewriter(delay: .milliseconds(30))
        try await ScriptedServer.with(
            { rewriter.handle($0) },
            run: { server in
                let program = try RunningProgram(sandbox.endpointJob(server.baseURL, concurrency: 4))
                while server.counts.requests < 12 { try await Task.sleep(for: .milliseconds(1)) }
                program.send(signal)
                let result = try await program.wait()
                #expect(result.status == 130)
                #expect(result.errors.contains("run the same command again"))
                #expect(result.output.isEmpty)
                #expect(sandbox.bytes("out.jsonl") == nil)
                let again = try await denature(sandbox.endpointJob(server.baseURL, concurrency: 4))
                #expect(again.status == 0)
                #expect(try (again.json()["resumed"] as? Int ?? 0) > 0)
                #expect(sandbox.bytes("out.jsonl") == clean)
                #expect(rewriter.repeated <= 4)
            })
    }

    @Test(arguments: [SIGINT, SIGHUP])
    func interruptedWithoutLedgerNothingIsLeft(signal: Int32) async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(60))
        let before = try sandbox.names()
        let rewriter = CountingRewriter(delay: .milliseconds(30))
        try await ScriptedServer.with(
            { rewriter.handle($0) },
            run: { server in
                let arguments = sandbox.endpointJob(server.baseURL, concurrency: 4).filter {
                    $0 != "--ledger" && $0 != sandbox.file("job.sqlite")
                }
                let program = try RunningProgram(arguments)
                while server.counts.requests < 12 { try await Task.sleep(for: .milliseconds(1)) }
                program.send(signal)
                let result = try await program.wait()
                #expect(result.status == 130)
                #expect(result.errors.contains("nothing was written"))
            })
        #expect(try sandbox.names() == before)
    }
}
