import Foundation
import OpenAIClient
import ScriptedServer
import TestSupport
import Testing
import TraceRewriting
import Traces

@testable import Sanitizing

@Suite struct FaultTests {
    @Test(arguments: [(UInt64(1), false), (2, true)])
    func mixedFaultsGiveTheUndisturbedOutput(seed: UInt64, streams: Bool) async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(150))
        var clean = JobFixture.Variation(output: "clean.jsonl", ledger: "clean.sqlite", streams: streams)
        _ = try await RewritingServer(streams: streams).serve { try await fixture.run($0, clean) }

        let faults = MixedFaults(seed: seed)
        let server = RewritingServer(streams: streams) { faults.reply($0, $1) }
        clean.output = "out.jsonl"
        clean.ledger = "job.sqlite"
        let summary = try await server.serve { try await fixture.run($0, clean) }
        #expect(try fixture.bytes("out.jsonl") == fixture.bytes("clean.jsonl"), "seed \(seed)")
        #expect(summary.total == 150)
        #expect(summary.rejections.count >= 4, "the faults must have been met: \(summary.rejections)")
        #expect(server.requestCount > 150)
        try await checkLedger(fixture, requests: server.requests)

        // Every record once, in order, its numbers intact.
        let indices = try fixture.lines("out.jsonl").compactMap { TestTraces.index(of: $0) }
        #expect(indices == indices.sorted() && Set(indices).count == indices.count)
        #expect(try fixture.lines("out.jsonl").count == 150)
        for (index, line) in try fixture.lines("out.jsonl").enumerated() {
            let isRewritten = TestTraces.state(index) == "rewritten"
            #expect(line.contains("To begin with") || line.contains("Primero") || line.contains("python"))
            #expect((line != TestTraces.line(index)) == isRewritten)
        }
    }

    private func checkLedger(_ fixture: JobFixture, requests: [Int: Int]) async throws {
        #expect(try await fixture.isIntact())
        let rows = try await fixture.rows("traces")
        #expect(rows.compactMap { $0["idx"] as? Int }.sorted() == Array(0..<150))
        for row in rows {
            let index = try #require(row["idx"] as? Int)
            #expect(row["state"] as? String == TestTraces.state(index))
            #expect(row["attempts"] as? Int == requests[index, default: 0], "record \(index)")
            if TestTraces.state(index) == "passed_through" {
                #expect(row["reason"] as? String == (index % 10 == 3 ? "non_english" : "code"))
            }
        }
        let attempts = try await fixture.rows("attempts").count
        #expect(attempts == requests.values.reduce(0, +))
        #expect(try await fixture.rows("attempt_results").count == attempts, "every attempt has an end")
    }

    @Test(arguments: [FailurePolicy.passOriginal, .withhold, .fail])
    func policyDecidesOnTracesTheEndpointCannotDo(policy: FailurePolicy) async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(30))
        let broken = [0, 4, 11, 29]
        let server = RewritingServer { record, _ in
            broken.contains(record) ? (record == 4 ? .error(500) : .chat("<rewritten>No.</rewritten>")) : nil
        }
        let variation = JobFixture.Variation(policy: policy, attempts: 2, maximumAttempts: 3)
        let summary = try await server.serve { try await fixture.run($0, variation) }
        let state: TraceState = policy == .passOriginal ? .passedOriginal : policy == .withhold ? .withheld : .failed
        #expect(summary.states[state] == 4)
        #expect(summary.isIncomplete == (policy != .passOriginal))
        let lines = try fixture.lines("out.jsonl")
        #expect(lines.count == (policy == .passOriginal ? 30 : 26))
        for index in broken { #expect(lines.contains(TestTraces.line(index)) == (policy == .passOriginal)) }
        let reasons = try await fixture.rows("traces").filter { broken.contains($0["idx"] as? Int ?? -1) }
            .sorted { ($0["idx"] as? Int ?? 0) < ($1["idx"] as? Int ?? 0) }.map { $0["reason"] as? String ?? "" }
        #expect(reasons == ["length_ratio", "endpoint_failed", "length_ratio", "length_ratio"])
    }

    @Test(arguments: [FailurePolicy.withhold, .fail])
    func retryOfFailedTracesGivesTheUndisturbedOutput(policy: FailurePolicy) async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(40))
        var variation = JobFixture.Variation(output: "clean.jsonl", ledger: "clean.sqlite", policy: policy, attempts: 2)
        _ = try await RewritingServer().serve { try await fixture.run($0, variation) }
        variation.output = "out.jsonl"
        variation.ledger = "job.sqlite"
        let run = variation
        let broken = RewritingServer { record, _ in record % 4 == 0 ? .chat("") : nil }
        _ = try await broken.serve { try await fixture.run($0, run) }
        #expect(try fixture.bytes("out.jsonl") != fixture.bytes("clean.jsonl"))
        // Without the flag a finished job stays finished.
        _ = try await RewritingServer().serve { try await fixture.run($0, run) }
        #expect(try fixture.bytes("out.jsonl") != fixture.bytes("clean.jsonl"))

        variation.retryFailed = true
        let retry = variation
        // Half repaired, then all, to retry a retried job.
        let better = RewritingServer { record, _ in record % 8 == 0 ? .chat("") : nil }
        let second = try await better.serve { try await fixture.run($0, retry) }
        #expect(second.isIncomplete)
        let third = try await RewritingServer().serve { try await fixture.run($0, retry) }
        #expect(!third.isIncomplete)
        #expect(try fixture.bytes("out.jsonl") == fixture.bytes("clean.jsonl"))
        #expect(try await fixture.isIntact())
        #expect(better.requests.keys.allSatisfy { $0 % 4 == 0 }, "finished records are not asked for again")
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.file("out.jsonl.partial")))
    }

    /// A retry that was cut short goes on without the flag, and replaces the output it began from.
    @Test func interruptedRetryGoesOnWithoutTheFlag() async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(20))
        var variation = JobFixture.Variation(output: "clean.jsonl", ledger: "clean.sqlite", policy: .fail, attempts: 2)
        _ = try await RewritingServer().serve { try await fixture.run($0, variation) }
        variation.output = "out.jsonl"
        variation.ledger = "job.sqlite"
        let run = variation
        let broken = RewritingServer { record, _ in record % 4 == 0 ? .chat("") : nil }
        _ = try await broken.serve { try await fixture.run($0, run) }
        variation.retryFailed = true
        let retry = variation
        await #expect(throws: SanitizeError.self) { _ = try await fixture.run("http://127.0.0.1:1/v1", retry) }
        #expect(try fixture.bytes("out.jsonl") != fixture.bytes("clean.jsonl"))
        let last = try await RewritingServer().serve { try await fixture.run($0, run) }
        #expect(!last.isIncomplete)
        #expect(try fixture.bytes("out.jsonl") == fixture.bytes("clean.jsonl"))
    }

    @Test func deadEndpointStopsTheJobWhichCanBeResumed() async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(40))
        // Nothing listens on port 1.
        let url = "http://127.0.0.1:1/v1"
        await #expect {
            _ = try await fixture.run(url)
        } throws: { error in
            guard case SanitizeError.endpoint(let reason)? = error as? SanitizeError else { return false }
            return reason.contains("connect") && !reason.isEmpty
        }
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.file("out.jsonl")))
        let states = Set(try await fixture.rows("traces").compactMap { $0["state"] as? String })
        #expect(states.isSubset(of: ["passed_through"]), "a dead endpoint decides no trace: \(states)")
        let summary = try await RewritingServer().serve { try await fixture.run($0) }
        #expect(summary.total == 40)
        #expect(summary.states[.passedOriginal, default: 0] == 0)
        #expect(try fixture.lines("out.jsonl").count == 40)
    }

    struct Ending: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reply: ScriptedReply
        var words: String
    }

    static let endings: [Ending] =
        [400, 402, 404].map {
            Ending(testDescription: "\($0)", reply: .error($0, "no entry"), words: "no entry")
        } + [
            Ending(
                testDescription: "no credit",
                reply: .init(status: 429, text: #"{"error": {"message": "spent", "code": "insufficient_quota"}}"#),
                words: "spent"),
            Ending(testDescription: "web page", reply: .webPage(), words: "Bad gateway"),
            Ending(testDescription: "foreign JSON", reply: .init(text: #"{"status": "fine"}"#), words: "fine"),
        ]

    /// Nothing is written, the words stand once, and the job goes on where it stopped.
    @Test(arguments: endings)
    func whatConcernsEveryRequestStopsTheJob(_ ending: Ending) async throws {
        let hasLedger = ending.testDescription != "400"
        let fixture = try JobFixture(lines: TestTraces.lines(30))
        // Well for a while, then not.
        let server = RewritingServer { record, _ in record < 10 ? nil : ending.reply }
        let run = JobFixture.Variation(ledger: hasLedger ? "job.sqlite" : nil, concurrency: 4)
        await #expect {
            _ = try await server.serve { try await fixture.run($0, run) }
        } throws: { error in
            guard case SanitizeError.endpoint(let reason)? = error as? SanitizeError else { return false }
            return reason.components(separatedBy: ending.words).count == 2
                && reason.contains(hasLedger ? "run the same command again" : "nothing was written")
        }
        #expect(server.requests.keys.filter { $0 >= 10 }.count <= 8, "not once per trace")
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.file("out.jsonl")))
        guard hasLedger else { return }
        let again = RewritingServer()
        let summary = try await again.serve { try await fixture.run($0, run) }
        #expect(summary.resumed > 0 && again.requestCount < 30 && summary.states[.passedOriginal, default: 0] == 0)
        #expect(try fixture.lines("out.jsonl").count == 30)
    }

    @Test func tracesLeftForTheEndpointsSakeAreCountedWithItsWords() async throws {
        let fixture = try JobFixture(lines: TestTraces.lines(30))
        let words = #"{"error": {"message": "too long for me", "code": "context_length_exceeded"}}"#
        let server = RewritingServer { record, _ in [0, 12].contains(record) ? .init(status: 400, text: words) : nil }
        let summary = try await server.serve { try await fixture.run($0) }
        #expect(summary.isUnmarked && summary.endpointFailures == 2 && summary.states[.passedOriginal] == 2)
        #expect(summary.endpointFailure?.contains("too long for me") == true)

        let well = try await RewritingServer().serve {
            try await fixture.run($0, .init(output: "well.jsonl", ledger: nil))
        }
        #expect(!well.isUnmarked && well.endpointFailures == 0)
        // No rewriting of any trace is one either, whatever turned them down.
        let talk = RewritingServer { _, _ in .chat("Sure! Here is the restated reasoning: 7.") }
        let none = try await talk.serve { try await fixture.run($0, .init(output: "none.jsonl", ledger: nil)) }
        #expect(none.isUnmarked && none.endpointFailures == 0 && none.rejections[.tagsMissing, default: 0] > 0)
    }

    @Test func seedsAreSentUnlessTheyAreNotWanted() async throws {
        for sends in [true, false] {
            try await ScriptedServer.with { request in
                .chat(request.text.contains("\"seed\"") ? "seed" : "none")
            } run: { server in
                let client = OpenAIClient(endpoint: try OpenAIEndpoint(baseURL: server.baseURL, model: "m"))
                let adapter = EndpointAdapter(client: client, streams: true, sendsSeeds: sends)
                let prompt = RenderedPrompt(system: nil, user: "x", sampling: .init())
                let reply = try await adapter.complete(prompt, seed: 5, willSend: nil)
                #expect(reply.text == (sends ? "seed" : "none"))
                await client.shutdown()
            }
        }
    }

    @Test(arguments: [
        ("length", Completion.Finish.length), ("max_tokens", .length), ("MAX_TOKENS", .length), ("error", .length),
        ("content_filter", .contentFilter), ("SAFETY", .contentFilter), ("stop", .stop), ("STOP", .stop),
        ("eos_token", .stop), ("end_turn", .stop),
    ])
    func endsByTheirManyNames(reason: String, finish: Completion.Finish) async throws {
        try await ScriptedServer.with { _ in
            .chat("x", finishReason: reason)
        } run: { server in
            let client = OpenAIClient(endpoint: try OpenAIEndpoint(baseURL: server.baseURL, model: "m"))
            let prompt = RenderedPrompt(system: nil, user: "x", sampling: .init())
            let reply = try await EndpointAdapter(client: client, streams: false).complete(
                prompt, seed: 5, willSend: nil)
            #expect(reply.finish == finish)
            await client.shutdown()
        }
    }
}
