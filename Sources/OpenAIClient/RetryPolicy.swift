import Foundation
import Synchronization

/// When and how often a failed attempt is repeated: exponential backoff with full jitter.
///
/// The k-th wait is drawn uniformly from 0 to `min(maximumDelay, baseDelay · 2^(k-1))`. A server's `Retry-After`
/// (bounded) replaces the lower end of that range: never sooner than asked, and not all clients at once.
public struct RetryPolicy: Hashable, Sendable {
    /// Transport attempts per request, the first included.
    public var maximumAttempts: Int
    /// The first wait's upper bound.
    public var baseDelay: Duration
    /// Every wait's upper bound, `Retry-After` apart.
    public var maximumDelay: Duration
    /// The most of a `Retry-After` that is honoured.
    public var maximumRetryAfter: Duration

    /// A policy; at least one attempt is made.
    public init(
        maximumAttempts: Int = 6, baseDelay: Duration = .milliseconds(500), maximumDelay: Duration = .seconds(30),
        maximumRetryAfter: Duration = .seconds(120)
    ) {
        self.maximumAttempts = max(1, maximumAttempts)
        self.baseDelay = max(.zero, baseDelay)
        self.maximumDelay = max(.zero, maximumDelay)
        self.maximumRetryAfter = max(.zero, maximumRetryAfter)
    }

    /// The wait before another attempt.
    ///
    /// - Parameters:
    ///   - failures: attempts that failed so far, at least 1.
    ///   - retryAfter: what the server asked for.
    ///   - uniform: a draw from 0..<1.
    func delay(afterFailures failures: Int, retryAfter: Duration?, uniform: Double) -> Duration {
        let bound = min(maximumDelay, baseDelay * (1 << min(max(failures, 1) - 1, 20)))
        guard let retryAfter else { return bound * uniform }
        return min(max(.zero, retryAfter), maximumRetryAfter) + min(bound, baseDelay) * uniform
    }
}

/// Time and chance as the client sees them; tests bring their own.
public struct RetryEnvironment: Sendable {
    /// The date, for `Retry-After` given as a date.
    public var date: @Sendable () -> Date
    /// A clock that never jumps, for the circuit.
    public var now: @Sendable () -> ContinuousClock.Instant
    /// Waits; throws when cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// A draw from 0..<1.
    public var uniform: @Sendable () -> Double

    /// The real clocks, and jitter from the given generator.
    public init(generator: some RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
        date = { Date() }
        now = { ContinuousClock.now }
        sleep = { try await Task.sleep(for: $0) }
        let source = JitterSource(generator)
        uniform = { source.next() }
    }
}

/// A random number generator that many tasks may draw from.
private final class JitterSource<Generator: RandomNumberGenerator & Sendable>: Sendable {
    private let generator: Mutex<Generator>

    init(_ generator: Generator) {
        self.generator = Mutex(generator)
    }

    func next() -> Double {
        generator.withLock { Double.random(in: 0..<1, using: &$0) }
    }
}

/// The `Retry-After` header (RFC 9110, section 10.2.3).
enum RetryAfter {
    /// The wait it asks for: seconds (a fraction is tolerated), or the time until an HTTP date in any of its three
    /// forms; a date in the past means no wait. Nil when it is neither.
    static func parse(_ value: String, now: Date) -> Duration? {
        let value = value.trimmingCharacters(in: .whitespaces)
        if let seconds = Double(value) {
            guard seconds.isFinite, seconds >= 0 else { return nil }
            return .seconds(min(seconds, 1e9))
        }
        for format in ["EEE, dd MMM yyyy HH:mm:ss zzz", "EEEE, dd-MMM-yy HH:mm:ss zzz", "EEE MMM d HH:mm:ss yyyy"] {
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.timeZone = TimeZone(secondsFromGMT: 0)
            formatter.dateFormat = format
            if let date = formatter.date(from: value) {
                return .seconds(min(max(0, date.timeIntervalSince(now)), 1e9))
            }
        }
        return nil
    }
}
