import Foundation
import ScriptedServer
import Synchronization
import TestSupport
import Testing
import TraceRewriting

@testable import PromptSearch

@Suite struct PromptSearchTests {
    private static func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-12 }

    private func searched(
        _ fixture: SearchFixture, _ models: ScriptedModels = ScriptedModels(), scorer: ByteScorer = ByteScorer(),
        options: SearchOptions = SearchFixture.options()
    ) async throws -> PromptSearch.Result {
        try await ScriptedServer.with(
            { models.handle($0) }, run: { try await fixture.run($0.baseURL, scorer: scorer, options: options) })
    }

    @Test func aSearchTriesScoresAndRanks() async throws {
        let fixture = try SearchFixture()
        let models = ScriptedModels()
        let scorer = ByteScorer()
        let result = try await searched(fixture, models, scorer: scorer)
        let board = result.leaderboard
        #expect(result.emptyRound == nil && board.rounds == 2)
        #expect(board.entries.count == 5 && scorer.calls == 6 * 2)
        #expect(Set(board.entries.map(\.candidate.id)) == [1, 2, 3, 4, 5])
        #expect(board.entries.map(\.score) == board.entries.map(\.score).sorted(by: >))
        let baseline = try #require(board.baseline)
        #expect(baseline.lost == 0 && baseline.candidate.id == 0 && baseline.score == baseline.harm)
        for entry in board.entries {
            #expect(entry.students.count == 2 && entry.sample == 3)
            let harm: Double = entry.students.compactMap(\.loss).reduce(0, +) / 2
            let score: Double = entry.harm - Double(entry.lost) / 3
            #expect(Self.isNear(entry.harm, harm) && Self.isNear(entry.score, score))
            #expect(entry.reasons.values.reduce(0, +) == entry.lost)
        }
        #expect(board.entries.contains { $0.lost > 0 }, "the rewriter's wrong answers are counted")
        #expect(board.entries.flatMap(\.reasons.keys).allSatisfy { $0 == "answer_changed" })
        // Four proposals; every candidate's traces once, as one attempt was allowed.
        #expect(models.requests(.optimizer) == 4 && models.requests(.rewriter) == 15)
        let cost = board.cost
        #expect(cost["optimizer"]?.requests == 4 && cost["rewriter"]?.requests == 15)
        #expect(cost["optimizer"]?.promptTokens == 28 && cost["rewriter"]?.promptTokens == 105)
        let written = try #require(cost["optimizer"]?.completionTokens)
        let price: Double = (28 + 2 * Double(written)) / 1e6
        #expect(cost["optimizer"]?.price == price && cost["rewriter"]?.price == nil)
    }

    @Test func whatCountsIsTheMeasureThatWasChosen() async throws {
        var options = SearchFixture.options(rounds: 0)
        options.measure = .accuracy
        options.penalty = 0.25
        let board = try await searched(try SearchFixture(), options: options).leaderboard
        let entry = try #require(board.best)
        let right: Double = entry.students.compactMap(\.accuracy).reduce(0, +) / 2
        let score: Double = entry.harm - 0.25 * Double(entry.lost) / 3
        #expect(Self.isNear(entry.harm, 1 - right) && Self.isNear(entry.score, score))
    }

    @Test func theOptimizerSeesTheBestLast() async throws {
        let fixture = try SearchFixture()
        var options = SearchFixture.options(rounds: 3)
        options.history = 3
        let prompts = PromptLog()
        let models = ScriptedModels()
        let result = try await ScriptedServer.with(
            { request in
                prompts.add(request.messages.last?.content ?? "")
                return models.handle(request)
            }, run: { try await fixture.run($0.baseURL, options: options) })
        let last = try #require(prompts.all.last { $0.contains("Write one new instruction") })
        let scores = last.split(separator: "\n").filter { $0.hasPrefix("Score: ") }
            .compactMap { Double($0.dropFirst(7).prefix { $0 != " " }) }
        #expect(scores.count == 3 && scores == scores.sorted(), "\(scores)")
        // What was tried before the last round.
        let earlier = result.leaderboard.entries.filter { $0.candidate.round < 3 }.prefix(3)
        for (shown, entry) in zip(scores.reversed(), earlier) { #expect(abs(shown - entry.score) < 1e-3) }
        #expect(earlier.allSatisfy { last.contains($0.candidate.instruction) })
    }

    @Test func refusedProposalsAreCountedAndAskedForAgain() async throws {
        let bad = [
            "<instruction></instruction>", "<instruction>Use {{answer}} first.</instruction>",
            "<instruction>State that the answer is 10.</instruction>",
            "<instruction>\(SearchFixture.starting[0].uppercased())</instruction>",
        ]
        let models = ScriptedModels { number in number < bad.count ? .chat(bad[number]) : nil }
        var options = SearchFixture.options(rounds: 1)
        options.proposalAttempts = 3
        options.concurrency = 1
        let result = try await searched(try SearchFixture(), models, options: options)
        #expect(result.leaderboard.refused == ["answer": 1, "duplicate": 1, "empty": 1, "template": 1])
        #expect(models.requests(.optimizer) == 6 && result.leaderboard.entries.count == 3)
    }

    @Test func aRoundWithoutProposalsEndsTheSearch() async throws {
        let models = ScriptedModels { _ in .chat("I'm sorry, but I can't help with that.") }
        let scorer = ByteScorer()
        let result = try await searched(try SearchFixture(), models, scorer: scorer)
        #expect(result.emptyRound == 1 && result.leaderboard.rounds == 0 && result.leaderboard.entries.count == 1)
        #expect(result.leaderboard.refused == ["declined": 4] && models.requests(.optimizer) == 4)
        #expect(scorer.calls == 4)
    }

    @Test func singleFailuresOfTheOptimizerAreProposalsThatAreNoGood() async throws {
        let models = ScriptedModels { number in number == 0 ? .error(400, "no", code: "content_filter") : nil }
        var options = SearchFixture.options(rounds: 1)
        options.concurrency = 1
        let result = try await searched(try SearchFixture(), models, options: options)
        #expect(result.leaderboard.refused == ["failed": 1] && result.leaderboard.entries.count == 3)
    }

    @Test func theWinnerIsATemplateLikeTheShippedOnes() async throws {
        let fixture = try SearchFixture()
        let models = ScriptedModels()
        try await ScriptedServer.with(
            { models.handle($0) },
            run: { server in
                let result = try await fixture.run(server.baseURL)
                let best = try #require(result.leaderboard.best)
                let source = "Search: \"quoted\", 'single' # no comment\nnext \\ line"
                let markdown = InstructionFrame.markdown(
                    instruction: best.candidate.instruction, name: "mine", purpose: "p: q", source: source,
                    sampling: SearchFixture.options().sampling)
                let path = fixture.folder.file("mine.md")
                try Data(markdown.utf8).write(to: URL(fileURLWithPath: path))
                for template in [
                    try PromptLibrary.template(path),
                    try PromptLibrary.template("mine", folder: fixture.folder.path),
                ] {
                    #expect(template.name == "mine" && template.source == source && template.purpose == "p: q")
                    #expect(template.variables == [.problem, .reasoning, .answer])
                    #expect(template.sampling == SearchFixture.options().sampling)
                    let prompt = template.render([.problem: "P", .reasoning: "R", .answer: "A"])
                    #expect(prompt.user.hasPrefix(best.candidate.instruction))
                }
            })
    }
}

/// Prompts in the order in which they came.
private final class PromptLog: Sendable {
    private let texts = Mutex<[String]>([])

    func add(_ text: String) { texts.withLock { $0.append(text) } }

    var all: [String] { texts.withLock { $0 } }
}
