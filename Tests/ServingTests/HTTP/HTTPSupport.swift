import Foundation
import OpenAIClient
import OpenAIProtocol
import Serving
import Synchronization

/// Completes every order with fixed pieces, one token each, until there are no more or nobody wants them.
final class PieceBackend: CompletionBackend {
    struct Plan: Sendable {
        var pieces = ["The ", "answer ", "is 4"]
        /// The number of times that the pieces are sent; nil for no end.
        var repeats: Int? = 1
        var pause = Duration.zero
        var refusal: CompletionRefusal?
        /// Fails after the pieces instead of ending.
        var failure: String?
    }

    private struct State {
        var orders: [CompletionOrder] = []
        var feeds: [CompletionFeed] = []
        var running = 0
    }

    let model = ModelDescription(id: "tiny/model", created: 7, ownedBy: "tests")
    private let plan: Plan
    private let state = Mutex(State())

    init(_ plan: Plan = Plan()) {
        self.plan = plan
    }

    var orders: [CompletionOrder] { state.withLock(\.orders) }
    var feeds: [CompletionFeed] { state.withLock(\.feeds) }
    var load: BackendLoad { BackendLoad(slots: 8, running: state.withLock(\.running), waiting: 0) }

    func begin(_ order: CompletionOrder, feed: CompletionFeed) throws(CompletionRefusal) -> Int {
        if let refusal = plan.refusal { throw refusal }
        state.withLock { state in
            state.orders.append(order)
            state.feeds.append(feed)
            state.running += order.choices
        }
        for choice in 0..<order.choices {
            Task {
                await run(order, choice, feed)
                state.withLock { $0.running -= 1 }
            }
        }
        return 5 * order.prompts.count
    }

    private func run(_ order: CompletionOrder, _ choice: Int, _ feed: CompletionFeed) async {
        var round = 0
        while plan.repeats.map({ round < $0 }) ?? true {
            for piece in plan.pieces {
                if plan.pause > .zero { try? await Task.sleep(for: plan.pause) } else { await Task.yield() }
                let token = TokenLogProbability(
                    bytes: Array(piece.utf8), logProbability: -0.5,
                    alternatives: (0..<(order.alternatives ?? 0)).map {
                        .init(bytes: Array("alternative \($0)".utf8), logProbability: $0 == 0 ? -0.25 : -.infinity)
                    })
                guard feed.send(.text(choice: choice, piece, order.alternatives == nil ? [] : [token])) else { return }
            }
            round += 1
        }
        if let failure = plan.failure {
            feed.fail(failure)
        } else {
            feed.send(.ended(choice: choice, .stop, tokens: plan.pieces.count))
        }
    }
}

/// Starts a gateway, runs `body` with its port, and ends it.
func withGateway<R: Sendable>(
    _ backend: any CompletionBackend, _ configuration: GatewayConfiguration = GatewayConfiguration(),
    run body: @Sendable (_ port: Int) async throws -> R
) async throws -> R {
    let (ports, source) = AsyncStream<Int>.makeStream()
    let serving = Task {
        defer { source.finish() }
        try await Gateway(backend: backend, configuration: configuration).run { port in source.yield(port) }
    }
    guard let port = await ports.first(where: { _ in true }) else {
        try await serving.value
        throw CancellationError()
    }
    let result: Result<R, any Error>
    do {
        result = .success(try await body(port))
    } catch {
        result = .failure(error)
    }
    serving.cancel()
    try await serving.value
    return try result.get()
}

/// Waits until something holds; false if it does not within 20 seconds.
func eventually(_ condition: @Sendable () async throws -> Bool) async rethrows -> Bool {
    for _ in 0..<2_000 {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return false
}

/// A client of the package's own for a gateway.
func withClient<R>(
    _ port: Int, model: String? = "tiny/model", _ body: (OpenAIClient) async throws -> R
) async throws -> R {
    var configuration = ClientConfiguration()
    configuration.concurrency = 64
    configuration.retry.maximumAttempts = 1
    let client = OpenAIClient(
        endpoint: try OpenAIEndpoint(baseURL: "http://127.0.0.1:\(port)/v1", model: model, key: .none),
        configuration: configuration)
    do {
        let result = try await body(client)
        await client.shutdown()
        return result
    } catch {
        await client.shutdown()
        throw error
    }
}
