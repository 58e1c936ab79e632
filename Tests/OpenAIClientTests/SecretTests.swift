import Foundation
import ScriptedServer
import TestSupport
import Testing

@testable import OpenAIClient

@Suite struct SecretTests {
    func endpoint(_ baseURL: String, _ key: APIKeySource = .none, _ environment: [String: String] = [:]) throws
        -> OpenAIEndpoint
    {
        try OpenAIEndpoint(baseURL: baseURL, model: "m", key: key, environment: environment)
    }

    @Test(arguments: [401, 400, 500, 200])
    func noErrorShowsTheKey(_ status: Int) async throws {
        let padding = String(repeating: "x", count: 488)
        let echo = "Incorrect key \(secretKey) and \(secretKey.replacingOccurrences(of: "/", with: "\\/"))"
        for reply in [
            ScriptedReply.error(status, echo), .error(status, padding + secretKey),
            .init(status: status, contentType: "text/plain", text: echo),
            .init(status: status, text: "{\"detail\": \"\(secretKey)\", "),
        ] {
            try await withClient(testConfiguration(attempts: 1)) { _ in
                reply
            } run: { client, _ in
                let error = try #require(await failure(client))
                var dumped = ""
                dump(error, to: &dumped)
                dump(client.endpoint, to: &dumped)
                for text in ["\(error)", String(reflecting: error), error.localizedDescription, dumped] {
                    #expect(!text.contains("9f8e7d"), "\(text)")
                    #expect(!text.contains("sk-test"), "\(text)")
                }
                #expect((error.serverMessage ?? "").count <= 520)
            }
        }
    }

    @Test func anEndpointShowsNoSecret() throws {
        let endpoint = try OpenAIEndpoint(
            baseURL: "https://host:8443/v1/?tenant=hush", model: "m", key: .environment("K"),
            extraHeaders: [("X-Token", "hush-hush")], environment: ["K": secretKey])
        var dumped = "\(endpoint) \(String(reflecting: endpoint))"
        dump(endpoint, to: &dumped)
        #expect(!dumped.contains("9f8e7d") && !dumped.contains("hush"))
        #expect(endpoint.displayURL == "https://host:8443/v1")
        #expect(endpoint.chatURL == "https://host:8443/v1/chat/completions?tenant=hush")
        #expect(!endpoint.sendsKeyInClear)
    }

    @Test(arguments: [
        "", "host/v1", "ftp://host/v1", "https://user:hunter2@host/v1", "https://:hunter2@host", "http://",
    ])
    func badURLsAreRefusedWithoutQuotingThem(_ url: String) {
        #expect {
            try endpoint(url)
        } throws: { error in
            (error as? EndpointError)?.code == .invalidConfiguration && !"\(error)".contains("hunter2")
        }
    }

    @Test(arguments: [
        ("http://h/v1", "http://h/v1/chat/completions"), ("http://h/v1/", "http://h/v1/chat/completions"),
        ("http://h", "http://h/chat/completions"), ("http://h/v1/chat/completions", "http://h/v1/chat/completions"),
    ])
    func baseURLs(_ base: String, _ chat: String) throws {
        #expect(try endpoint(base).chatURL == chat)
    }

    @Test(arguments: [nil, "", "  \n", "two words", "sk-ü", "sk-a\r\nX-Evil: 1"])
    func badKeysAreRefusedWithoutQuotingThem(_ value: String?) {
        #expect {
            try endpoint("http://h/v1", .environment("K"), value.map { ["K": $0] } ?? [:])
        } throws: { error in
            (error as? EndpointError)?.code == .invalidConfiguration && !"\(error)".contains(value?.prefix(4) ?? "?")
                || value == "" || value == "  \n"
        }
    }

    @Test func keyFiles() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("key")
        try Data("\(secretKey)\n".utf8).write(to: URL(fileURLWithPath: path))
        for (mode, isGood) in [(0o600, true), (0o400, true), (0o644, false), (0o604, false)] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            let endpoint = try? endpoint("http://example.com/v1", .file(path))
            #expect((endpoint != nil) == isGood)
            if let endpoint {
                #expect(endpoint.headers.contains { $0.value == "Bearer \(secretKey)" })
                #expect(endpoint.sendsKeyInClear)
            }
        }
        #expect(throws: EndpointError.self) { try endpoint("http://h/v1", .file(directory.path)) }
        #expect(throws: EndpointError.self) { try endpoint("http://h/v1", .file(directory.file("none"))) }
    }

    @Test func aKeyMayGoInAHeaderOfItsOwn() throws {
        let endpoint = try OpenAIEndpoint(
            baseURL: "https://h/v1", model: nil, key: .environment("K"), keyHeader: "api-key",
            environment: ["K": secretKey])
        #expect(endpoint.headers.contains { $0.name == "api-key" && $0.value == secretKey })
        #expect(!endpoint.headers.contains { $0.name == "Authorization" })
    }

    @Test func headersThatCannotBeSentAreRefused() {
        for header in [(name: "X Y", value: "v"), (name: "", value: "v"), (name: "X", value: "a\r\nb")] {
            #expect(throws: EndpointError.self) {
                try OpenAIEndpoint(baseURL: "https://h/v1", model: nil, extraHeaders: [header], environment: [:])
            }
        }
    }
}
