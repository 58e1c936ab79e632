import KeyedPRF
import TestSupport
import Testing

@testable import Marks

@Suite struct SelectionTests {
    @Test func messagesAreLabelAndLengthPrefixedWords() {
        let found = observations(SelectionScheme(contextWidth: 1), in: "One TWO, don't")
        let label = Array("denature/selection/v1\0".utf8)
        func word(_ text: String) -> [UInt8] { [UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8) }
        #expect(found.map(\.message) == [label + word("one") + word("two"), label + word("two") + word("don't")])
        #expect(found.allSatisfy { $0.alternatives == 2 && $0.observed == 1 })
    }

    @Test func nGramsStayInsideARegion() {
        let text = "a b c d e f g h"
        #expect(observations(SelectionScheme(), in: text).count == 5)
        #expect(observations(SelectionScheme(), in: text, reasoning: [0..<8, 8..<15]).count == 2)
        #expect(observations(SelectionScheme(), in: text, reasoning: [0..<5]).isEmpty)
        #expect(observations(SelectionScheme(contextWidth: 0), in: text).count == 8)
    }

    @Test func theScoreIsTheStandardisedCountOfKeyedBits() throws {
        let key = try testKey(.selection, seed: 1)
        let authenticator = try HMACSHA256(key: key.secret)
        let text = "we add the two numbers and then we add the two numbers and then we stop"
        let distinct = Set(observations(SelectionScheme(), in: text).map(\.message))
        let hits = distinct.count { authenticator.authenticate($0).uniform(below: 2) == 1 }
        let expected = (Double(hits) - Double(distinct.count) / 2) / Double(distinct.count).squareRoot()
        let scorer = try SelectionScorer(key: key)
        #expect(abs(scorer.score(text, reasoning: [0..<text.utf8.count]) - expected) < 1e-12)
        #expect(scorer.score("too short", reasoning: [0..<9]) == 0)
        #expect(scorer.score("", reasoning: []) == 0)
    }
}
