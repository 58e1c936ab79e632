import OpenAIClient
import OpenAIProtocol
import ScriptedServer
import Testing

@Suite struct FaultMixTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func everyRequestGetsThroughAMixOfFaults(_ seed: UInt64) async throws {
        let mix = FaultMix(seed: seed, share: 0.5, maximumPerBody: 3)
        let configuration = testConfiguration(attempts: 6, concurrency: 16, isImpatient: true)
        let handler = mix.wrap { .chat("to " + $0.messages[0].content) }
        try await withClient(configuration, handler: handler) { client, server in
            let attempts = try await withThrowingTaskGroup(of: Int.self) { group in
                for i in 0..<40 {
                    group.addTask {
                        let request = ChatRequest(messages: [ChatMessage(role: .user, content: "\(i)")])
                        let result = try await client.chat(request)
                        #expect(result.text == "to \(i)", "seed \(seed)")
                        return result.attempts
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(attempts > 50, "seed \(seed)")
            #expect(server.counts.maximumInFlight <= 16 && server.counts.requests <= attempts)
        }
    }
}
