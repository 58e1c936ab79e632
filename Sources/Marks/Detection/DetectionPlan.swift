import KeyedPRF

/// What is tested: every scheme with every key of its purpose. Fixed before any text is read.
package struct DetectionPlan: Sendable {
    /// One scheme and its keys.
    package struct Entry: Sendable {
        package let scheme: any TextMarkScheme
        package let keys: [Subkey]
    }

    /// Schemes in the order given; those without a key are absent.
    package let entries: [Entry]

    /// The words of a hit bitset: enough for the scheme with the most keys.
    let hitWords: Int

    /// Pairs every scheme with the keys of its purpose.
    ///
    /// - Parameters:
    ///   - schemes: The channels.
    ///   - keys: Subkeys of any purposes, in the order of the report.
    package init(schemes: [any TextMarkScheme], keys: [Subkey]) {
        entries = schemes.compactMap { scheme in
            let own = keys.filter { $0.identity.purpose == scheme.purpose }
            return own.isEmpty ? nil : Entry(scheme: scheme, keys: own)
        }
        hitWords = max(1, entries.map { ($0.keys.count + 63) / 64 }.max() ?? 1)
    }

    /// The number of tests: keys × schemes.
    package var familySize: Int { entries.reduce(0) { $0 + $1.keys.count } }
}
