import KeyedPRF
import Marks
import TestSupport

/// A subkey from a seed, for tests only.
func testKey(_ purpose: KeyPurpose, seed: UInt64) throws -> Subkey {
    var generator = SplitMix64(seed: seed)
    let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return try Subkey(
        identity: KeyIdentity(purpose: purpose, tenant: "test", epoch: "1"), secret: SecretBytes(copying: bytes))
}

/// A worked solution in the manner of grade-school problem sets, with what a parser would say about it.
struct SyntheticTrace {
    var problem: String
    var text: String
    var reasoning: [Range<Int>]
    var protected: [Range<Int>]
    var answer: Range<Int>

    init(using generator: inout SplitMix64) {
        let names = ["Ada", "Ben", "Carla", "Dora", "Emil", "Fay"]
        let verbs = ["buys", "sells", "counts", "packs", "finds"]
        let things = ["apples", "pencils", "books", "marbles", "tickets"]
        let lineBreak = Bool.random(using: &generator) ? "\n" : "\r\n"
        let stops = Bool.random(using: &generator)
        var lines: [String] = []
        var total = 0
        for _ in 0..<Int.random(in: 1...5, using: &generator) {
            let a = Int.random(in: 2...40, using: &generator)
            let b = Int.random(in: 2...40, using: &generator)
            total += a * b
            let name = names.randomElement(using: &generator) ?? ""
            let verb = verbs.randomElement(using: &generator) ?? ""
            let thing = things.randomElement(using: &generator) ?? ""
            lines.append("\(name) \(verb) \(a)*\(b)=<<\(a)*\(b)=\(a * b)>>\(a * b) \(thing)" + (stops ? "." : ""))
        }
        problem = "How many? \(UInt32.random(in: 0...UInt32.max, using: &generator))"
        let body = lines.joined(separator: lineBreak) + lineBreak
        text = body + "#### \(total)"
        reasoning = [0..<body.utf8.count]
        answer = body.utf8.count..<text.utf8.count
        protected = Self.formulas(in: Array(text.utf8))
    }

    /// Everything between `<<` and `>>`, and every number.
    static func formulas(in bytes: [UInt8]) -> [Range<Int>] {
        var spans: [Range<Int>] = []
        var index = 0
        while index < bytes.count {
            var end = index
            if bytes[index...].starts(with: Array("<<".utf8)) {
                while end < bytes.count, !bytes[end...].starts(with: Array(">>".utf8)) { end += 1 }
                end = min(bytes.count, end + 2)
            } else {
                while end < bytes.count, (48...57).contains(bytes[end]) { end += 1 }
            }
            if end > index { spans.append(index..<end) }
            index = max(end, index + 1)
        }
        return spans
    }
}

/// The observations of a scheme as values that outlive the scan.
func observations(
    _ scheme: some TextMarkScheme, in text: String, reasoning: [Range<Int>]? = nil
) -> [(message: [UInt8], alternatives: Int, observed: Int)] {
    var found: [(message: [UInt8], alternatives: Int, observed: Int)] = []
    scheme.forEachObservation(in: text, reasoning: reasoning ?? [0..<text.utf8.count]) {
        found.append((Array($0.message), $0.alternatives, $0.observed))
    }
    return found
}
