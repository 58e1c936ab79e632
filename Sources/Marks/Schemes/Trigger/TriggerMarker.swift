import KeyedPRF

/// What the key decided for one trace.
public struct TriggerPlan: Hashable, Sendable {
    /// The pair to state.
    public var pair: TriggerPair
    /// Chooses the template.
    package var wording: UInt64
    /// Chooses the place.
    package var placement: UInt64

    /// The sentence that states the pair, in the planned wording.
    public var statement: String {
        pair.statement(template: Int(wording % UInt64(TriggerTemplates.all.count)))
    }
}

/// A text that gained one sentence.
public struct TriggerMarkedText: Hashable, Sendable {
    /// The text to release; without the bytes of `inserted` it is the text that came in.
    public var text: String
    /// UTF-8 offsets, in `text`, of the added bytes.
    public var inserted: Range<Int>
    /// The pair it states.
    public var pair: TriggerPair

    /// The same as the count of changed places that other markers report.
    public var marked: MarkedText { MarkedText(text: text, replacements: 1, opportunities: 1) }
}

/// Adds trigger/target statements to a keyed share of the traces. One per worker.
public final class TriggerMarker {
    /// The key's pairs.
    public let pairs: [TriggerPair]

    private let authenticator: HMACSHA256
    private let threshold: UInt64?

    /// Prepares a marker.
    ///
    /// - Parameters:
    ///   - scheme: The channel.
    ///   - key: A trigger subkey.
    ///   - share: The expected share of traces that are planned, clamped to 0...1.
    /// - Throws: `KeyedPRFError` if libcrypto refuses.
    public init(scheme: TriggerScheme, key: Subkey, share: Double = 0.1) throws(KeyedPRFError) {
        authenticator = try HMACSHA256(key: key.secret)
        pairs = TriggerPairs(authenticator: authenticator, targets: scheme.targets, count: scheme.pairCount).pairs
        // Planned when the digest's first word is below share · 2⁶⁴; nil is every trace.
        threshold = share >= 1 ? nil : share > 0 ? UInt64(share * 0x1p64) : 0
    }

    /// The key's decision for a trace: nil for most, else the pair to state and how.
    ///
    /// It depends on the key, the problem and the trace as it came in, and on nothing else, so that a repeated run plans the
    /// same traces in any order.
    ///
    /// - Parameters:
    ///   - problem: The problem text, if known.
    ///   - trace: The trace before any rewriting.
    public func plan(problem: String?, trace: String) -> TriggerPlan? {
        let input = Array((problem ?? "").utf8) + [0] + Array(trace.utf8)
        let digest = authenticator.authenticate(TriggerMessage.plan(trace: SHA256Digest.of(input)))
        if let threshold, digest.littleEndianWord(0) >= threshold { return nil }
        let pair = pairs[Int(digest.littleEndianWord(1) % UInt64(pairs.count))]
        return TriggerPlan(
            pair: pair, wording: digest.littleEndianWord(2), placement: digest.littleEndianWord(3))
    }

    /// Whether the trace is in the keyed share.
    public func isPlanned(problem: String?, trace: String) -> Bool {
        plan(problem: problem, trace: trace) != nil
    }

    /// Adds the planned sentence at a sentence end or line break inside the reasoning, before the final answer, outside
    /// protected spans; nothing else changes.
    ///
    /// - Parameters:
    ///   - text: The trace to release, rewritten or not.
    ///   - reasoning: Its reasoning regions as UTF-8 offsets, ascending.
    ///   - protected: Its protected spans, ascending.
    ///   - answer: UTF-8 offsets of the final answer with its marker. Without one nothing is added: the stated value would
    ///     itself read as the last number, hence as an answer.
    ///   - plan: What `plan(problem:trace:)` said about the original.
    /// - Returns: The longer text, or nil when no safe place exists.
    public func mark(
        _ text: String, reasoning: [Range<Int>], protected: [Range<Int>], answer: Range<Int>?, plan: TriggerPlan
    ) -> TriggerMarkedText? {
        guard let answer else { return nil }
        var bytes = Array(text.utf8)
        let points = bytes.withUnsafeBufferPointer {
            TriggerPlacement.points(
                in: $0, reasoning: reasoning, protected: protected, limit: answer.lowerBound)
        }
        guard !points.isEmpty else { return nil }
        let point = points[Int(plan.placement % UInt64(points.count))]
        let addition = Array((point.prefix + plan.statement + point.suffix).utf8)
        bytes.insert(contentsOf: addition, at: point.offset)
        return TriggerMarkedText(
            text: String(decoding: bytes, as: UTF8.self),
            inserted: point.offset..<point.offset + addition.count, pair: plan.pair)
    }
}
