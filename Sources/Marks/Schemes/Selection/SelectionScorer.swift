import KeyedPRF

/// Scores candidates by how many of their distinct n-grams have the keyed bit 1. One per worker.
public final class SelectionScorer {
    private let scheme: SelectionScheme
    private let authenticator: HMACSHA256
    private let hasher: SipHash128

    /// Prepares a scorer for one selection subkey.
    ///
    /// - Throws: `KeyedPRFError` if libcrypto refuses.
    public init(scheme: SelectionScheme = SelectionScheme(), key: Subkey) throws(KeyedPRFError) {
        self.scheme = scheme
        authenticator = try HMACSHA256(key: key.secret)
        hasher = try SipHash128()
    }

    /// (hits − n/2) / √n over the n distinct n-grams in the reasoning; 0 when there is none.
    ///
    /// With fair bits its variance is 1/4 whatever the length, so candidates of different lengths compare.
    ///
    /// - Parameters:
    ///   - text: The candidate.
    ///   - reasoning: Its reasoning regions as UTF-8 offsets, ascending.
    public func score(_ text: String, reasoning: [Range<Int>]) -> Double {
        var seen: Set<NGram> = []
        var hits = 0
        scheme.forEachObservation(in: text, reasoning: reasoning) { observation in
            let (first, second) = hasher.hash(observation.message)
            guard seen.insert(NGram(first: first, second: second)).inserted else { return }
            if authenticator.authenticate(observation.message).uniform(below: 2) == 1 { hits += 1 }
        }
        guard !seen.isEmpty else { return 0 }
        let count = Double(seen.count)
        return (Double(hits) - count / 2) / count.squareRoot()
    }

    private struct NGram: Hashable {
        var first: UInt64
        var second: UInt64
    }
}
