#if Torch
    import Foundation
    import Serving
    import Generation
    import OpenAIClient
    import OpenAIProtocol
    import Testing
    import Tokenizers
    import Torch
    import TorchModels
    import TraceGeneration
    import TrainingExamples

    /// The lab's teacher behind the whole server: HTTP, batching, a real model.
    @Suite struct ServedTeacherTests {
        private static let folder = labFolder + "/teacher"

        private static func problems(_ count: Int) throws -> [String] {
            let text = try String(contentsOfFile: labFolder + "/prompts.jsonl", encoding: .utf8)
            return try text.split(separator: "\n").prefix(count).map { line in
                let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return try #require(record?["problem"] as? String)
            }
        }

        private static func engine(slots: Int) async throws -> BatchingEngine {
            var options = ServingOptions()
            options.slots = slots
            options.maxNewTokens = 64
            return try await BatchingEngine.start(
                ModelDescription(id: "teacher", created: 0, ownedBy: "tests"), options: options,
                load: {
                    TorchRuntime.setThreads(1)
                    let tokenizer = try Tokenizer.load(folder)
                    return ServedModel(
                        model: try DecoderModel.load(folder), tokenizer: tokenizer,
                        format: try PromptFormat.automatic(for: tokenizer))
                })
        }

        /// What `denature sample` makes of the problems: the loop, one sequence at a time.
        private static func expected(_ problems: [String]) async throws -> [String] {
            let tokenizer = try Tokenizer.load(folder)
            let format = try PromptFormat.automatic(for: tokenizer)
            var options = DecodingOptions()
            options.temperature = 0.8
            options.topP = 0.95
            let loop = try GenerationLoop(
                model: try DecoderModel.load(folder), processors: options.processors(), slots: 1,
                makeTextDecoder: { SequenceTextDecoder(tokenizer) })
            let requests = try problems.enumerated().map { i, problem in
                GenerationRequest(
                    prompt: try format.prompt(problem, tokenizer: tokenizer), seed: UInt64(1_000 + i), maxNewTokens: 64,
                    stopTokens: format.stopTokens(tokenizer))
            }
            return try loop.generate(requests).map { $0.text ?? "" }
        }

        @Test(arguments: [4, 64]) func manyClientsGetTheAnswersOfEachAlone(slots: Int) async throws {
            let problems = try Self.problems(64)
            let expected = try await Self.expected(problems)
            #expect(Set(expected).count > 60)
            let engine = try await Self.engine(slots: slots)
            let (ports, source) = AsyncStream<Int>.makeStream()
            let gateway = Gateway(backend: engine)
            let serving = Task { try await gateway.run { source.yield($0) } }
            let port = try #require(await ports.first { _ in true })
            var configuration = ClientConfiguration()
            configuration.concurrency = 64
            configuration.retry.maximumAttempts = 1
            let client = OpenAIClient(
                endpoint: try OpenAIEndpoint(baseURL: "http://127.0.0.1:\(port)/v1", model: "teacher", key: .none),
                configuration: configuration)
            try await withThrowingTaskGroup(of: (Int, ChatResult).self) { group in
                for (i, problem) in problems.enumerated() {
                    var request = ChatRequest(messages: [ChatMessage(role: .user, content: problem)])
                    request.seed = 1_000 + i
                    request.temperature = 0.8
                    request.topP = 0.95
                    request.stream = i % 2 == 0
                    let asked = request
                    group.addTask { (i, try await client.chat(asked)) }
                }
                for try await (i, result) in group {
                    #expect(result.text == expected[i], "\(i)")
                    #expect(result.finishReason == .stop)
                }
            }
            await client.shutdown()
            #expect(engine.load == BackendLoad(slots: slots, running: 0, waiting: 0))
            serving.cancel()
            try await serving.value
            await engine.stop()
        }

        @Test func aFolderThatIsNoModel() async throws {
            await #expect(throws: (any Error).self) {
                try await BatchingEngine.start(
                    ModelDescription(id: "x", created: 0, ownedBy: ""),
                    load: {
                        ServedModel(
                            model: try DecoderModel.load("/nowhere"), tokenizer: try Tokenizer.load(Self.folder),
                            format: .plain(separator: "\n"))
                    })
            }
        }
    }
#endif
