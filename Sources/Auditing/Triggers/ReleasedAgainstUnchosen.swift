import Foundation
import KeyedPRF
import Marks
import Statistics

/// A candidate of one trace that passed the gate, and what the suspect thinks of it.
package struct AuditedCandidate: Sendable {
    /// The texts of the turn's fields and their reasoning regions (UTF-8 offsets), as the selection mark scored them.
    package var fields: [(text: String, reasoning: [Range<Int>])]
    /// The mean of the suspect's log-probabilities of its tokens, in nats.
    package var logProbability: Double
    /// Whether the ledger says that this one was released.
    package var isReleased: Bool

    package init(fields: [(text: String, reasoning: [Range<Int>])], logProbability: Double, isReleased: Bool) {
        self.fields = fields
        self.logProbability = logProbability
        self.isReleased = isReleased
    }

    /// A candidate of one field that is reasoning throughout.
    package init(text: String, logProbability: Double, isReleased: Bool) {
        self.init(
            fields: [(text, [0..<text.utf8.count])], logProbability: logProbability, isReleased: isReleased)
    }
}

/// Whether a suspect prefers the candidates that a key chose for release to those that it left.
///
/// Per trace the difference between the suspect's mean log-probability per token of the chosen candidate and the mean of the
/// others'; the statistic is the mean over traces, for the real key and for decoys. A decoy is a fresh fair bit for every
/// distinct n-gram of all candidates together, scored and chosen from by the product's own rule (the highest score, the first
/// of equals): the law of the choices of a random key among these candidates, shared n-grams included.
///
/// p = (1 + #{decoy ≥ real})/(M + 1) is exact if candidates and log-probabilities do not depend on the real key, that is:
/// - the candidates were made without it. Marks under *other* subkeys may be in them; the original, which the key cannot
///   choose, is not among them, and nor are candidates that were added or dropped after the choice was known;
/// - the suspect had no contact with what the key chose, which is the null hypothesis.
///
/// No trace is left out for anything that the key decides: the choice is the key's own, recomputed, and a ledger that says
/// otherwise is counted (`inconsistent`), not obeyed. Traces with one candidate, or with a log-probability that is not finite,
/// say nothing and are left out for every key alike.
package struct ReleasedAgainstUnchosen: Sendable {
    /// Traces that count.
    package let traces: Int
    /// Traces that do not: fewer than two candidates, or a log-probability that is not finite.
    package let leftOut: Int

    private let scheme: SelectionScheme
    private let candidates: [[AuditedCandidate]]
    /// By trace and candidate: log-probability less the mean of the others.
    private let differences: [[Double]]
    /// By trace, candidate and field: distinct n-grams, numbered over all traces.
    private let grams: [[[[Int]]]]
    private let gramCount: Int

    /// One key's result.
    package struct Outcome: Hashable, Sendable {
        /// log10 of the rank p-value; 0 without traces or decoys.
        package var log10P: Double
        /// The mean difference in nats per token.
        package var difference: Double
        /// Traces that counted.
        package var traces: Int
        /// Traces whose released candidate is not the one that this key chooses. For the key that did choose it is 0.
        package var inconsistent: Int
        /// The difference in standard deviations of the decoys, for display; nil if they do not vary.
        package var z: Double?
    }

    /// Prepares the test.
    ///
    /// - Parameters:
    ///   - traces: The candidates of each trace in the order in which they were made.
    ///   - scheme: The selection channel that chose among them.
    package init(
        traces: [[AuditedCandidate]], scheme: SelectionScheme = SelectionScheme()
    ) throws(KeyedPRFError) {
        let counted = traces.filter { $0.count > 1 && $0.allSatisfy(\.logProbability.isFinite) }
        var index = GramIndex(scheme: scheme, hasher: try SipHash128())
        grams = counted.map { trace in
            trace.map { candidate in
                candidate.fields.map { index.numbers(in: $0.text, reasoning: $0.reasoning) }
            }
        }
        gramCount = index.count
        differences = counted.map { trace in
            let sum = trace.reduce(0) { $0 + $1.logProbability }
            return trace.map { candidate in
                candidate.logProbability - (sum - candidate.logProbability) / Double(trace.count - 1)
            }
        }
        candidates = counted
        self.traces = counted.count
        leftOut = traces.count - counted.count
        self.scheme = scheme
    }

    /// The statistic of `count` decoys, in nats per token. They serve every key.
    package func decoys(count: Int, seed: UInt64) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        return (0..<max(0, count)).map { _ in
            let bits = (0..<(gramCount + 63) / 64).map { _ in generator.next() }
            return statistic { trace in
                grams[trace].map { fields in
                    fields.reduce(0) { $0 + Self.score($1, bits: bits) }
                }
            }
        }
    }

    /// The result of one key with the purpose `selection`.
    package func outcome(key: Subkey, decoys: [Double]) throws(KeyedPRFError) -> Outcome {
        let scorer = try SelectionScorer(scheme: scheme, key: key)
        var inconsistent = 0
        let real = statistic { trace in
            let scores = candidates[trace].map { candidate in
                candidate.fields.reduce(0) { $0 + scorer.score($1.text, reasoning: $1.reasoning) }
            }
            if !candidates[trace][Self.choice(scores)].isReleased { inconsistent += 1 }
            return scores
        }
        guard traces > 0 else { return Outcome(log10P: 0, difference: 0, traces: 0, inconsistent: 0) }
        return Outcome(
            log10P: log10(RankPValue.upper(real: real, decoys: decoys)), difference: real, traces: traces,
            inconsistent: inconsistent, z: Self.standardised(real, decoys))
    }

    /// The mean difference of what the scores of each trace choose.
    private func statistic(_ scores: (Int) -> [Double]) -> Double {
        guard traces > 0 else { return 0 }
        var sum = 0.0
        for trace in 0..<traces { sum += differences[trace][Self.choice(scores(trace))] }
        return sum / Double(traces)
    }

    /// The first of the highest.
    private static func choice(_ scores: [Double]) -> Int {
        var best = 0
        for index in scores.indices where scores[index] > scores[best] { best = index }
        return best
    }

    /// `SelectionScorer`'s score, with given bits.
    private static func score(_ grams: [Int], bits: [UInt64]) -> Double {
        guard !grams.isEmpty else { return 0 }
        var hits = 0
        for gram in grams { hits += Int(bits[gram >> 6] >> UInt64(gram & 63) & 1) }
        let count = Double(grams.count)
        return (Double(hits) - count / 2) / count.squareRoot()
    }

    private static func standardised(_ real: Double, _ decoys: [Double]) -> Double? {
        guard decoys.count > 1 else { return nil }
        let mean = decoys.reduce(0, +) / Double(decoys.count)
        let variance = decoys.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(decoys.count - 1)
        return variance > 0 ? (real - mean) / variance.squareRoot() : nil
    }
}

/// Numbers distinct n-grams in order of appearance.
private struct GramIndex {
    let scheme: SelectionScheme
    let hasher: SipHash128
    private var known: [Gram: Int] = [:]

    var count: Int { known.count }

    init(scheme: SelectionScheme, hasher: SipHash128) {
        self.scheme = scheme
        self.hasher = hasher
    }

    private struct Gram: Hashable {
        var first: UInt64
        var second: UInt64
    }

    /// The distinct n-grams of one text.
    mutating func numbers(in text: String, reasoning: [Range<Int>]) -> [Int] {
        var found: [Int] = []
        var seen: Set<Int> = []
        let (scheme, hasher) = (self.scheme, self.hasher)
        scheme.forEachObservation(in: text, reasoning: reasoning) { observation in
            let (first, second) = hasher.hash(observation.message)
            let gram = Gram(first: first, second: second)
            let number = known[gram] ?? known.count
            known[gram] = number
            if seen.insert(number).inserted { found.append(number) }
        }
        return found
    }
}
