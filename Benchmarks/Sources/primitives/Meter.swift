import BenchmarkSupport

/// Times calls, and keeps their results alive.
struct Meter {
    /// How long each measurement lasts at least.
    let seconds: Double
    private(set) var rows: [Primitives.Row] = []
    private var sink = 0

    init(seconds: Double) { self.seconds = seconds }

    /// Calls `body` with 0, 1, 2, ... in growing rounds; `bytes` is what one call works through.
    mutating func time(_ name: String, bytes: Int? = nil, _ body: (Int) -> Int) {
        let clock = ContinuousClock()
        var calls = 0
        var round = 1
        var elapsed = 0.0
        while elapsed < seconds {
            let time = clock.measure {
                for index in calls..<(calls + round) { sink ^= body(index) }
            }
            elapsed += time / .seconds(1)
            calls += round
            round = min(round * 2, 1 << 16)
        }
        let rate = Double(calls) / elapsed
        rows.append(
            Primitives.Row(
                name: name, callsPerSecond: rate, megabytesPerSecond: bytes.map { rate * Double($0) / 1e6 }))
    }
}
