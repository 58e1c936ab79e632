import Foundation
import KeyedPRF
import Marks
import Synchronization
import TestSupport
import Traces

@testable import TraceRewriting

let problem = "Tom has 3 apples and buys 4 more. How many apples does he have?"
let reasoning =
    "First, Tom has 3 apples in his basket. Then he buys 4 more apples at the market. "
    + "So he has 3 + 4 = 7 apples in total."
let trace = reasoning + "\n#### 7"
/// Another wording that any gate should pass.
let reworded =
    "Initially the basket of Tom holds 3 apples. At the market he acquires another 4 of them. "
    + "The sum is therefore 3 + 4 = 7 apples."

func turn(_ text: String, problem: String? = problem) -> AnalysedTurn {
    AnalysedTurn(TraceTurn(problem: problem, fields: [TraceField(role: .trace, text: text)]))
}

func turn(reasoning: String, content: String) -> AnalysedTurn {
    AnalysedTurn(
        TraceTurn(
            problem: problem,
            fields: [TraceField(role: .reasoning, text: reasoning), TraceField(role: .content, text: content)]))
}

/// The keys of one tenant.
struct TestKeys {
    let keyring: Keyring

    /// Keys that are the same in every run, so that no test depends on luck; another number gives others.
    init(_ number: UInt8 = 0) throws {
        let folder = try TemporaryDirectory()
        let master = Data(repeating: number, count: 32).base64EncodedString()
        let text = """
            {"version": 1, "master_secret": "\(master)", "tenants": [{"name": "acme", "epochs": [
            {"name": "1", "created_at": "2026-01-01T00:00:00Z", "state": "active"}]}]}
            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file("keys.json")))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.file("keys.json"))
        keyring = try Keyring.load(.file(folder.file("keys.json")))
    }

    func subkey(_ purpose: KeyPurpose) throws(KeyedPRFError) -> Subkey {
        try keyring.subkey(purpose, tenant: "acme", epoch: keyring.activeEpoch(of: "acme"))
    }

    func marks(_ order: TraceMarks.Order, triggerShare: Double = 1) throws -> TraceMarks {
        try TraceMarks(
            order: order, lexicalScheme: LexicalScheme(lexicon: try Lexicon.bundled()), triggerShare: triggerShare,
            subkey: subkey)
    }
}

func unmarked() throws -> TraceMarks { try TestKeys().marks([]) }

func gate(_ configuration: AcceptanceGate.Configuration = .init(), instructions: [String] = []) throws -> AcceptanceGate
{
    let lexicon = try Lexicon.bundled()
    return AcceptanceGate(configuration: configuration, instructions: instructions) { lexicon.isLexiconWord($0) }
}

/// Proposes what a script says for each attempt, and counts.
final class ScriptedRewriter: TraceRewriter {
    let name: String
    let scope: RewriteScope
    let isLocal: Bool
    let carriesLexicalMark = false
    let variesByAttempt: Bool
    private let script: @Sendable (RewriteRequest) throws(RewriteError) -> RewriteCandidate
    private let seen = Mutex<[Int]>([])

    /// The attempt numbers of the calls, in order.
    var attempts: [Int] { seen.withLock { $0 } }

    init(
        _ name: String = "scripted", scope: RewriteScope = .free, isLocal: Bool = false, variesByAttempt: Bool = true,
        _ script: @escaping @Sendable (RewriteRequest) throws(RewriteError) -> RewriteCandidate
    ) {
        self.name = name
        self.scope = scope
        self.isLocal = isLocal
        self.variesByAttempt = variesByAttempt
        self.script = script
    }

    func rewrite(_ request: RewriteRequest) async throws(RewriteError) -> RewriteCandidate {
        seen.withLock { $0.append(request.attempt) }
        return try script(request)
    }

    /// Always the same new reasoning before the answer line.
    static func constant(_ reasoning: String, _ name: String = "scripted", isLocal: Bool = false) -> ScriptedRewriter {
        ScriptedRewriter(name, isLocal: isLocal) { _ in RewriteCandidate(texts: [reasoning + "\n#### 7"]) }
    }
}

/// Answers prompts by a function, and keeps them.
final class ScriptedEndpoint: CompletionEndpoint {
    private let script: @Sendable (RenderedPrompt, UInt64) throws(RewriteError) -> Completion
    private let seen = Mutex<[(prompt: RenderedPrompt, seed: UInt64)]>([])

    var requests: [(prompt: RenderedPrompt, seed: UInt64)] { seen.withLock { $0 } }

    init(_ script: @escaping @Sendable (RenderedPrompt, UInt64) throws(RewriteError) -> Completion) {
        self.script = script
    }

    convenience init(_ text: String) {
        self.init { _, _ in Completion(text: text) }
    }

    func complete(
        _ prompt: RenderedPrompt, seed: UInt64, willSend: (@Sendable () async throws -> Void)?
    ) async throws(RewriteError) -> Completion {
        do { try await willSend?() } catch { throw .unavailable("\(error)") }
        seen.withLock { $0.append((prompt, seed)) }
        return try script(prompt, seed)
    }
}

/// A template with every variable.
func template(_ name: String = "test", variables: String = "problem, reasoning, answer, statement") throws
    -> PromptTemplate
{
    let uses = variables.split(separator: ", ").map { "\($0): {{\($0)}}" }.joined(separator: "\n")
    return try PromptTemplate(
        markdown: """
            ---
            name: \(name)
            purpose: tests
            source: tests
            variables: [\(variables)]
            ---

            # System

            You are careful with apples and other countable fruit of the orchard.

            # User

            \(uses)
            """, file: "test.md")
}
