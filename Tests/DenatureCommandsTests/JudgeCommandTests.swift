import Foundation
import ScriptedServer
import Testing

@Suite struct JudgeCommandTests {
    private static let traces = (0..<12).map { i in
        #"{"id":"t\#(i)","problem":"Problem \#(i)","trace":"Step \#(i). The answer is #### \#(i)"}"# + "\n"
    }.joined()

    /// Scores 1 to 5 in turn, but for the problem 7, which it will not score.
    @Sendable private static func reply(_ request: ScriptedRequest) -> ScriptedReply {
        let prompt = request.messages.last?.content ?? ""
        let number = (0..<12).last { prompt.contains("Problem \($0)\n") } ?? 0
        return .chat(number == 7 ? "No comment." : "Well.\nScore: \(1 + number % 5)")
    }

    @Test func scoresAreMeansAndLines() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", Self.traces)
        let result = try await ScriptedServer.with(Self.reply) { server in
            try await denature([
                "judge", sandbox.file("in.jsonl"), "-o", sandbox.file("s.jsonl"), "--endpoint", server.baseURL,
                "--model", "m", "--concurrency", "5", "--json",
            ])
        }
        #expect(result.status == 0, "\(result.errors)")
        let summary = try result.json()
        // 1 2 3 4 5 1 2 . 4 5 1 2
        let scores = [1.0, 2, 3, 4, 5, 1, 2, 4, 5, 1, 2]
        let mean = scores.reduce(0, +) / 11
        #expect(summary["traces"] as? Int == 12 && summary["judged"] as? Int == 11)
        #expect(summary["unscored"] as? Int == 1 && summary["failed"] as? Int == 0)
        #expect(try abs(#require(summary["mean_score"] as? Double) - mean) < 1e-12)
        // scipy.stats.t.interval(.95, 10, mean, scipy.stats.sem(scores))
        #expect(try abs(#require(summary["low"] as? Double) - 1.682_575_6) < 1e-6)
        #expect(try abs(#require(summary["high"] as? Double) - 3.771_969_8) < 1e-6)
        let lines = try (sandbox.bytes("s.jsonl") ?? []).split(separator: 0x0A).map {
            try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any] ?? [:]
        }
        #expect(lines.map { $0["id"] as? String } == (0..<12).map { "t\($0)" })
        #expect(lines.compactMap { $0["score"] as? Int }.map(Double.init) == scores)
    }

    @Test func someRequestsFailAndTheRestCounts() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", Self.traces)
        let refusing: ScriptedServer.Handler = { request in
            let prompt = request.messages.last?.content ?? ""
            return prompt.contains("Problem 3\n") ? .error(400, code: "content_filter") : Self.reply(request)
        }
        let result = try await ScriptedServer.with(refusing) { server in
            try await denature([
                "judge", sandbox.file("in.jsonl"), "--endpoint", server.baseURL, "--model", "m", "--limit", "6",
            ])
        }
        #expect(result.status == 3, "\(result.errors)")
        #expect(result.text.contains("5 of 6 traces scored") && result.text.contains("failed: 1"))
    }

    @Test func deadEndpointsAndBadInputAreErrors() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", Self.traces)
        try sandbox.write("empty.jsonl", "")
        try sandbox.write("cut.jsonl", #"{"problem":"a","trace":"b"}"# + "\n{\"problem\":")
        let dead = ["--endpoint", "http://127.0.0.1:9/v1", "--model", "m", "--max-attempts", "1"]
        func fails(_ arguments: [String], status: Int32, _ word: String) async throws {
            let result = try await denature(["judge"] + arguments + ["-o", sandbox.file("x.jsonl")])
            #expect(result.status == status && result.errors.contains(word), "\(arguments): \(result.errors)")
            #expect(sandbox.bytes("x.jsonl") == nil)
        }
        try await fails([sandbox.file("in.jsonl")] + dead, status: 1, "127.0.0.1")
        try await fails([sandbox.file("empty.jsonl")] + dead, status: 1, "no records")
        try await fails([sandbox.file("cut.jsonl")] + dead, status: 1, "cut.jsonl:2")
        try await fails([sandbox.file("none.jsonl")] + dead, status: 1, "none.jsonl")
        try await fails([sandbox.file("in.jsonl")], status: 2, "--endpoint")
        try await fails([sandbox.file("in.jsonl"), "--template", "none"] + dead, status: 1, "none")
    }
}
