import Synchronization

/// Wraps a handler so that a share of the requests meets a fault, drawn by seed from a fixed list.
///
/// The draw depends on the seed and the request's number only. No request body meets more than `maximumPerBody`
/// faults, so a client with that many retries always gets through.
package struct FaultMix: Sendable {
    /// Faults a client must survive on its own: statuses, resets, stalls, cut bodies, wrong content.
    package static let transport: [ScriptedReply] = [
        .error(429, "slow down", headers: [("Retry-After", "0")]), .error(500), .error(503), .webPage(status: 502),
        ScriptedReply(fault: .resetBeforeHead), ScriptedReply(fault: .resetWithinHead),
        ScriptedReply(fault: .closeBeforeHead), ScriptedReply(fault: .stallBeforeHead),
        .chat("cut").with(.stallInBody(after: 30)), .chat("cut").with(.truncateBody(after: 30)),
        .chat("cut").with(.resetInBody(after: 30)), ScriptedReply(text: #"{"choices": [{"message": {"con"#),
        ScriptedReply(text: ""),
    ]

    /// Whole answers that are no good: empty, refused, filtered, cut.
    package static let content: [ScriptedReply] = [
        .chat(""), .chat(nil), .chat(nil, refusal: "I cannot help with that."),
        .chat("", finishReason: "content_filter"), .chat("So far", finishReason: "length"),
    ]

    package var seed: UInt64
    /// The share of requests that meet a fault, 0...1.
    package var share: Double
    package var faults: [ScriptedReply]
    package var maximumPerBody: Int

    package init(
        seed: UInt64, share: Double, faults: [ScriptedReply] = FaultMix.transport, maximumPerBody: Int = .max
    ) {
        self.seed = seed
        self.share = share
        self.faults = faults
        self.maximumPerBody = maximumPerBody
    }

    /// The handler with the faults put before it.
    package func wrap(_ handler: @escaping ScriptedServer.Handler) -> ScriptedServer.Handler {
        let met = Counter()
        return { request in
            let draw = mix(UInt64(request.index))
            guard !faults.isEmpty, Double(draw >> 11) / 0x1p53 < share,
                met.increment(request.body, upTo: maximumPerBody)
            else { return handler(request) }
            return faults[Int(mix(draw) % UInt64(faults.count))]
        }
    }

    /// SplitMix64's output function over the seed and a number.
    private func mix(_ value: UInt64) -> UInt64 {
        var z = seed &+ (value &+ 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    private final class Counter: Sendable {
        private let counts = Mutex<[[UInt8]: Int]>([:])

        func increment(_ body: [UInt8], upTo limit: Int) -> Bool {
            counts.withLock { counts in
                guard counts[body, default: 0] < limit else { return false }
                counts[body, default: 0] += 1
                return true
            }
        }
    }
}
