import Foundation
import JobLedger
import KeyedPRF
import Marks
import OpenAIClient
import ScriptedServer
import Synchronization
import TestSupport
import TraceRewriting
import Traces

@testable import Sanitizing

/// A folder with a keyring and an input, and jobs over it.
final class JobFixture: Sendable {
    let folder: TemporaryDirectory
    let keyring: Keyring
    let input: String

    init(lines: [String], name: String = "in.jsonl") throws {
        folder = try TemporaryDirectory()
        keyring = try FixedKeyring.create(at: folder.file("keys.json"), tenants: ["acme"])
        input = folder.file(name)
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: input))
    }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file(name))))
    }

    /// Copies a file of the folder over another.
    func copy(_ name: String, to other: String) throws {
        try Data(try bytes(name)).write(to: URL(fileURLWithPath: folder.file(other)))
    }

    func lines(_ name: String) throws -> [String] {
        String(decoding: try bytes(name), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// How one run of a job differs from the usual.
    struct Variation: Sendable {
        /// Another file of the folder as input.
        var input: String?
        var output = "out.jsonl"
        var ledger: String? = "job.sqlite"
        var seed: UInt64 = 7
        var policy = FailurePolicy.passOriginal
        var concurrency = 24
        var attempts = 5
        var candidates = 1
        var order: TraceMarks.Order = .lexical
        var streams = false
        var force = false
        var retryFailed = false
        var keepCandidates = false
        var maximumAttempts = 6
    }

    /// Runs the job against the endpoint.
    func run(_ baseURL: String, _ variation: Variation = Variation()) async throws -> SanitizeSummary {
        var configuration = ClientConfiguration()
        configuration.concurrency = variation.concurrency
        configuration.timeouts.head = .seconds(1)
        configuration.timeouts.idle = .seconds(1)
        configuration.retry = RetryPolicy(
            maximumAttempts: variation.maximumAttempts, baseDelay: .milliseconds(1), maximumDelay: .milliseconds(4))
        configuration.patience = .zero
        configuration.circuitFailureLimit = 8
        configuration.circuitMinimumSpan = .zero
        let client = OpenAIClient(
            endpoint: try OpenAIEndpoint(baseURL: baseURL, model: "scripted"), configuration: configuration)
        let adapter = EndpointAdapter(client: client, streams: variation.streams)
        do {
            let summary = try await job(adapter, variation).run()
            await client.shutdown()
            return summary
        } catch {
            await client.shutdown()
            throw error
        }
    }

    private func job(_ endpoint: any CompletionEndpoint, _ variation: Variation) throws -> SanitizeJob {
        let template = try PromptLibrary.template("semantic")
        let lexicon = try Lexicon.bundled()
        let epoch = try keyring.activeEpoch(of: "acme")
        let marks = try TraceMarks(
            order: variation.order, lexicalScheme: LexicalScheme(lexicon: lexicon), triggerShare: 0.2
        ) { (purpose) throws(KeyedPRFError) in try keyring.subkey(purpose, tenant: "acme", epoch: epoch) }
        let chain = RewriterChain(
            rewriters: [InstructionRewriter(template: template, endpoint: endpoint)], marks: marks,
            gate: AcceptanceGate(lexiconWord: { lexicon.isLexiconWord($0) }),
            configuration: .init(
                candidates: variation.candidates, attempts: variation.attempts, policy: variation.policy,
                keepCandidates: variation.keepCandidates))
        return SanitizeJob(
            options: SanitizeOptions(
                input: variation.input.map(folder.file) ?? input, output: folder.file(variation.output),
                ledger: variation.ledger.map(folder.file),
                seed: variation.seed, force: variation.force, retryFailed: variation.retryFailed,
                keepCandidates: variation.keepCandidates, concurrency: variation.concurrency),
            chain: chain,
            provenance: SanitizeProvenance(
                keyIDs: ["test"],
                settings: [
                    "tenant": "acme", "epoch": epoch, "watermark": "lexical", "prompt semantic": template.digest,
                    "policy": variation.policy.rawValue, "seed": String(variation.seed),
                    "keep_candidates": String(variation.keepCandidates),
                ]),
            ledgerKey: try keyring.ledgerKey())
    }

    /// Reads a ledger that nobody writes.
    func ledger(_ name: String = "job.sqlite") throws -> JobLedger {
        try JobLedger(path: folder.file(name), key: keyring.ledgerKey(), mode: .readOnly)
    }

    /// The rows of one table of a ledger.
    func rows(_ table: String, ledger name: String = "job.sqlite", texts: Bool = false) async throws -> [[String: Any]]
    {
        let collected = Lines()
        try await ledger(name).export(includeTexts: texts) { line in collected.add(line) }
        return try collected.all.compactMap {
            try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any]
        }.filter { $0["type"] as? String == table }
    }

    func isIntact(_ name: String = "job.sqlite") async throws -> Bool {
        if case .intact = try await ledger(name).verify() { true } else { false }
    }
}

private final class Lines: Sendable {
    private let lines = Mutex<[[UInt8]]>([])
    var all: [[UInt8]] { lines.withLock { $0 } }
    func add(_ line: [UInt8]) { lines.withLock { $0.append(line) } }
}

/// Traces of several shapes, each with its own numbers so that every prompt is unique.
enum TestTraces {
    static func reasoning(_ i: Int) -> String {
        "First, Anna takes \(i + 3) apples out of crate \(1000 + i). Then she adds \(i + 5) apples to them. "
            + "So she has \(i + 3) + \(i + 5) = \(2 * i + 8) apples in total."
    }

    static func answer(_ i: Int) -> Int { 2 * i + 8 }

    /// What becomes of record `i` when nothing goes wrong.
    static func state(_ i: Int) -> String { i % 10 == 3 || i % 15 == 7 ? "passed_through" : "rewritten" }

    static func line(_ i: Int) -> String {
        let problem = "How many apples from crate \(1000 + i)?"
        if i % 10 == 3 {
            return #"{"id":"t\#(i)","problem":"\#(problem)","trace":"Primero, Ana toma las manzanas de la caja "#
                + #"\#(i) y luego compra otras más en el mercado de la ciudad.\n#### \#(i)"}"#
        }
        if i % 15 == 7 {
            return #"{"id":"t\#(i)","problem":"\#(problem)","trace":"```python\ndef apples():\n    x = \#(i)\n"#
                + #"    return x + 1\n```\n#### \#(i)"}"#
        }
        switch i % 3 {
        case 0:
            return
                #"{"id":"t\#(i)","problem":"\#(problem)","trace":"\#(reasoning(i))\n#### \#(answer(i))","z":[1.0,1e2]}"#
        case 1: return #"{"question":"\#(problem)","answer":"\#(reasoning(i))\n#### \#(answer(i))"}"#
        default:
            return #"{"messages":[{"role":"user","content":"\#(problem)"},{"role":"assistant","reasoning_content":"#
                + #""\#(reasoning(i))","content":"The answer is \#(answer(i))."}]}"#
        }
    }

    static func lines(_ count: Int) -> [String] { (0..<count).map(line) }

    /// The number after "crate" names the record a text belongs to.
    static func index(of text: String) -> Int? {
        guard let range = text.range(of: #"crate \d+"#, options: .regularExpression) else { return nil }
        return Int(text[range].dropFirst(6)).map { $0 - 1000 }
    }
}

/// A server that rewrites by a fixed rule, counts what it is asked, and misbehaves on order.
final class RewritingServer: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    private let total = Mutex(0)
    /// The reply instead of the rule's, for the n-th request (from 0) of a prompt.
    private let sabotage: @Sendable (_ record: Int, _ request: Int) -> ScriptedReply?
    private let delay: Duration
    private let streams: Bool

    init(
        delay: Duration = .zero, streams: Bool = false,
        sabotage: @escaping @Sendable (_ record: Int, _ request: Int) -> ScriptedReply? = { _, _ in nil }
    ) {
        self.delay = delay
        self.streams = streams
        self.sabotage = sabotage
    }

    /// Requests per record.
    var requests: [Int: Int] {
        counts.withLock { counts in
            var result: [Int: Int] = [:]
            for (prompt, count) in counts { result[TestTraces.index(of: prompt) ?? -1, default: 0] += count }
            return result
        }
    }

    var requestCount: Int { total.withLock { $0 } }

    func handle(_ request: ScriptedRequest) -> ScriptedReply {
        let prompt = request.messages.last?.content ?? ""
        let number = counts.withLock { counts in
            counts[prompt, default: 0] += 1
            return (counts[prompt] ?? 1) - 1
        }
        total.withLock { $0 += 1 }
        if let fault = sabotage(TestTraces.index(of: prompt) ?? -1, number) { return fault }
        let text = Self.rewrite(prompt)
        let reply: ScriptedReply =
            streams ? .chatStream(text.split(separator: " ").map { $0 + " " }) : .chat(text)
        return reply.delayed(delay)
    }

    /// The reply to a prompt of the template `semantic`.
    static func rewrite(_ prompt: String, answer: String? = nil) -> String {
        let body = prompt.components(separatedBy: "The reasoning to restate:\n").last ?? ""
        let parts = body.components(separatedBy: "\n\nThe answer it must still lead to: ")
        let text = parts[0].replacingOccurrences(of: "First, Anna takes", with: "To begin with, Anna removes")
            .replacingOccurrences(of: "Then she adds", with: "After this she puts")
            .replacingOccurrences(of: "So she has", with: "All things considered, she holds")
        return "<rewritten>\n\(text)\n</rewritten>\nFinal answer: \(answer ?? parts.last ?? "")"
    }

    /// Runs `body` with the server.
    func serve<R>(_ body: (String) async throws -> R) async throws -> R {
        try await ScriptedServer.with({ self.handle($0) }, run: { try await body($0.baseURL) })
    }
}

/// Up to `limit` faults per prompt, drawn by seed from everything an endpoint can do wrong.
struct MixedFaults: Sendable {
    static let content: [ScriptedReply] =
        FaultMix.content + [
            .chat(
                "<rewritten>All of it is wrong, and 1 + 1 = 3 apples are there in total now. Or not.</rewritten>\nFinal answer: 3"
            ),
            .chat("<rewritten>Short.</rewritten>"), .chat("I'm sorry, but I can't help with that."),
            .chat("<rewritten>It stops in the mid"),
        ]

    var seed: UInt64
    var limit = 4
    var share = 0.5

    func reply(_ record: Int, _ request: Int) -> ScriptedReply? {
        guard request < limit else { return nil }
        var generator = SplitMix64(seed: seed ^ UInt64(bitPattern: Int64(record * 64 + request)) &* 0x9E37_79B9)
        guard Double.random(in: 0..<1, using: &generator) < share else { return nil }
        return (FaultMix.transport + Self.content).randomElement(using: &generator)
    }
}
