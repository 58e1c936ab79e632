import Foundation
import ScriptedServer
import Synchronization

/// Rewrites by a fixed rule and counts requests per prompt.
final class CountingRewriter: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    private let headers = Mutex<[String]>([])
    private let delay: Duration

    init(delay: Duration = .zero) {
        self.delay = delay
    }

    var requests: Int { counts.withLock { $0.values.reduce(0, +) } }
    /// Requests for prompts that had been asked before.
    var repeated: Int { counts.withLock { $0.values.reduce(0) { $0 + $1 - 1 } } }
    var prompts: Int { counts.withLock { $0.count } }
    /// The values of `Authorization`.
    var authorizations: Set<String> { headers.withLock { Set($0) } }

    func handle(_ request: ScriptedRequest) -> ScriptedReply {
        let prompt = request.messages.last?.content ?? ""
        counts.withLock { $0[prompt, default: 0] += 1 }
        headers.withLock { $0.append(request.header("Authorization") ?? "") }
        return .chat(Self.rewrite(prompt)).delayed(delay)
    }

    static func rewrite(_ prompt: String) -> String {
        let body = prompt.components(separatedBy: "The reasoning to restate:\n").last ?? ""
        let parts = body.components(separatedBy: "\n\nThe answer it must still lead to: ")
        let text = parts[0].replacingOccurrences(of: "First, Anna takes", with: "To begin with, Anna removes")
            .replacingOccurrences(of: "Therefore, she now has", with: "All things considered, she holds")
        return "<rewritten>\n\(text)\n</rewritten>\nFinal answer: \(parts.last ?? "")"
    }
}

extension Sandbox {
    /// Arguments of an endpoint job.
    func endpointJob(
        _ url: String, input: String = "in.jsonl", output: String = "out.jsonl", ledger: String = "job.sqlite",
        concurrency: Int = 8
    ) -> [String] {
        ["sanitize-traces", file(input), "-o", file(output), "--ledger", file(ledger), "--rewriter", "instruction"]
            + keys
            + [
                "--endpoint", url, "--model", "m", "--concurrency", "\(concurrency)", "--request-timeout", "2",
                "--stall-timeout", "1", "--attempts", "8", "--json",
            ]
    }

    /// Rows of a ledger's table.
    func rows(_ table: String, ledger: String = "job.sqlite") async throws -> [[String: Any]] {
        let result = try await denature(["ledger", "export", file(ledger), "--keyring", keyring])
        return result.text.split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }.filter { $0["type"] as? String == table }
    }
}
