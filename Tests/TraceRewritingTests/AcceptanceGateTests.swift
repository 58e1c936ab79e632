import Testing

@testable import TraceRewriting

@Suite struct AcceptanceGateTests {
    private func verdict(
        _ new: String, of old: String = trace, scope: RewriteScope = .free, stated: String? = nil,
        instructions: [String] = []
    ) throws -> Rejection? {
        try gate(instructions: instructions).rejection(
            of: turn(new), original: turn(old), scope: scope, statedAnswer: stated)
    }

    @Test(arguments: [
        reworded + "\n#### 7", reworded + "\n#### 7.0", reworded.replacing("7", with: "7.0") + "\n#### 7", trace,
        reworded + "\n#### 14/2", "Yes, sorry to say: " + reworded + "\n#### 7", reworded + "\n\n\n#### 7",
    ])
    func soundRewritingPasses(new: String) throws {
        #expect(try verdict(new) == nil)
        #expect(try verdict(new, stated: "7") == nil)
    }

    @Test(
        arguments: [
            (reworded + "\n#### 8", .answerChanged), (reworded.replacing("7", with: "8") + "\n#### 8", .answerChanged),
            ("#### 7", .reasoningMissing), ("   \n#### 7", .reasoningMissing),
            (reworded.replacing("7", with: "seven") + "\n#### 7", .resultMissing),
            ("Tom has 7 apples in all.\n#### 7", .lengthRatio),
            (String(repeating: reworded + " ", count: 5) + "\n#### 7", .lengthRatio),
            ("I'm sorry, but I can't help with rewriting that reasoning. It has 3 + 4 = 7 apples.\n#### 7", .refusal),
            (
                "I\u{2019}m sorry, but I can\u{2019}t help with rewriting that. It has 3 + 4 = 7 apples.\n#### 7",
                .refusal
            ),
            ("As an AI, I have no access to baskets, yet 3 + 4 = 7 apples are in this one.\n#### 7", .refusal),
            (reworded + " And then he\n#### 7", .truncated), (reworded + " Moreover,\n#### 7", .truncated),
            ("<think>" + reworded + "</think>\n" + reworded + "\n#### 7", .structureChanged),
        ] as [(String, Rejection)])
    func faultIsFound(new: String, rejection: Rejection) throws {
        if rejection == .structureChanged {
            // Two regions where one was.
            let old = "<think>" + reasoning + "</think>\n#### 7"
            let new = "<think>" + reworded + "</think><think>" + reworded + "</think>\n#### 7"
            #expect(try verdict(new, of: old) == .structureChanged)
            return
        }
        #expect(try verdict(new) == rejection)
    }

    @Test func answersThatVanishOrWereNeverThereAreFound() throws {
        #expect(try verdict("Nothing is said about numbers in this long piece of text here.") == .answerMissing)
        let open = "Nothing is said about any number in this text, which goes on a little."
        #expect(try verdict(open + " Still nothing.", of: open) == .answerUnverified)
    }

    @Test func answersTheWriterStatesMustAgree() throws {
        #expect(try verdict(reworded + "\n#### 7", stated: "8") == .answerChanged)
        #expect(try verdict(reworded + "\n#### 7", stated: "$7.00") == nil)
    }

    @Test func wordsOfTheInstructionAreLeaks() throws {
        let instruction = "Restate the reasoning below for a specialist audience with care."
        let leaky = "Restate the reasoning below for a specialist: " + reworded + "\n#### 7"
        #expect(try verdict(leaky, instructions: [instruction]) == nil, "seven words in a row are not eight")
        let worse = "I restate the reasoning below for a specialist audience with care. " + reworded + "\n#### 7"
        #expect(try verdict(worse, instructions: [instruction]) == .promptLeak)
        #expect(try verdict(worse, instructions: []) == nil)
        // What the original says itself is no leak.
        let old = "I restate the reasoning below for a specialist audience with care. " + trace
        #expect(try verdict(worse, of: old, instructions: [instruction]) == nil)
    }

    @Test func aRefusalInTheOriginalIsNoRefusal() throws {
        let old = "I can't see the basket, but the text is clear. " + trace
        #expect(try verdict("I cannot see the basket. " + reworded + "\n#### 7", of: old) == nil)
    }

    @Test(
        arguments: [
            (trace.replacing("Then he", with: "Next he"), nil),
            (trace.replacing("4 more", with: "5 more"), .invariantsChanged),
            (trace.replacing("Tom", with: "Tim"), .invariantsChanged),
            (trace.replacing("3 + 4 = 7", with: "3 + 4 = 07"), .invariantsChanged),
            (trace.replacing("#### 7", with: "#### 8"), .answerChanged),
        ] as [(String, Rejection?)])
    func wordForWordRewritingKeepsNumbersAndNames(new: String, rejection: Rejection?) throws {
        #expect(try verdict(new, scope: .words) == rejection)
    }

    @Test func lengthBoundsAreConfigurable() throws {
        let long = turn(reworded + " " + reworded + "\n#### 7")
        #expect(try gate().rejection(of: long, original: turn(trace), scope: .free, statedAnswer: nil) == nil)
        let strict = try gate(.init(lengthRatio: 0.9...1.1))
        #expect(
            strict.rejection(of: long, original: turn(trace), scope: .free, statedAnswer: nil) == .lengthRatio)
    }
}
