import Foundation
import ScriptedServer
import Testing

@testable import OpenAIClient

@Suite struct ProxyTests {
    private func proxy(_ url: String, _ environment: [String: String]) throws -> EndpointProxy? {
        try OpenAIEndpoint(baseURL: url, model: nil, environment: environment).proxy
    }

    @Test(
        arguments: [
            ("http://models.example/v1", ["http_proxy": "http://a:1"], "a:1"),
            ("http://models.example/v1", ["HTTP_PROXY": "a:2"], "a:2"),
            ("http://models.example/v1", ["HTTP_PROXY": "http://b:1", "http_proxy": "http://a:1"], "a:1"),
            ("https://models.example/v1", ["http_proxy": "http://a:1"], nil),
            ("https://models.example/v1", ["HTTPS_PROXY": "http://c:3128/"], "c:3128"),
            ("https://models.example/v1", ["ALL_PROXY": "socks5://d"], "d:1080"),
            ("https://models.example/v1", ["https_proxy": "http://e"], "e:80"),
            ("http://models.example/v1", ["https_proxy": "http://a:1"], nil),
            ("http://models.example/v1", ["http_proxy": " "], nil),
            ("http://127.0.0.1:8000/v1", ["http_proxy": "http://a:1"], nil),
            ("http://localhost/v1", ["http_proxy": "http://a:1"], nil),
            ("http://[::1]:8000/v1", ["http_proxy": "http://a:1"], nil),
            // In a CGI program everybody can set this one.
            ("http://models.example/v1", ["HTTP_PROXY": "http://a:1", "REQUEST_METHOD": "GET"], nil),
            ("http://models.example/v1", ["http_proxy": "http://a:1", "REQUEST_METHOD": "GET"], "a:1"),
        ] as [(String, [String: String], String?)])
    func isNamedByTheEnvironment(url: String, environment: [String: String], expected: String?) throws {
        let found = try proxy(url, environment)?.configuration
        #expect(found.map { "\($0.host):\($0.port)" } == expected)
    }

    @Test(
        arguments: [
            ("*", true), ("models.example", true), ("example", true), (".example", true), ("*.example", true),
            ("other, models.example", true), ("MODELS.example", true), ("models.example:443", true),
            ("models.example:8443", false), ("odels.example", false), ("models.example.org", false), ("", false),
            ("x.models.example", false),
        ])
    func exceptionsByName(list: String, isExcepted: Bool) throws {
        for name in ["no_proxy", "NO_PROXY"] {
            let environment = ["https_proxy": "http://a:1", name: list]
            #expect((try proxy("https://models.example/v1", environment) == nil) == isExcepted)
        }
    }

    @Test(arguments: [
        ("10.0.0.0/8", true), ("10.1.2.3", true), ("10.1.2.0/25", true), ("10.1.2.128/25", false),
        ("11.0.0.0/8", false),
        ("0.0.0.0/0", true), ("10.1.2.3:80", true), ("10.1.2.3:81", false), ("10.0.0.0/99", false),
    ])
    func exceptionsByAddress(list: String, isExcepted: Bool) throws {
        let environment = ["http_proxy": "http://a:1", "no_proxy": list]
        #expect((try proxy("http://10.1.2.3/v1", environment) == nil) == isExcepted)
    }

    @Test(arguments: [
        "ftp://a", "https://a:1", "http://a:70000", "http://", "socks5://u:hunter2@a", "http://u:hunter2@a:99999",
    ])
    func aProxyThatCannotBeUsedIsNamedWithoutItsPassword(value: String) {
        #expect {
            _ = try proxy("http://models.example/v1", ["HTTP_PROXY": value])
        } throws: { error in
            (error as? EndpointError)?.code == .invalidConfiguration && "\(error)".contains("HTTP_PROXY")
                && !"\(error)".contains("hunter2")
        }
    }

    private func client(_ proxy: ScriptedProxy, credentials: String = "") throws -> OpenAIClient {
        let endpoint = try OpenAIEndpoint(
            baseURL: "http://models.example/v1", model: "m",
            environment: ["HTTP_PROXY": "http://\(credentials)127.0.0.1:\(proxy.port)"])
        return OpenAIClient(endpoint: endpoint, configuration: testConfiguration(attempts: 1))
    }

    @Test func requestsGoThroughIt() async throws {
        try await ScriptedServer.with { request in
            .chat(request.header("Host") ?? "")
        } run: { server in
            try await ScriptedProxy.with(target: server.port) { proxy in
                let client = try client(proxy, credentials: "user:hunter2@")
                let result = try await client.chat(hello())
                #expect(result.text == "models.example")
                await client.shutdown()
                let head = try #require(proxy.heads.first)
                #expect(head.hasPrefix("CONNECT models.example:80 HTTP/1.1\r\n"))
                // Basic authentication, RFC 7617: user:hunter2.
                #expect(head.lowercased().contains("proxy-authorization: basic dxnlcjpodw50zxiy"))
            }
        }
    }

    @Test(arguments: ["403 Forbidden", "407 Proxy Authentication Required"])
    func aProxyThatRefusesIsNamed(refusal: String) async throws {
        try await ScriptedProxy.with(target: 1, refusal: refusal) { proxy in
            let client = try client(proxy, credentials: "user:hunter2@")
            let error = try #require(await failure(client))
            #expect(error.code == .connectionFailed, "\(error)")
            #expect("\(error)".contains("HTTP_PROXY") && !"\(error)".contains("hunter2"))
            await client.shutdown()
        }
    }

    @Test func thePasswordIsNoPartOfAnyMessage() throws {
        let endpoint = try OpenAIEndpoint(
            baseURL: "http://models.example/v1", model: "m", environment: ["http_proxy": "http://u:hunter2@a:1"])
        #expect(!endpoint.redactor.clean("you said hunter2").contains("hunter2"))
    }

    // MARK: Addresses and names

    @Test(arguments: ["65536", "99999", "0", "99999999999999999999", "-1", "8x"])
    func aPortThatIsNoneIsRefused(port: String) {
        #expect {
            _ = try OpenAIEndpoint(baseURL: "http://127.0.0.1:\(port)/v1", model: nil, environment: [:])
        } throws: {
            ($0 as? EndpointError)?.code == .invalidConfiguration
        }
    }

    @Test(arguments: [
        "http://127.0.0.1:65535/v1", "http://127.0.0.1:1", "http://[::1]:8000/v1", "http://h/v1:99999", "http://h:/v1",
    ])
    func otherAddressesAreTaken(url: String) throws {
        try OpenAIEndpoint.check(baseURL: url)
    }

    @Test func theClientSaysWhoItIs() async throws {
        let seen = Locked<[String?]>([])
        try await ScriptedServer.with { request in
            seen.withLock { $0.append(request.header("User-Agent")) }
            return .chat("ok")
        } run: { server in
            for agent in [nil, "mine/1"] {
                let endpoint = try OpenAIEndpoint(
                    baseURL: server.baseURL, model: nil,
                    extraHeaders: agent.map { [(name: "user-agent", value: $0)] } ?? [], userAgent: "denature/9",
                    environment: [:])
                let client = OpenAIClient(endpoint: endpoint)
                _ = try await client.chat(hello())
                await client.shutdown()
            }
        }
        #expect(seen.withLock { $0 } == ["denature/9", "mine/1"])
    }
}
