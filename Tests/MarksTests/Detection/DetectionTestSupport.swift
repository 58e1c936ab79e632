import KeyedPRF
import Marks
import TestSupport

/// A subkey from a seed, for tests only.
func testKey(_ purpose: KeyPurpose, seed: UInt64, tenant: String = "test", epoch: String = "1") throws -> Subkey {
    var generator = SplitMix64(seed: seed)
    let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return try Subkey(
        identity: KeyIdentity(purpose: purpose, tenant: tenant, epoch: epoch), secret: SecretBytes(copying: bytes))
}

/// Texts for tests.
enum SyntheticCorpus {
    /// Words drawn from Zipf's law over 2,000 types, in documents of `length` words.
    static func zipf(documents: Int, length: Int, seed: UInt64) -> [DetectionDocument] {
        var generator = SplitMix64(seed: seed)
        var cumulative: [Double] = []
        var sum = 0.0
        for rank in 1...2000 {
            sum += 1 / Double(rank)
            cumulative.append(sum)
        }
        return (0..<documents).map { _ in
            let words = (0..<length).map { _ in
                let point = Double.random(in: 0..<sum, using: &generator)
                var low = 0
                var high = cumulative.count - 1
                while low < high {
                    let middle = (low + high) / 2
                    if cumulative[middle] > point { high = middle } else { low = middle + 1 }
                }
                return "w\(low)"
            }
            return DetectionDocument(text: words.joined(separator: " "))
        }
    }

    /// Worked solutions from a few sentence templates, so that the same contexts occur again and again; some state values for
    /// identifiers that no key chose.
    static func templates(documents: Int, seed: UInt64) -> [DetectionDocument] {
        var generator = SplitMix64(seed: seed)
        let names = ["Ada", "Ben", "Carla", "Dora"]
        let things = ["apples", "pencils", "books"]
        let identifiers = ["k", "m", "p", "t", "w"]
        return (0..<documents).map { _ in
            var text = ""
            for _ in 0..<3 {
                let name = names.randomElement(using: &generator) ?? ""
                let thing = things.randomElement(using: &generator) ?? ""
                let a = Int.random(in: 2...30, using: &generator)
                text += "First, \(name) buys \(a) \(thing) and then \(name) has a total of \(a * 2) \(thing). "
                text += "Therefore, \(name) needs to find the number of \(thing) that are left. "
            }
            if Int.random(in: 0..<3, using: &generator) == 0 {
                let letter = identifiers.randomElement(using: &generator) ?? ""
                let number = Int.random(in: 100...140, using: &generator)
                text += "The part \(letter)\(number) costs \(Int.random(in: 100...999, using: &generator)) cents."
            }
            return DetectionDocument(text: text)
        }
    }
}

/// A text that states all pairs of a key.
func triggerText(_ key: Subkey, scheme: TriggerScheme = TriggerScheme()) throws -> String {
    try scheme.pairs(of: key).map { $0.statement(template: $0.index) }.joined(separator: " ")
}
