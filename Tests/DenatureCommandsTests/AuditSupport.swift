import Foundation
import KeyedPRF
import Marks
import ScriptedServer
import Synchronization
import TestSupport

/// A folder with a keyring of three tenants, prompts, and the lab's tokenizer.
final class AuditSandbox: Sendable {
    let sandbox: Sandbox
    static let tenants = ["acme", "globex", "initech"]

    init(prompts: Int = 60) throws {
        sandbox = try Sandbox()
        try FileManager.default.removeItem(atPath: sandbox.keyring)
        try FixedKeyring.create(at: sandbox.keyring, tenants: Self.tenants)
        try sandbox.write("p.jsonl", (0..<prompts).map { #"{"problem":"\#(Self.prompt($0))"}"# + "\n" }.joined())
    }

    /// Without digits, so that a value in a request could not be part of a prompt.
    static func prompt(_ i: Int) -> String {
        let letters = Array("abcdefghij")
        let word = String(String(i).compactMap { $0.wholeNumberValue.map { letters[$0] } })
        return "How many apples are in crate \(word)?"
    }

    static let lab = Repository.path("fixtures/lab")

    func file(_ name: String) -> String { sandbox.file(name) }

    var keyring: [String] { ["--keyring", sandbox.keyring] }

    func plan(_ more: [String], name: String = "plan.json") async throws -> ProgramResult {
        try await denature(["audit", "plan", "-o", file(name)] + keyring + more)
    }

    /// Few decoys, so that a debug build is quick.
    func endpointPlan(_ more: [String] = [], tests: String = "outputs,text") async throws -> ProgramResult {
        try await plan(
            [
                "--suspect-kind", "endpoint", "--prompts", file("p.jsonl"), "--test", tests, "--scheme", "green",
                "--tokenizer", Self.lab + "/teacher", "--context-width", "2", "--decoy-keys", "199", "--json",
            ] + more)
    }

    func runArguments(_ suspect: [String], _ more: [String] = []) -> [String] {
        ["audit", "run", "--plan", file("plan.json"), "--evidence", file("e.jsonl"), "--json"] + keyring + suspect
            + more
    }

    func run(_ suspect: [String], _ more: [String] = []) async throws -> ProgramResult {
        try await denature(runArguments(suspect, more))
    }

    func endpoint(_ server: ScriptedServer) -> [String] {
        ["--endpoint", server.baseURL, "--model", "m", "--concurrency", "4", "--max-attempts", "1"]
    }

    func verify(_ more: [String] = [], keyring other: String? = nil) async throws -> ProgramResult {
        try await denature(
            [
                "audit", "verify", "--plan", file("plan.json"), "--evidence", file("e.jsonl"), "--keyring",
                other ?? sandbox.keyring,
            ]
                + more)
    }

    /// The trigger pairs of a tenant: identifier to value.
    func triggers(of tenant: String) throws -> [String: String] {
        let keyring = try Keyring.load(.file(sandbox.keyring))
        let key = try keyring.subkey(.trigger, tenant: tenant, epoch: keyring.activeEpoch(of: tenant))
        let pairs = try TriggerScheme(targets: .threeDigits, pairCount: 8).pairs(of: key)
        return Dictionary(uniqueKeysWithValues: pairs.map { ($0.identifier, $0.target) })
    }
}

/// Answers questions and remembers what it was asked.
final class AuditedServer: Sendable {
    private struct State {
        var requests: [String] = []
        var bodies: [String] = []
        var answered: [String: Int] = [:]
        var limit = Int.max
    }

    private let state = Mutex(State())
    private let delay: Duration
    private let answer: @Sendable (String) -> String

    init(delay: Duration = .zero, _ answer: @escaping @Sendable (String) -> String) {
        self.delay = delay
        self.answer = answer
    }

    /// After so many requests every one is met with a reset; nil for a server in good health.
    func die(after count: Int?) { state.withLock { $0.limit = count ?? .max } }

    /// Questions as they came, repeated ones included.
    var requests: [String] { state.withLock { $0.requests } }
    /// The bodies of all requests.
    var bodies: [String] { state.withLock { $0.bodies } }
    /// How often each question was answered.
    var answered: [String: Int] { state.withLock { $0.answered } }

    func handle(_ request: ScriptedRequest) -> ScriptedReply {
        let prompt = request.messages.last?.content ?? ""
        let isDead = state.withLock { state in
            state.requests.append(prompt)
            state.bodies.append(request.text)
            if state.requests.count > state.limit { return true }
            state.answered[prompt, default: 0] += 1
            return false
        }
        return isDead ? ScriptedReply(fault: .resetBeforeHead) : .chat(answer(prompt)).delayed(delay)
    }
}
