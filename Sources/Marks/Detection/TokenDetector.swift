import Foundation
import Statistics

/// Tests token ids for marks: any number of schemes, each with any number of keys, as one family.
///
/// Documents are pooled as they are added; what counts once counts once across all of them. Memory grows by 16 to 32 bytes
/// for each distinct context. Not `Sendable`.
public final class TokenDetector {
    private struct Entry {
        let configuration: TokenTestConfiguration
        let keys: [TokenTestKey]
        let null: TokenNull
        let reader: TokenObservationReader
        let scorers: [any TokenScorer]
    }

    private let settings: TokenDetectionSettings
    private let entries: [Entry]
    private let isApproximate: Bool
    /// The plan of a scheme depends on the family alone.
    private var needed: [String: Int?] = [:]

    /// - Parameters:
    ///   - tests: The schemes and their keys.
    ///   - settings: What is decided before the first text is read.
    ///   - filter: Only contexts in it are scored; its width must be that of every test.
    ///   - filterIsKeyIndependent: Whether the filter was made from texts that no tested key had a part in. If not,
    ///     p-values are approximate, and say so.
    /// - Throws: `WatermarkError`.
    public init(
        tests: [(configuration: TokenTestConfiguration, keys: [TokenTestKey])],
        settings: TokenDetectionSettings = TokenDetectionSettings(), filter: TokenContextSet? = nil,
        filterIsKeyIndependent: Bool = false
    ) throws(WatermarkError) {
        self.settings = settings
        isApproximate = filter != nil && !filterIsKeyIndependent
        var entries: [Entry] = []
        for test in tests {
            if let filter, filter.width != test.configuration.width {
                throw .invalidParameter(
                    name: "the filter's width", value: "\(filter.width)", allowed: "\(test.configuration.width)")
            }
            var scorers: [any TokenScorer] = []
            for key in test.keys { scorers.append(try test.configuration.scorer(key: key)) }
            entries.append(
                Entry(
                    configuration: test.configuration, keys: test.keys, null: TokenNull(test.configuration),
                    reader: TokenObservationReader(test.configuration, filter: filter), scorers: scorers))
        }
        self.entries = entries
    }

    /// The number of tests: keys × schemes.
    public var familySize: Int { entries.reduce(0) { $0 + $1.keys.count } }

    /// Adds a document to the pool.
    public func add(_ document: TokenDocument) {
        for entry in entries {
            entry.reader.read(document) { block in
                for scorer in entry.scorers { scorer.add(block) }
            }
        }
    }

    /// The results of all documents added so far.
    public func results() -> [TokenDetectionResult] {
        var results: [TokenDetectionResult] = []
        var tested: [Entry] = []
        for entry in entries {
            entry.reader.flush { block in
                for scorer in entry.scorers { scorer.add(block) }
            }
            for (key, scorer) in zip(entry.keys, entry.scorers) {
                results.append(test(entry, key, scorer.totals))
                tested.append(entry)
            }
        }
        judge(&results, tested)
        return results
    }

    /// Forgets all documents.
    public func reset() {
        for entry in entries {
            entry.reader.forget()
            for scorer in entry.scorers { scorer.reset() }
        }
    }

    private func test(_ entry: Entry, _ key: TokenTestKey, _ totals: TokenTotals) -> TokenDetectionResult {
        let summary = entry.null.summary(totals, confidence: settings.confidence)
        var result = TokenDetectionResult(
            scheme: entry.configuration.mark.name.text, tenant: "", epoch: "", keyID: "",
            log10P: finite(LogSpace.log10(fromNatural: entry.null.logUpperTail(totals))), log10PAdjusted: 0,
            scored: totals.scored, hits: summary.hits, expectedHits: summary.expectedHits,
            score: totals.scored > 0 ? finite(entry.configuration.mark.scheme.score(totals)) : 0,
            effect: finite(summary.effect), interval: summary.interval, verdict: .noEvidence, familySize: familySize,
            neededObservations: nil, isApproximate: isApproximate ? true : nil)
        if case .subkey(let key) = key {
            result.tenant = key.identity.tenant
            result.epoch = key.identity.epoch
            result.keyID = key.keyID
        }
        return result
    }

    private func judge(_ results: inout [TokenDetectionResult], _ entries: [Entry]) {
        let adjusted = Holm.adjust(log10P: results.map(\.log10P))
        for index in results.indices {
            results[index].log10PAdjusted = finite(adjusted[index])
            if adjusted[index] <= log10(settings.alpha) {
                results[index].verdict = .marked
                continue
            }
            let needed = plan(entries[index])
            if let needed, results[index].scored >= needed {
                results[index].verdict = .noEvidence
            } else {
                results[index].verdict = .inconclusive
                results[index].neededObservations = needed
            }
        }
    }

    private func plan(_ entry: Entry) -> Int? {
        let scheme = entry.configuration.mark.name.text
        if let known = needed[scheme] { return known }
        let value = entry.null.observationsNeeded(
            effect: settings.plannedEffects[scheme] ?? entry.configuration.mark.type.plannedEffects.detection,
            alpha: settings.alpha / Double(max(familySize, 1)),
            power: settings.power)
        needed.updateValue(value, forKey: scheme)
        return value
    }

    /// JSON has no infinities, and −0 would print a sign.
    private func finite(_ value: Double) -> Double {
        if value.isNaN { return 0 }
        let bounded = min(max(value, -Double.greatestFiniteMagnitude), Double.greatestFiniteMagnitude)
        return bounded == 0 ? 0 : bounded
    }
}

/// What is decided before the first token is read.
public struct TokenDetectionSettings: Hashable, Sendable {
    /// A test whose adjusted p is at most this is `marked`.
    public var alpha: Double
    /// The power below which a negative is called `inconclusive`.
    public var power: Double
    /// The planned effect by scheme name, where it is not the scheme's own: see ``TokenMarkEffects/detection``.
    public var plannedEffects: [String: Double]
    /// The confidence of intervals.
    public var confidence: Double

    /// The schemes' own effects are those of marked outputs of low entropy: a third of what ordinary prose shows.
    public init(
        alpha: Double = 0.01, power: Double = 0.8, plannedEffects: [String: Double] = [:], confidence: Double = 0.95
    ) {
        self.alpha = alpha
        self.power = power
        self.plannedEffects = plannedEffects
        self.confidence = confidence
    }
}
