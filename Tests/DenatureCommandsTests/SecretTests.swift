import Foundation
import ScriptedServer
import TestSupport
import Testing

@Suite struct SecretTests {
    private static let apiKey = "sk-live-3k9x/Q7w+tZ=81aa"

    private func masterForms(_ sandbox: Sandbox) throws -> [String] {
        let object = try JSONSerialization.jsonObject(with: Data(try #require(sandbox.bytes("K.json"))))
        let strings = Self.strings(object).filter { $0.utf8.count >= 32 }
        try #require(!strings.isEmpty, "the keyring holds its secret as a string")
        var forms: Set<String> = []
        for text in strings {
            forms.insert(text)
            if let data = Data(base64Encoded: text) { forms.formUnion(Self.forms(data)) }
            if let data = Self.bytes(hex: text) { forms.formUnion(Self.forms(data)) }
        }
        return forms.sorted()
    }

    private static func strings(_ value: Any) -> [String] {
        switch value {
        case let text as String: [text]
        case let list as [Any]: list.flatMap(strings)
        case let object as [String: Any]: object.values.flatMap(strings)
        default: []
        }
    }

    private static func forms(_ data: Data) -> [String] {
        let hex = data.map { String(format: "%02x", $0) }.joined()
        return [hex, hex.uppercased(), data.base64EncodedString(), String(decoding: data, as: Unicode.ASCII.self)]
    }

    private static func bytes(hex: String) -> Data? {
        guard hex.utf8.count % 2 == 0, hex.allSatisfy(\.isHexDigit) else { return nil }
        let digits = Array(hex)
        return Data(
            stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) })
    }

    @Test func noSecretLeavesAJob() async throws {
        let sandbox = try Sandbox()
        try sandbox.write("in.jsonl", SampleTraces.text(20))
        try sandbox.write("api.key", Self.apiKey + "\n")
        chmod(sandbox.file("api.key"), 0o600)
        let rewriter = CountingRewriter()
        // Some requests are answered by an error that quotes the key.
        let server = try await ScriptedServer.start { request in
            request.index % 5 == 4
                ? .error(
                    request.index % 2 == 0 ? 500 : 400,
                    "bad key \(Self.apiKey) in \(request.header("Authorization") ?? "")",
                    code: request.index % 2 == 0 ? nil : "content_filter")
                : rewriter.handle(request)
        }
        let fromFile = try await denature(
            sandbox.endpointJob(server.baseURL) + ["--api-key-file", sandbox.file("api.key"), "--keep-candidates"])
        let fromEnvironment = try await denature(
            sandbox.endpointJob(server.baseURL, output: "two.jsonl") + [
                "--api-key-env", "TEST_API_KEY", "--keep-candidates",
            ],
            environment: ["TEST_API_KEY": Self.apiKey])
        try await server.shutdown()
        let refused = try await ScriptedServer.with(
            { _ in .error(401, "no such key: \(Self.apiKey)") },
            run: {
                try await denature(
                    sandbox.endpointJob($0.baseURL, output: "three.jsonl") + [
                        "--api-key-file", sandbox.file("api.key"),
                    ])
            })
        // Where a request was refused for what is in it, a trace is left as it came, and the status says so.
        let finished: Set<Int32?> = [0, 3]
        #expect(finished.contains(fromFile.status) && finished.contains(fromEnvironment.status), "\(fromFile.errors)")
        #expect(refused.status == 1 && refused.errors.contains("401") && refused.errors.contains("<redacted>"))
        #expect(rewriter.authorizations == ["Bearer " + Self.apiKey], "the key was used")

        let list = try await denature(["keys", "list", "--keyring", sandbox.keyring, "--json"])
        let commitments = try await denature(["keys", "commitments", "--json"] + sandbox.keys)
        let export = try await denature([
            "ledger", "export", sandbox.file("job.sqlite"), "--keyring", sandbox.keyring, "--texts",
        ])
        var written: [(String, [UInt8])] = []
        for (name, result) in [
            ("file", fromFile), ("environment", fromEnvironment), ("refused", refused), ("list", list),
            ("commitments", commitments), ("export", export),
        ] {
            written.append((name + " stdout", result.output))
            written.append((name + " stderr", Array(result.errors.utf8)))
        }
        for name in try sandbox.names().subtracting(["K.json", "api.key", "K.json.lock"]) {
            written.append((name, sandbox.bytes(name) ?? []))
        }
        #expect(written.contains { $0.0 == "job.sqlite" && $0.1.count > 10_000 })
        let secrets = try masterForms(sandbox) + [Self.apiKey, "3k9x"]
        for (name, bytes) in written {
            let data = Data(bytes)
            for secret in secrets { #expect(data.range(of: Data(secret.utf8)) == nil, "\(name)") }
        }
    }
}
