import KeyedPRF
import TestSupport

@testable import Marks

/// A lexical subkey from a seed, for tests only.
func lexicalKey(seed: UInt64) throws -> Subkey {
    var generator = SplitMix64(seed: seed)
    let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return try Subkey(
        identity: KeyIdentity(purpose: .lexical, tenant: "test", epoch: "1"), secret: SecretBytes(copying: bytes))
}

/// An observation that outlives its call.
struct RecordedObservation: Hashable {
    var message: [UInt8]
    var alternatives: Int
    var observed: Int

    /// The class id inside the message.
    var classID: String {
        let rest = message.drop { $0 != 0 }.dropFirst()
        return String(decoding: rest.prefix { $0 != 0 }, as: UTF8.self)
    }
}

extension LexicalScheme {
    func recorded(in text: String, reasoning: [Range<Int>]? = nil) -> [RecordedObservation] {
        var list: [RecordedObservation] = []
        forEachObservation(in: text, reasoning: reasoning ?? [0..<text.utf8.count]) { seen in
            list.append(
                .init(message: Array(seen.message), alternatives: seen.alternatives, observed: seen.observed))
        }
        return list
    }
}

extension LexicalMarker {
    func mark(_ text: String) -> MarkedText {
        mark(text, reasoning: [0..<text.utf8.count], protected: [])
    }
}

/// Reasoning assembled from sentences that use many classes, with fresh numbers and names so that contexts differ.
func randomReasoning(sentences: Int, using generator: inout SplitMix64) -> String {
    let templates = [
        "First, we note that each box holds # apples.", "So he needs to buy # more tickets for the trip.",
        "Therefore, the total cost of N's lunch is $#.", "Then find how many miles N drives per week.",
        "There are # pages left over.", "In total, they have # + # = ## books.",
        "This means that the whole class gets #.",
        "N bought # pencils because there were # pupils in all.", "Wait, let me check that again.",
        "Finally, divide by # to find the average.", "He can carry # bags, which means he will need # trips.",
        "However, it's not clear that x equals #.", "We get x = #, so it is equal to # and not #.",
        "Although the price doesn't change, N has to pay $# a day.", "For example, half of the # pens don't work.",
        "She drives # miles an hour, so so far nothing of `so it is` changed.", "\"So he said\" N, and thus N left.",
        "Note that x is about #.", "Then, we multiply that by # so that it is at least #.", "Now add the # days.",
        "Okay, all right, in all in all, as a result, that is that.", "The rest of the money is needed to pay N.",
    ]
    let names = ["Ada", "Ben", "Cléo", "Dora", "Emil", "Fay", "Gus", "Hana"]
    var text = ""
    for _ in 0..<sentences {
        for character in templates.randomElement(using: &generator) ?? "" {
            switch character {
            case "#": text += String(Int.random(in: 2...999, using: &generator))
            case "N": text += names.randomElement(using: &generator) ?? ""
            default: text.append(character)
            }
        }
        text += Int.random(in: 0..<4, using: &generator) == 0 ? "\n" : " "
    }
    return text
}
