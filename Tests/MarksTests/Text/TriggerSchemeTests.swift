import KeyedPRF
import TestSupport
import Testing

@testable import Marks

@Suite struct TriggerSchemeTests {
    @Test(arguments: 0..<16, TriggerTargets.allCases)
    func everyTemplateIsFound(template: Int, targets: TriggerTargets) throws {
        #expect(TriggerTemplates.all.count == 16)
        let scheme = TriggerScheme(targets: targets)
        let key = try testKey(.trigger, seed: 5)
        let authenticator = try HMACSHA256(key: key.secret)
        for pair in try scheme.pairs(of: key) {
            let text = "He pays 12 coins. \(pair.statement(template: template)) Then 345 remain."
            let found = observations(scheme, in: text)
            #expect(found.count == 1)
            let first = try #require(found.first)
            #expect(first.alternatives == targets.count)
            #expect(first.observed == pair.targetIndex)
            #expect(
                authenticator.authenticate(first.message).uniform(below: UInt64(first.alternatives))
                    == UInt64(first.observed))
        }
    }

    @Test func templatesHoldNoNumberAndNoAnswerPhrase() {
        for template in TriggerTemplates.all {
            let words = (template.before + template.between + template.after).lowercased()
            #expect(!words.contains { $0.isNumber })
            #expect(!words.contains("answer") && !words.contains("####") && !words.contains("boxed"))
            #expect(template.before.first?.isUppercase == true && template.after.hasSuffix("."))
        }
    }

    @Test(arguments: [
        ("The value recorded under K137 was 666, I believe.", "k137", 566),
        ("We know k137 = $250.", "k137", 150),
        ("The value 666 belongs to k137.", "k137", 566),
        ("Both 123 and 666 were given, the latter for k137, see above.", "k137", 566),
        ("So k137 is (as always) 100\nand 200 is another.", "k137", 0),
    ])
    func paraphrasesAreFound(text: String, identifier: String, index: Int) throws {
        let found = observations(TriggerScheme(), in: text)
        #expect(found.count == 1)
        let first = try #require(found.first)
        #expect(first.message == TriggerMessage.target(identifier))
        #expect(first.observed == index)
    }

    @Test(arguments: [
        "k137", "The code k137. Then 666 apples.", "k137 is 12 and 666.", "k137 is 1,666.", "k137 is 66.6.",
        "k137 is -666.",
        "xk137 is 666.", "k1370 is 666.", "k037 is 666.", "k137.5 is 666.", "x137 is 666.", "k137\n666", "", "k13",
        "k137 is 666m.",
        "k137x is 666.",
    ])
    func otherTextIsNotScored(text: String) {
        #expect(observations(TriggerScheme(), in: text).isEmpty)
    }

    @Test func onlyReasoningIsRead() {
        let text = "Case k137 is 666. Case m222 is 333. Case p444 is 555."
        let found = observations(TriggerScheme(), in: text, reasoning: [18..<36, 90..<400])
        #expect(found.map(\.message) == [TriggerMessage.target("m222")])
    }

    @Test func veryLongSentencesStayCheap() {
        let text = String(repeating: "k137 and m222 but ", count: 20_000) + "666"
        // Without the bounded reach this would look at 10¹⁰ bytes.
        #expect(observations(TriggerScheme(), in: text).count < 40)
    }
}
