#if Torch
    import TestSupport
    import Foundation
    import OpenAIClient
    import OpenAIProtocol
    import Testing

    /// The program itself, with the lab's teacher.
    @Suite struct ServeCommandTests {
        private static let teacher = Repository.path("fixtures/lab/teacher")

        private struct Ready: Decodable {
            var address: String
            var port: Int
            var model: String
            var slots: Int
        }

        /// Starts a server and waits until it is ready.
        private static func start(
            _ sandbox: Sandbox, _ arguments: [String] = [], environment: [String: String] = [:]
        ) async throws -> (RunningProgram, Ready) {
            let program = try RunningProgram(
                ["serve", "--model", teacher, "--json"] + arguments, environment: environment,
                output: sandbox.file("ready"))
            for _ in 0..<3_000 {
                if let bytes = sandbox.bytes("ready"), bytes.last == 0x0A {
                    return (program, try JSONDecoder().decode(Ready.self, from: Data(bytes)))
                }
                try await Task.sleep(for: .milliseconds(10))
            }
            program.send(SIGKILL)
            let errors = try await program.wait().errors
            throw CocoaError(.fileReadUnknown, userInfo: ["errors": errors])
        }

        private static func client(_ ready: Ready, key: APIKeySource = .none, environment: [String: String] = [:])
            throws
            -> OpenAIClient
        {
            var configuration = ClientConfiguration()
            configuration.retry.maximumAttempts = 1
            return OpenAIClient(
                endpoint: try OpenAIEndpoint(
                    baseURL: ready.address, model: ready.model, key: key, environment: environment),
                configuration: configuration)
        }

        @Test func answersAreThoseOfSample() async throws {
            let sandbox = try Sandbox()
            try sandbox.write(
                "p.jsonl",
                """
                {"problem":"Omar has 32 beads. He buys 6 more. Later he wins 7. How many beads does he have in the end?"}
                {"problem":"Zoe owns 37 coins. She loses 7. She sells 8 of them. How many coins does Zoe have now?"}

                """)
            let sampled = try await denature([
                "sample", "--teacher", Self.teacher, "--prompts", sandbox.file("p.jsonl"), "-o",
                sandbox.file("t.jsonl"),
                "--temperature", "0.7", "--top-p", "0.9", "--max-new-tokens", "48",
            ])
            #expect(sampled.status == 0, "\(sampled.errors)")
            let (program, ready) = try await Self.start(sandbox, ["--slots", "2", "--name", "lab/teacher"])
            #expect(ready.model == "lab/teacher" && ready.slots == 2)
            #expect(ready.address == "http://127.0.0.1:\(ready.port)/v1")
            let client = try Self.client(ready)
            let lines = (sandbox.bytes("t.jsonl") ?? []).split(separator: 0x0A)
            #expect(lines.count == 2)
            for line in lines {
                let record = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
                let problem = try #require(record["problem"] as? String)
                var request = ChatRequest(messages: [ChatMessage(role: .user, content: problem)])
                request.seed = try #require(record["seed"] as? Int)
                request.temperature = 0.7
                request.topP = 0.9
                request.maxTokens = 48
                let result = try await client.chat(request)
                #expect(result.text == record["trace"] as? String)
                #expect(result.usage?.completionTokens == record["tokens"] as? Int)
            }
            await client.shutdown()
            program.send(SIGTERM)
            let result = try await program.wait()
            #expect(result.status == 0)
            #expect(result.errors == "serving lab/teacher at \(ready.address)\n")
        }

        @Test func keys() async throws {
            let sandbox = try Sandbox()
            try sandbox.write("key", "sk-lab-000001\n")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: sandbox.file("key"))
            let (program, ready) = try await Self.start(sandbox, ["--api-key-file", sandbox.file("key"), "--quiet"])
            for (key, isRight) in [("sk-lab-000001", true), ("sk-lab-000002", false)] {
                let client = try Self.client(ready, key: .environment("KEY"), environment: ["KEY": key])
                do {
                    var request = ChatRequest(messages: [ChatMessage(role: .user, content: "Omar has 3 beads.")])
                    request.maxTokens = 2
                    _ = try await client.chat(request)
                    #expect(isRight)
                } catch {
                    #expect(!isRight && error.status == 401)
                }
                await client.shutdown()
            }
            program.send(SIGINT)
            let result = try await program.wait()
            #expect(result.status == 0 && result.errors == "")
        }

        @Test func whatCannotBeServed() async throws {
            let sandbox = try Sandbox()
            try sandbox.write("open-key", "sk-lab-000001\n")
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: sandbox.file("open-key"))
            let (program, ready) = try await Self.start(sandbox)
            let cases: [(arguments: [String], message: String)] = [
                (["--model", sandbox.file("nothing")], "nothing"),
                (["--model", Self.teacher, "--port", "\(ready.port)"], "Address already in use"),
                (["--model", Self.teacher, "--host", "192.0.2.1"], "cannot listen at 192.0.2.1"),
                (["--model", Self.teacher, "--api-key-env", "DENATURE_NO_SUCH_KEY"], "DENATURE_NO_SUCH_KEY"),
                (["--model", Self.teacher, "--api-key-file", sandbox.file("open-key")], "chmod 600"),
                (["--model", Self.teacher, "--prompt-format", "other"], "other"),
            ]
            for (arguments, message) in cases {
                let result = try await denature(["serve"] + arguments)
                #expect(result.status == 1 && result.errors.contains(message), "\(arguments): \(result.errors)")
                #expect(!result.errors.contains("sk-lab"))
            }
            program.send(SIGTERM)
            #expect(try await program.wait().status == 0)
        }

        @Test(arguments: [
            [], ["--model", ""], ["--model", "x", "--port", "70000"], ["--model", "x", "--slots", "0"],
            ["--model", "x", "--queue", "-1"], ["--model", "x", "--max-new-tokens", "0"],
            ["--model", "x", "--context", "1"], ["--model", "x", "--api-key-env", "A", "--api-key-file", "b"],
        ])
        func usage(arguments: [String]) async throws {
            #expect(try await denature(["serve"] + arguments).status == 2)
        }
    }
#endif
