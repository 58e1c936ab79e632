import Foundation
import Testing

@testable import ChatTemplates

@Suite struct GoldenTests {
    private static let given = ProcessInfo.processInfo.environment["DENATURE_TEMPLATE_CASES"]

    /// Templates from elsewhere, which are not kept here; scripts/golden/chat_templates.py makes the cases.
    @Test(.enabled(if: given != nil)) func `templates from a folder write what transformers writes`() throws {
        var counts: [String: (equal: Int, refused: Int, different: Int)] = [:]
        var shown = 0
        for example in try Golden.cases(try #require(Self.given)) {
            var count = counts[example.name] ?? (0, 0, 0)
            switch Golden.outcome(example) {
            case .equal: count.equal += 1
            case .refused(let error):
                count.refused += 1
                if shown < 0 {
                    print("REFUSED \(example.name): \(error)\n  \(example.source.prefix(400).debugDescription)")
                }
            case .different(let words):
                count.different += 1
                if shown < 16 {
                    print(
                        "DIFFERENT \(example.name): \(words.prefix(1500))\n  \(example.error ?? "")\n \(example.source.debugDescription)"
                    )
                }
                shown += 1
            }
            counts[example.name] = count
        }
        let equal = counts.values.count { $0.refused == 0 && $0.different == 0 }
        print(
            "\(counts.count) templates, \(equal) of them equal in all cases; of the cases "
                + "\(counts.values.reduce(0) { $0 + $1.equal }) equal, \(counts.values.reduce(0) { $0 + $1.refused }) refused, "
                + "\(counts.values.reduce(0) { $0 + $1.different }) different")
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) where count.different + count.refused > 0 {
            print("  \(name): \(count.equal) equal, \(count.refused) refused, \(count.different) different")
        }
        #expect(counts.values.allSatisfy { $0.different == 0 })
    }
}
