import Testing

@testable import TraceRewriting

@Suite struct InstructionReplyTests {
    @Test(
        arguments: [
            // reply, reasoning, stated answer
            ("<rewritten>New text.</rewritten>\nFinal answer: 7", "New text.", "7"),
            ("Sure!\n<rewritten>\nNew text.\n</rewritten>\nFinal answer: $7", "New text.", "$7"),
            ("<rewritten>New text.</rewritten>", "New text.", nil),
            ("<rewritten>New text.\nFinal answer: 7</rewritten>", "New text.", "7"),
            ("<rewritten>New text.\nFinal answer: 8</rewritten>\n#### 7", "New text.", "7"),
            ("<rewritten>So it is \\boxed{7}</rewritten>", "So it is", "7"),
            ("<think>I should write 5.\nFinal answer: 5</think>\n<rewritten>New text.</rewritten>", "New text.", nil),
            (" \n<think>a</think>New text.\nFinal answer: 7", "New text.", "7"),
            ("New text.\n\n#### 7", "New text.", "7"), ("New text.\n<answer>7</answer>", "New text.", "7"),
            ("New text with 7 apples.", "New text with 7 apples.", nil),
            ("<rewritten>a </rewritten> b</rewritten>", "a </rewritten> b", nil),
            ("3 + 4 = 7. Hence the total is #### 7", "3 + 4 = 7. Hence the total is", "7"),
            ("3 + 4 = 7. The answer is 7.", "3 + 4 = 7.", "7"), ("#### 7", "#### 7", "7"),
            ("Use <think> as a word.", "Use <think> as a word.", nil), ("", "", nil),
            ("<rewritten></rewritten>", "", nil),
        ] as [(String, String, String?)])
    func partsAreFound(reply: String, reasoning: String, stated: String?) {
        let parsed = InstructionReply(reply)
        #expect(parsed.reasoning == reasoning)
        #expect(parsed.statedAnswer == stated)
        #expect(parsed.defect == nil)
    }

    @Test(arguments: ["<rewritten>New te", "<think>still thinking", "<think>a</think><rewritten>New te", "<rewritten>"])
    func unclosedTagsAreCutReplies(reply: String) {
        #expect(InstructionReply(reply).defect == .truncated)
    }
}
