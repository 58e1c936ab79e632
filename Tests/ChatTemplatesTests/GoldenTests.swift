import Foundation
import Testing

@testable import ChatTemplates

@Suite struct GoldenTests {
    private static let given = ProcessInfo.processInfo.environment["DENATURE_TEMPLATE_CASES"]

    @Test func `templates of 28 families write what transformers writes`() throws {
        let cases = try Golden.cases("fixtures/golden/chattemplates/families.json")
        #expect(cases.count > 900 && cases.contains { $0.text == nil })
        for example in cases {
            let outcome = Golden.outcome(example)
            #expect(outcome == .equal, "\(example.name), \(example.conversation.messages)")
        }
    }

    @Test func `generated templates write what Jinja writes, or are refused`() throws {
        let cases = try Golden.cases("fixtures/golden/chattemplates/generated.json")
        var refused = 0
        for example in cases {
            switch Golden.outcome(example) {
            case .equal: break
            case .refused(let error):
                // Ranges, views and methods are not printed; nothing else that the generator writes is refused.
                #expect(error.code == .unsupported && error.message.contains("printed"), "\(error): \(example.source)")
                refused += 1
            case .different(let words): Issue.record("\(example.source.debugDescription): \(words)")
            }
        }
        #expect(cases.count == 500 && refused < cases.count / 20)
    }

    /// Templates from elsewhere, which are not kept here; scripts/golden/chat_templates.py makes the cases.
    @Test(.enabled(if: given != nil)) func `templates from a folder write what transformers writes`() throws {
        var counts: [String: (equal: Int, refused: Int, different: Int)] = [:]
        for example in try Golden.cases(try #require(Self.given)) {
            var count = counts[example.name] ?? (0, 0, 0)
            switch Golden.outcome(example) {
            case .equal: count.equal += 1
            case .refused(let error):
                if count.refused == 0 { print("\(example.name) is refused: \(error)") }
                count.refused += 1
            case .different(let words):
                count.different += 1
                Issue.record("\(example.name): \(words)\n  \(example.error ?? "")")
            }
            counts[example.name] = count
        }
        let equal = counts.values.count { $0.refused == 0 && $0.different == 0 }
        let sum = counts.values.reduce((0, 0, 0)) { ($0.0 + $1.equal, $0.1 + $1.refused, $0.2 + $1.different) }
        print(
            "\(equal) of \(counts.count) templates equal; cases: \(sum.0) equal, \(sum.1) refused, \(sum.2) different")
        #expect(!counts.isEmpty)
    }
}
