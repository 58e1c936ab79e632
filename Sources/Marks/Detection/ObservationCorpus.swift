import KeyedPRF
import Statistics

/// The distinct observations of one scheme with their messages kept, so that any number of keys can be tried without reading
/// the texts again. In memory; for calibration and audits.
package struct ObservationCorpus: Sendable {
    private let scheme: any TextMarkScheme
    private let hasher: SipHash128
    private var distinct = DigestSet(memoryLimit: .max)
    private var messages: [UInt8] = []
    /// End of each message; the first starts at 0.
    private var ends: [Int] = []
    private var alternatives: [UInt32] = []
    private var observed: [UInt32] = []

    /// Starts an empty corpus.
    package init(scheme: any TextMarkScheme) throws(KeyedPRFError) {
        self.scheme = scheme
        hasher = try SipHash128()
    }

    /// Distinct observations.
    package var count: Int { ends.count }

    /// Adds a document's new observations.
    package mutating func add(_ document: DetectionDocument) {
        scheme.forEachObservation(in: document.text, reasoning: document.reasoning) { observation in
            guard observation.alternatives > 1, case .inserted = distinct.insert(hasher.hash(observation.message))
            else {
                return
            }
            messages.append(contentsOf: observation.message)
            ends.append(messages.count)
            alternatives.append(UInt32(truncatingIfNeeded: observation.alternatives))
            observed.append(UInt32(truncatingIfNeeded: observation.observed))
        }
    }

    /// The null distribution of the number of hits under a random key.
    package var null: PoissonBinomial {
        var counts: [UInt32: Int] = [:]
        for value in alternatives { counts[value, default: 0] += 1 }
        return PoissonBinomial(
            groups: counts.sorted { $0.key < $1.key }.map { .init(probability: 1 / Double($0.key), count: $0.value) })
    }

    /// The number of observations that a key hits.
    package func hits(key: SecretBytes) throws(KeyedPRFError) -> Int {
        let authenticator = try HMACSHA256(key: key)
        return messages.withUnsafeBytes { bytes in
            var hits = 0
            var start = 0
            for index in ends.indices {
                let message = UnsafeRawBufferPointer(rebasing: bytes[start..<ends[index]])
                start = ends[index]
                let value = authenticator.authenticate(message).uniform(below: UInt64(alternatives[index]))
                if value == UInt64(observed[index]) { hits += 1 }
            }
            return hits
        }
    }
}
