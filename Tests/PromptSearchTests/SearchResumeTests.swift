import Foundation
import ScriptedServer
import TestSupport
import Testing
import TraceRewriting

@testable import PromptSearch

@Suite struct SearchResumeTests {
    private static let key = "sk-search-51Hq/9z+P=44"

    /// A search that stopped after each line of its journal, whole or cut within the next line, goes on to the same end
    /// and asks and trains only what is missing.
    @Test func aStopAtEveryPointOfARound() async throws {
        let fixture = try SearchFixture()
        let clean = ScriptedModels()
        let cleanScorer = ByteScorer()
        let expected = try await ScriptedServer.with(
            { clean.handle($0) }, run: { try await fixture.run($0.baseURL, scorer: cleanScorer) }
        ).leaderboard
        let journal = fixture.journal()
        let lines = journal.split(separator: 0x0A).map(Array.init)
        // begin, 4 replies, 15 rewritings, 12 scores, and a line for each of the 19 requests.
        #expect(lines.count == 51)
        func count(_ name: String, _ lines: some Sequence<[UInt8]>) -> Int {
            lines.count { String(decoding: $0, as: UTF8.self).hasPrefix("{\"\(name)\"") }
        }
        for kept in 0...lines.count {
            var bytes = Array(lines[..<kept].map { $0 + [0x0A] }.joined())
            if kept < lines.count, kept % 2 == 1 { bytes += lines[kept].dropLast(5) }
            try fixture.setJournal(bytes)
            let models = ScriptedModels()
            let scorer = ByteScorer()
            let result = try await ScriptedServer.with(
                { models.handle($0) }, run: { try await fixture.run($0.baseURL, scorer: scorer) })
            var board = result.leaderboard
            let repeated = models.requests(.optimizer) + models.requests(.rewriter)
            let done = count("reply", lines[..<kept]) + count("rewrite", lines[..<kept])
            #expect(repeated == 19 - done, "stopped after line \(kept)")
            #expect(scorer.calls == 12 - count("score", lines[..<kept]), "stopped after line \(kept)")
            // Requests that had left and were not answered count twice, and nothing else differs.
            let sent = board.cost.values.map(\.requests).reduce(0, +)
            #expect(sent == repeated + count("sent", lines[..<kept]), "stopped after line \(kept)")
            board.cost = expected.cost
            #expect(board == expected, "stopped after line \(kept)")
        }
    }

    @Test(arguments: 0..<12)
    func aStudentThatDoesNotEndIsTrainedAgainAlone(limit: Int) async throws {
        let fixture = try SearchFixture()
        let models = ScriptedModels()
        try await ScriptedServer.with(
            { models.handle($0) },
            run: { server in
                await #expect(throws: ByteScorer.Stopped.self) {
                    try await fixture.run(server.baseURL, scorer: ByteScorer(limit: limit))
                }
                let scorer = ByteScorer()
                _ = try await fixture.run(server.baseURL, scorer: scorer)
                #expect(scorer.calls == 12 - limit)
                #expect(models.requests(.optimizer) == 4 && models.requests(.rewriter) == 15)
            })
    }

    @Test func moreRoundsGoOnFromAFinishedSearch() async throws {
        let fixture = try SearchFixture()
        let models = ScriptedModels()
        try await ScriptedServer.with(
            { models.handle($0) },
            run: { server in
                let first = try await fixture.run(server.baseURL, options: SearchFixture.options(rounds: 1))
                let scorer = ByteScorer()
                let second = try await fixture.run(server.baseURL, scorer: scorer)
                #expect(first.leaderboard.entries.count == 3 && second.leaderboard.entries.count == 5)
                #expect(scorer.calls == 4)
            })
    }

    @Test func otherSettingsAreRefusedByName() async throws {
        let fixture = try SearchFixture()
        let models = ScriptedModels()
        try await ScriptedServer.with(
            { models.handle($0) },
            run: { server in
                _ = try await fixture.run(server.baseURL, options: SearchFixture.options(rounds: 0))
                var other = SearchFixture.options()
                other.penalty = 2
                let error = await #expect(throws: PromptSearchError.self) {
                    try await fixture.run(server.baseURL, options: other)
                }
                #expect(error?.code == .otherSearch && error?.message.contains("penalty (1.0, now 2.0)") == true)
                let students = await #expect(throws: PromptSearchError.self) {
                    try await fixture.run(server.baseURL, scorer: ByteScorer(students: 3))
                }
                #expect(students?.message.contains("students") == true)
            })
    }

    @Test(arguments: [
        ("{\"begin\":{\"settings\":{},\"version\":1}}\nnot JSON\n", 2), ("{}\n", 1),
        ("{\"sent\":{\"endpoint\":\"rewriter\"}}\n", 1), ("{\"begin\":{\"settings\":{},\"version\":9}}\n", 1),
        (
            "{\"begin\":{\"settings\":{},\"version\":1}}\n"
                + "{\"sent\":{\"endpoint\":\"rewriter\"},\"winner\":{\"candidate\":1,\"sha256\":\"\"}}\n", 2
        ), ("\n", 1),
    ])
    func damagedJournalsAreNamed(text: String, line: Int) async throws {
        let fixture = try SearchFixture()
        try fixture.setJournal(Array(text.utf8))
        let error = #expect(throws: PromptSearchError.self) {
            try SearchJournal(path: fixture.journalPath, settings: [:])
        }
        #expect(error?.code == .damagedJournal)
        #expect(error?.message.hasPrefix("\(fixture.journalPath):\(line):") == true, "\(error?.message ?? "")")
        #expect(fixture.journal() == Array(text.utf8), "nothing is cut from a file that is not understood")
    }

    @Test func twoSearchesDoNotShareAJournal() throws {
        let fixture = try SearchFixture()
        let first = try SearchJournal(path: fixture.journalPath, settings: [:])
        let error = #expect(throws: PromptSearchError.self) {
            try SearchJournal(path: fixture.journalPath, settings: [:])
        }
        #expect(error?.message.contains("another run") == true)
        withExtendedLifetime(first) {}
    }

    // MARK: Endpoints that fail

    @Test func aDeadEndpointStopsASearchThatGoesOn() async throws {
        let fixture = try SearchFixture()
        let error = await #expect(throws: PromptSearchError.self) {
            try await fixture.run("http://127.0.0.1:9/v1")
        }
        #expect(error?.code == .endpoint)
        #expect(error?.description.contains("run the same command again") == true, "\(error?.description ?? "")")
        let scorer = ByteScorer()
        let models = ScriptedModels()
        let result = try await ScriptedServer.with(
            { models.handle($0) }, run: { try await fixture.run($0.baseURL, scorer: scorer) })
        // The students of the traces as they are had been trained before anybody was asked.
        #expect(result.leaderboard.entries.count == 5 && scorer.calls == 10)
    }

    @Test(arguments: [SearchEndpoint.optimizer, .rewriter])
    func anEndpointThatAnswersNobodyStopsTheSearch(dead: SearchEndpoint) async throws {
        let fixture = try SearchFixture()
        let models = ScriptedModels()
        let error = await #expect(throws: PromptSearchError.self) {
            try await ScriptedServer.with(
                { request in
                    let isOptimizer = request.text.contains("You improve instructions")
                    return isOptimizer == (dead == .optimizer) ? .error(500) : models.handle(request)
                }, run: { try await fixture.run($0.baseURL) })
        }
        #expect(error?.code == .endpoint, "\(error?.description ?? "")")
        let again = try await ScriptedServer.with(
            { models.handle($0) }, run: { try await fixture.run($0.baseURL) })
        #expect(again.leaderboard.entries.count == 5 && again.leaderboard.refused.isEmpty)
    }

    @Test func aCancelledSearchGoesOn() async throws {
        let fixture = try SearchFixture()
        let models = ScriptedModels()
        let silent = try await ScriptedServer.start { request in
            request.index < 5 ? models.handle(request) : ScriptedReply(fault: .stallBeforeHead)
        }
        let url = silent.baseURL
        let task = Task { try await fixture.run(url) }
        while silent.counts.requests < 6 { try await Task.sleep(for: .milliseconds(2)) }
        task.cancel()
        let error = await #expect(throws: PromptSearchError.self) { try await task.value }
        #expect(error?.code == .interrupted)
        try await silent.shutdown()
        let result = try await ScriptedServer.with(
            { models.handle($0) }, run: { try await fixture.run($0.baseURL) })
        #expect(result.leaderboard.entries.count == 5)
        #expect(models.requests(.optimizer) == 4 && models.requests(.rewriter) == 15)
    }

    @Test func noKeyIsInErrorsOrTheJournal() async throws {
        let fixture = try SearchFixture()
        let models = ScriptedModels()
        let error = await #expect(throws: PromptSearchError.self) {
            try await ScriptedServer.with(
                { request in
                    #expect(request.header("Authorization") == "Bearer \(Self.key)")
                    return request.index < 4
                        ? models.handle(request) : .error(401, "no such key: \(Self.key)")
                },
                run: { try await fixture.run($0.baseURL, key: .environment("K"), variables: ["K": Self.key]) })
        }
        #expect(error?.description.contains("<redacted>") == true, "\(error?.description ?? "")")
        for text in [error?.description ?? "", String(decoding: fixture.journal(), as: UTF8.self)] {
            #expect(!text.isEmpty && !text.contains(Self.key) && !text.contains("51Hq"))
        }
    }
}
