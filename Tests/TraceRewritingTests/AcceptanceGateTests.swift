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

    @Test func shortSentencesOfTheInstructionAreLeaks() throws {
        let instruction = """
            You are a meticulous academic
            editor. Restate it.

            - Use no abbreviations at
              all, please.
            """
        func found(_ words: String, of old: String = trace) throws -> Rejection? {
            try verdict(words + " " + reworded + "\n#### 7", of: old, instructions: [instruction])
        }
        #expect(try found("You are a meticulous academic editor.") == .promptLeak)
        #expect(try found("Use no abbreviations at all, please.") == .promptLeak)
        // Too short to be anybody's, or not whole.
        #expect(try found("Restate it.") == nil)
        #expect(try found("A meticulous academic editor would say so.") == nil)
        #expect(try found("Use no abbreviations, please.") == nil)
        let old = "You are a meticulous academic editor. " + trace
        #expect(try found("You are a meticulous academic editor.", of: old) == nil)
    }

    @Test(arguments: [
        "</think>\nEach gets 7.", "<think>", "<answer>", "<rewritten>", "<details type=\"reasoning\">", "<|im_end|>",
        "<|im_start|>user", "<｜end▁of▁sentence｜>", "[/INST]", "[THINK]", "<<SYS>>", "◁/think▷", "<channel|>", "</s>",
        "&lt;/think&gt;", "\u{1B}[31m", "\u{0}", "\u{202E}", "\n```\n7\n```\n",
    ])
    func marksThatTheOriginalLacksAreFound(mark: String) throws {
        for (before, after) in [("", "\n#### 7"), ("<think>\n", "\n</think>\n#### 7")] {
            let old = before + reasoning + after
            #expect(try verdict(before + reworded + after, of: old) == nil)
            let new = try verdict(before + reworded + " " + mark + " So it is." + after, of: old)
            #expect(new == .structureChanged, "\(mark.debugDescription)")
        }
    }

    @Test(arguments: ["a < b and c > d.", "x<3 and y>2.", "[7] apples.", "Tab\there.", "It is `7`.", "1 <= 3 | 4."])
    func otherSignsAreNoMarks(words: String) throws {
        let old = reasoning + " It is 2 or 1." + "\n#### 7"
        #expect(try verdict(reworded + " " + words + "\n#### 7", of: old) == nil)
    }

    @Test func marksOfTheOriginalMayStay() throws {
        let old = "<b>First</b>, " + trace
        #expect(try verdict("<b>To begin</b>: " + reworded + "\n#### 7", of: old) == nil)
        #expect(try verdict("<b>To begin</b>: <b>" + reworded + "\n#### 7", of: old) == .structureChanged)
    }

    @Test(arguments: [
        "Sure! Here is the restated reasoning: ", "Here's the rewritten version:\n", "Certainly! ",
        "Of course, below is the paraphrased reasoning: ",
    ])
    func greetingsAreFound(greeting: String) throws {
        #expect(try verdict(greeting + reworded + "\n#### 7") == .preamble)
        #expect(try verdict(greeting + reworded + "\n#### 7", of: greeting + trace) == nil)
    }

    @Test func offersAreFound() throws {
        #expect(try verdict(reworded + " Let me know if you need anything else!\n#### 7") == .preamble)
    }

    @Test(arguments: [
        "Surely it is so. ", "Here are 3 apples: red ones. ", "I have 3 apples. ", "Of course he has 3. ",
    ])
    func openingsOfReasoningAreNoGreetings(opening: String) throws {
        #expect(try verdict(opening + reworded + "\n#### 7") == nil)
    }

    @Test func anotherLanguageIsFound() throws {
        let new = "首先汤姆有三个苹果,然后他又买了四个苹果。所以他现在一共有 3 + 4 = 7 个苹果。首先汤姆有三个苹果,然后他又买了四个。"
        #expect(try verdict(new + "\n#### 7") == .languageChanged)
    }

    // MARK: Numbers

    private func numbers(_ new: String, of old: String, solution: String? = nil, statement: String? = nil) throws
        -> Rejection?
    {
        try gate().numbersRejection(of: turn(new), original: turn(old), solution: solution, statement: statement)
    }

    private static let eggs =
        "There are 3 baskets with 12 eggs each, so there are 36 eggs. We subtract the 5 broken ones, which leaves 31, and one is "
        + "given away, so that 1,030 grams are 30 eggs."

    @Test(arguments: [
        eggs,
        "Three baskets of a dozen make thirty-six; less five it is 31, and 30 eggs weigh 1030 grams, twelve each.",
        "Of 3 · 12 = 36 eggs 5 break; 31, then 30 of 1,030 grams, are left.",
        "One observes 3 baskets, 12 to each, and so 36; 5 gone leave 31, hence 30.",
        "Say 36.0 less 5 is 31, and 30 remain.",
    ])
    func numbersOfTheOriginalMayBeSaidAnew(new: String) throws {
        #expect(try numbers(new, of: Self.eggs) == nil)
    }

    @Test(arguments: [
        eggs.replacing("36 eggs", with: "37 eggs"), eggs.replacing("36 eggs", with: "thirty-seven eggs"),
        "That is 83 %. " + eggs, eggs.replacing("1,030", with: "1,300"),
        eggs.replacing("12 eggs", with: "eighteen eggs"),
        eggs.replacing("31", with: "3.1"), "There are baskets, eggs are broken, others given away; 30 are left.",
    ])
    func otherNumbersAreFound(new: String) throws {
        #expect(try numbers(new, of: Self.eggs) == .numbersChanged)
    }

    @Test func numbersOfTheProblemTheAnswerAndTheStatementMayBeNamed() throws {
        #expect(try numbers("He has 99. " + trace, of: trace) == .numbersChanged)
        #expect(try numbers("He has 99. " + trace, of: trace, solution: "99") == nil)
        #expect(try numbers("He has 99. " + trace, of: trace, statement: "Code 99 is blue.") == nil)
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
