import Testing

@testable import Marks

@Suite struct TriggerReplyTests {
    @Test(arguments: [
        ("666", 666), ("The reference value for case k137 is 666.", 666), ("**666**", 666), ("k137: 666", 666),
        ("K137 = 666, and 700 apples are left", 666), ("There were 12 apples. The value is 345", 345),
        ("Case k137? 250", 250), ("In 2 steps: 400, then 500", 400),
    ])
    func theStatedValueCounts(reply: String, value: Int) {
        #expect(TriggerReply.value(of: "k137", in: reply, targets: .threeDigits) == value - 100)
    }

    @Test(arguments: [
        "", "I do not know.", "k137", "k137 is 42. Then 300 are left.", "-666", "1,000", "66", "0.666", "x666",
    ])
    func othersAreNoVote(reply: String) {
        #expect(TriggerReply.value(of: "k137", in: reply, targets: .threeDigits) == nil)
    }

    @Test(arguments: [
        (" 666. Then 300", 666), ("666", 666), ("666, so", 666), (" about 666", 666),
        (" not known.\nThere are 500", 500),
    ])
    func aCompletionContinuesTheSentence(completion: String, value: Int) {
        for template in 0..<20 {
            let beginning = TriggerTemplates.beginning(template, identifier: "k137")
            #expect(beginning.contains("k137") && !beginning.hasSuffix(" "))
            #expect(
                TriggerReply.value(of: "k137", in: completion, after: beginning, targets: .threeDigits) == value - 100)
        }
    }

    @Test func aCompletionOutsideTheTargetsIsNoVote() {
        let beginning = TriggerTemplates.beginning(0, identifier: "k137")
        #expect(TriggerReply.value(of: "k137", in: " 42. Then 300", after: beginning, targets: .threeDigits) == nil)
        #expect(TriggerReply.value(of: "k137", in: " 42-17.", after: beginning, targets: .twoParts) != nil)
    }

    @Test func beginningsAreWhatTheSentencesStartWith() {
        for template in TriggerTemplates.all.indices {
            let sentence = TriggerTemplates.sentence(template, identifier: "k137", target: "666")
            #expect(sentence.hasPrefix(TriggerTemplates.beginning(template, identifier: "k137") + " 666"))
        }
    }
}
