import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import OpenAIProtocol
import Synchronization

/// A client for one OpenAI-compatible endpoint, shared by all tasks that use it.
///
/// Bounds the requests in flight (first come, first served), repeats attempts that may succeed later, and gives up
/// on stalled ones. Cancelling the calling task ends its request at once.
public final class OpenAIClient: Sendable {
    /// Called before each transport attempt with its number, from 1. An error it throws ends the request.
    public typealias AttemptHook = @Sendable (_ attempt: Int) async throws -> Void

    /// Where requests go.
    public let endpoint: OpenAIEndpoint
    /// Limits and habits.
    public let configuration: ClientConfiguration

    private let environment: RetryEnvironment
    private let http: HTTPClient
    private let slots: AsyncSemaphore
    private let circuit: CircuitBreaker
    private let health: EndpointHealth
    /// What this endpoint takes of what streams can be asked for with.
    private let streamForm = Mutex(StreamForm.withUsage)

    /// A client; end it with ``shutdown()``.
    public init(
        endpoint: OpenAIEndpoint, configuration: ClientConfiguration = ClientConfiguration(),
        environment: RetryEnvironment = RetryEnvironment()
    ) {
        self.endpoint = endpoint
        self.configuration = configuration
        self.environment = environment
        let concurrency = max(1, configuration.concurrency)
        slots = AsyncSemaphore(permits: concurrency)
        circuit = CircuitBreaker(
            failureLimit: configuration.circuitFailureLimit, minimumSpan: configuration.circuitMinimumSpan,
            coolDown: configuration.circuitCoolDown)
        health = EndpointHealth(failedRequestLimit: configuration.failedRequestLimit)

        var settings = HTTPClient.Configuration()
        settings.httpVersion = .http1Only
        settings.redirectConfiguration = .disallow
        settings.timeout.connect = TimeAmount(configuration.timeouts.connect)
        // A second net under AttemptTimer.
        settings.timeout.read = TimeAmount(
            max(configuration.timeouts.head, configuration.timeouts.idle) + .seconds(5))
        settings.proxy = endpoint.proxy?.configuration
        // Not asked for, and sent by some all the same. The reader's own bound comes first.
        settings.decompression = .enabled(limit: .size(2 * configuration.maximumResponseBytes))
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrency
        // Failures must come up to the retry policy and the circuit, rather than be repeated silently below.
        settings.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(configuration: settings)
    }

    deinit {
        http.shutdown { _ in }
    }

    /// Ends all requests and closes all connections. Requests made later throw `shutDown`.
    public func shutdown() async {
        try? await http.shutdown()
    }

    /// Asks for a chat completion, plain or (with `stream`) collected from a stream.
    ///
    /// While the endpoint is away (no connection, or a status such as 503), the client waits up to its configuration's patience,
    /// with growing pauses, before that counts as attempts. An endpoint that refuses streams, or to tell the usage of one, is
    /// asked without.
    ///
    /// - Parameters:
    ///   - request: its `model` falls back to the endpoint's. A stream is asked for its usage unless told otherwise.
    ///   - onAttempt: called before each attempt, while holding a place among the requests in flight.
    /// - Returns: the answer, even an empty, refused or cut one.
    /// - Throws: what went wrong in the last attempt.
    public func chat(
        _ request: ChatRequest, onAttempt: AttemptHook? = nil
    ) async throws(EndpointError) -> ChatResult {
        let start = ContinuousClock.now
        var form = request.stream == true ? streamForm.withLock { $0 } : .plain
        var body = try encode(request, form)
        var (attempt, failures) = (0, 0)
        var awaySince: ContinuousClock.Instant?
        while true {
            do {
                let (answer, timer) = try await inSlot { () async throws(EndpointError) in
                    try await self.runAttempt(number: attempt + 1, body: body, onAttempt: onAttempt) {
                        attempt += 1
                    }
                }
                health.recordAnswer()
                let end = ContinuousClock.now
                return ChatResult(
                    choices: answer.choices, id: answer.id, model: answer.model, usage: answer.usage,
                    attempts: attempt,
                    timing: ChatResult.Timing(
                        total: start.duration(to: end), attempt: timer.start.duration(to: end),
                        head: timer.durationToHead))
            } catch {
                var error = error
                error.attempts = attempt
                error.url = endpoint.chatDisplayURL
                if let simpler = form.simpler(after: error) {
                    streamForm.withLock { $0 = max($0, simpler) }
                    form = simpler
                    body = try encode(request, form)
                    continue
                }
                if try await waits(for: &error, since: &awaySince) { continue }
                failures += 1
                guard error.isRetryable, !error.isLasting, failures < configuration.retry.maximumAttempts else {
                    if error.code != .cancelled, !error.concernsOneRequest, health.recordFailure() {
                        error.isLasting = true
                    }
                    throw error
                }
                try await backOff(after: error)
            }
        }
    }

    /// Waits a while for an endpoint that is away, if it is and patience lasts; else says so in the error.
    private func waits(
        for error: inout EndpointError, since start: inout ContinuousClock.Instant?
    ) async throws(EndpointError) -> Bool {
        guard error.isOutage else { return false }
        let now = environment.now()
        let away = health.recordOutage(at: now)
        let patience = health.hasContact ? configuration.patience : configuration.firstPatience
        guard patience > .zero else { return false }
        let since = start ?? now
        start = since
        guard since.duration(to: now) >= patience else {
            try await backOff(after: error)
            return true
        }
        // Where others were answered meanwhile, only this request has to go without.
        if away >= patience {
            error.isLasting = true
            error.message += "; the endpoint has been away for \(patience)"
        }
        return false
    }

    private func encode(_ request: ChatRequest, _ form: StreamForm) throws(EndpointError) -> ByteBuffer {
        var request = request
        request.model = request.model ?? endpoint.model
        if request.stream == true {
            switch form {
            case .withUsage: request.streamOptions = request.streamOptions ?? ChatStreamOptions(includeUsage: true)
            case .bare: request.streamOptions = nil
            case .plain: (request.stream, request.streamOptions) = (nil, nil)
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return ByteBuffer(bytes: try encoder.encode(request))
        } catch {
            throw EndpointError(.invalidRequest, "the request cannot be written as JSON")
        }
    }

    /// Runs `body` as one of the requests in flight.
    private func inSlot<R>(
        _ body: () async throws(EndpointError) -> R
    ) async throws(EndpointError) -> R {
        do {
            try await slots.acquire()
        } catch {
            throw EndpointError(.cancelled, "cancelled")
        }
        defer { slots.release() }
        return try await body()
    }

    private func backOff(after error: EndpointError) async throws(EndpointError) {
        let delay = configuration.retry.delay(
            afterFailures: error.attempts, retryAfter: error.retryAfter, uniform: environment.uniform())
        do {
            try await environment.sleep(delay)
        } catch {
            throw EndpointError(.cancelled, "cancelled")
        }
    }

    private func runAttempt(
        number: Int, body: ByteBuffer, onAttempt: AttemptHook?, willSend: () -> Void
    ) async throws(EndpointError) -> (ChatAnswer, AttemptTimer) {
        guard circuit.allowsAttempt(at: environment.now()) else {
            throw EndpointError(.endpointUnavailable, "the endpoint accepts no connections")
        }
        do {
            try await onAttempt?(number)
        } catch {
            if Task.isCancelled { throw EndpointError(.cancelled, "cancelled") }
            var failure = EndpointError(.attemptHookFailed, "the attempt could not be recorded")
            failure.underlying = error
            throw failure
        }
        willSend()

        let timer = AttemptTimer(timeouts: configuration.timeouts)
        do {
            return (try await timer.watch { try await self.send(body, timer: timer) }, timer)
        } catch {
            if Task.isCancelled { throw EndpointError(.cancelled, "cancelled") }
            var failure = EndpointError.classify(error, afterHead: timer.durationToHead > .zero)
            failure.message = endpoint.redactor.clean(failure.message)
            // Cancelled, but not by the caller: the client is shutting down.
            if failure.code == .cancelled { failure = EndpointError(.shutDown, "the client was shut down") }
            if failure.code == .connectionFailed, let proxy = endpoint.proxy {
                failure.message += " (by the proxy of environment variable \(proxy.variable))"
            }
            if failure.code == .connectionFailed { circuit.recordConnectionFailure(at: environment.now()) }
            throw failure
        }
    }

    private func send(_ body: ByteBuffer, timer: AttemptTimer) async throws -> ChatAnswer {
        var request = HTTPClientRequest(url: endpoint.chatURL)
        request.method = .POST
        request.body = .bytes(body)
        for (name, value) in endpoint.headers {
            request.headers.add(name: name, value: value)
        }
        // The timer comes first; this only keeps the library from waiting for ever.
        let limit = TimeAmount(configuration.timeouts.attempt + .seconds(5))
        let response = try await http.execute(request, timeout: limit)
        timer.receivedHead()
        circuit.recordContact()
        health.recordContact(status: Int(response.status.code))
        let reader = ResponseReader(
            maximumBytes: configuration.maximumResponseBytes, redactor: endpoint.redactor, date: environment.date,
            timer: timer)
        return try await reader.read(response)
    }
}
