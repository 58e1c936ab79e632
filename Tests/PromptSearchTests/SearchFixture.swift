import Foundation
import OpenAIClient
import Sanitizing
import ScriptedServer
import Synchronization
import TestSupport
import Testing
import TraceRewriting
import Traces

@testable import PromptSearch

/// FNV-1a: a hash that is the same in every run.
func fnv(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

/// Plays both models: what it writes is a function of what it is asked.
final class ScriptedModels: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    /// Replies to the optimizer's requests, by their number; nil to propose something new.
    private let proposal: @Sendable (Int) -> ScriptedReply?

    init(proposal: @escaping @Sendable (Int) -> ScriptedReply? = { _ in nil }) {
        self.proposal = proposal
    }

    /// Requests by endpoint: `optimizer` and `rewriter`.
    func requests(_ endpoint: SearchEndpoint) -> Int { counts.withLock { $0[endpoint.rawValue] ?? 0 } }

    func handle(_ request: ScriptedRequest) -> ScriptedReply {
        let text = request.messages.last?.content ?? ""
        let isOptimizer = request.messages.first?.content.contains("You improve instructions") == true
        let endpoint = isOptimizer ? SearchEndpoint.optimizer : .rewriter
        let number = counts.withLock { counts in
            counts[endpoint.rawValue, default: 0] += 1
            return counts[endpoint.rawValue, default: 0] - 1
        }
        if isOptimizer { return proposal(number) ?? .chat(Self.propose(text)) }
        return .chat(Self.rewrite(text))
    }

    static func propose(_ prompt: String) -> String {
        let hash = fnv(prompt.utf8)
        let manner = ["terse", "ornate", "legal", "nautical", "botanical"][Int(hash % 5)]
        let word = (0..<8).map { String(UnicodeScalar(UInt8(97 + (hash >> (8 * UInt64($0))) % 26))) }.joined()
        return "Here it is.\n<instruction>\nUse a \(manner) voice and think of \(word).\n</instruction>"
    }

    /// Other words, and for one prompt in five a wrong result.
    static func rewrite(_ prompt: String) -> String {
        let hash = fnv(prompt.utf8)
        let body = prompt.components(separatedBy: "The reasoning:\n").last ?? ""
        let parts = body.components(separatedBy: "\n\nThe answer it must still lead to: ")
        let opening = ["To begin with", "At the outset", "Initially"][Int(hash % 3)]
        let text = parts[0].replacing("First", with: opening)
        let answer = hash % 5 == 0 ? "1" : parts.last ?? ""
        return
            "<rewritten>\n\(text)\n</rewritten>\nFinal answer: \(answer.trimmingCharacters(in: .whitespacesAndNewlines))"
    }
}

/// Scores by the bytes of the records alone, and stops where it is told to.
final class ByteScorer: InstructionScorer {
    struct Stopped: Error {}

    let students: Int
    private let count = Mutex(0)
    private let limit: Int

    init(students: Int = 2, limit: Int = .max) {
        self.students = students
        self.limit = limit
    }

    var calls: Int { count.withLock { $0 } }

    func score(student: Int, candidate: Int, records: [[UInt8]]) async throws -> StudentScore {
        let number = count.withLock { count in
            count += 1
            return count
        }
        if number > limit { throw Stopped() }
        let value = Double(fnv(records.joined() + [UInt8(student)]) % 1_000) / 1_000
        return StudentScore(loss: value, accuracy: 1 - value)
    }
}

/// A folder with a journal, and searches over a few traces.
final class SearchFixture: Sendable {
    let folder: TemporaryDirectory
    let sample: SearchSample
    static let starting = ["Use formal words and long sentences."]

    init(traces: Int = 3) throws {
        folder = try TemporaryDirectory()
        sample = try SearchSample(
            records: (0..<traces).map { try Self.record($0) }, count: traces, seed: 1, heldOut: [])
    }

    var journalPath: String { folder.file("journal.jsonl") }

    static func line(_ i: Int) -> String {
        let reasoning =
            "First, Anna takes \(i + 3) apples out of the crate. Then she needs to buy \(i + 5) apples and adds them to "
            + "the others. Therefore, she now has \(i + 3) + \(i + 5) = \(2 * i + 8) apples in total."
        return
            #"{"id":\#(i),"problem":"How many apples are there in case \#(i)?","trace":"\#(reasoning)\n#### \#(2 * i + 8)"}"#
    }

    static func record(_ i: Int) throws -> TraceRecord {
        try TraceParser.parse(
            line: Array(line(i).utf8), format: nil, location: SourceLocation(file: "t.jsonl", line: i + 1))
    }

    static func options(rounds: Int = 2) -> SearchOptions {
        var options = SearchOptions()
        options.rounds = rounds
        options.proposals = 2
        options.proposalAttempts = 2
        options.concurrency = 3
        options.rewriteAttempts = 1
        options.seed = 9
        return options
    }

    /// A client that gives up soon.
    static func client(_ baseURL: String, key: APIKeySource, variables: [String: String]) throws -> OpenAIClient {
        var configuration = ClientConfiguration()
        configuration.concurrency = 3
        configuration.timeouts.head = .seconds(5)
        configuration.retry = RetryPolicy(
            maximumAttempts: 2, baseDelay: .milliseconds(1), maximumDelay: .milliseconds(2))
        return OpenAIClient(
            endpoint: try OpenAIEndpoint(baseURL: baseURL, model: "m", key: key, environment: variables),
            configuration: configuration)
    }

    /// Runs a search against an address.
    func run(
        _ baseURL: String, scorer: any InstructionScorer = ByteScorer(), options: SearchOptions = options(),
        key: APIKeySource = .none, variables: [String: String] = [:]
    ) async throws -> PromptSearch.Result {
        let client = try Self.client(baseURL, key: key, variables: variables)
        let adapter = EndpointAdapter(client: client, streams: false)
        do {
            let journal = try SearchJournal(
                path: journalPath, settings: ["penalty": "\(options.penalty)", "students": "\(scorer.students)"])
            let boards = BoardList()
            let search = try PromptSearch(
                options: options, sample: sample, starting: Self.starting, optimizer: adapter, rewriter: adapter,
                scorer: scorer, journal: journal,
                environment: .init(
                    now: { 0 }, didChange: { boards.add($0) },
                    prices: [.optimizer: TokenPrice(prompt: 1, completion: 2)]))
            let result = try await search.run()
            await client.shutdown()
            #expect(boards.last == result.leaderboard)
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    func journal() -> [UInt8] { [UInt8](FileManager.default.contents(atPath: journalPath) ?? Data()) }

    func setJournal(_ bytes: some Collection<UInt8>) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: journalPath))
    }
}

/// The leaderboards that a search gave out.
final class BoardList: Sendable {
    private let boards = Mutex<[Leaderboard]>([])

    func add(_ board: Leaderboard) { boards.withLock { $0.append(board) } }

    var last: Leaderboard? { boards.withLock { $0.last } }
}
