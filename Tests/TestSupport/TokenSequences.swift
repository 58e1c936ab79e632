import Foundation

/// Seeded sequences of token ids that no key had a part in.
package enum TokenSequences {
    /// Independent draws from Zipf's law over 5,000 ids.
    package static func zipf(documents: Int, length: Int, seed: UInt64) -> [[Int32]] {
        var generator = SplitMix64(seed: seed)
        return (0..<documents).map { _ in
            (0..<length).map { _ in
                // The inverse of the continuous law's distribution.
                Int32(pow(5000, Double.random(in: 0..<1, using: &generator))) - 1
            }
        }
    }

    /// Phrases that run in circles: few contexts, each many times.
    package static func looped(documents: Int, length: Int, seed: UInt64) -> [[Int32]] {
        var generator = SplitMix64(seed: seed)
        return (0..<documents).map { _ in
            let phrase = (0..<Int.random(in: 5...40, using: &generator)).map { _ in
                Int32.random(in: 0..<3000, using: &generator)
            }
            return (0..<length).map { phrase[$0 % phrase.count] }
        }
    }

    /// One frame with a few tokens filled in: contexts that occur again with other tokens.
    package static func templated(documents: Int, length: Int, seed: UInt64) -> [[Int32]] {
        var generator = SplitMix64(seed: seed)
        let frame = (0..<30).map { _ in Int32.random(in: 0..<3000, using: &generator) }
        return (0..<documents).map { _ in
            (0..<length).map { position in
                position % 6 == 5 ? Int32.random(in: 0..<100, using: &generator) : frame[position % 30]
            }
        }
    }
}
