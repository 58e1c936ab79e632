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
            // The last pair counts, and the inner of two.
            ("<rewritten>a </rewritten> b</rewritten>", "a", nil),
            ("<rewritten>\n<rewritten>\nNew text.\n</rewritten>\nFinal answer: 7\n</rewritten>", "New text.", "7"),
            ("I will use <rewritten> tags. Hm.\n<rewritten>New text.</rewritten>\nFinal answer: 7", "New text.", "7"),
            ("<rewritten>New text.</rewritten>\nFinal answer: 7\nIt stands in <rewritten> tags.", "New text.", "7"),
            ("<Rewritten>New text.</REWRITTEN>\nFinal answer: 7", "New text.", "7"),
            ("```\n<rewritten>\nNew text.\n</rewritten>\nFinal answer: 7\n```", "New text.", "7"),
            // Thoughts in front, in all their marks.
            ("<thinking>5?</thinking>\n<rewritten>New text.</rewritten>", "New text.", nil),
            ("[THINK]5?[/THINK]New text.\n#### 7", "New text.", "7"),
            ("◁think▷5?◁/think▷New text.", "New text.", nil),
            ("<seed:think>5?</seed:think>New text.", "New text.", nil),
            ("<|START_THINKING|>5?<|END_THINKING|><|START_RESPONSE|>New text.<|END_RESPONSE|>", "New text.", nil),
            (
                "<|channel|>analysis<|message|>5?<|end|><|start|>assistant<|channel|>final<|message|>New text.<|return|>",
                "New text.", nil
            ),
            ("<|channel>thought\n5?<channel|>New text.", "New text.", nil),
            ("\n<think>a</think>\n<think>b</think>New text.", "New text.", nil),
            ("Is it 5? No.</think>\nNew text.", "New text.", nil),
            ("Is it 5? No.</think>\n<rewritten>New text.</rewritten>", "New text.", nil),
            ("<rewritten>\n<think>5?</think>New text.\n</rewritten>", "New text.", nil),
            // No thoughts: an end mark within the reply is for the gate to judge.
            ("<rewritten>New text.</think> It is 5.</rewritten>", "New text.</think> It is 5.", nil),
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

    @Test(arguments: [
        "Sure! Here it is:\n\nNew text.", "```\nNew text.\n```", "<think>a</think>New text.",
        "New text.\nFinal answer: 7",
        "a</think>New text.",
        "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>New text.",
    ])
    func withoutTheTagsThatWereAskedForAReplyIsTalk(reply: String) {
        let parsed = InstructionReply(reply, expectsTags: true)
        #expect(parsed.defect == .tagsMissing && parsed.reasoning.isEmpty)
        #expect(InstructionReply(reply).defect == nil)
    }

    @Test func anEmptyReplyIsNoTalk() {
        #expect(InstructionReply(" \n", expectsTags: true).defect == nil)
        #expect(InstructionReply("<think>a</think>", expectsTags: true).reasoning.isEmpty)
    }

    @Test(arguments: [
        "<|channel|>analysis<|message|>still", "[THINK]still", "<rewritten><think>still</rewritten>",
        "<rewritten>New te", "<think>still thinking", "<think>a</think><rewritten>New te", "<rewritten>",
    ])
    func unclosedTagsAreCutReplies(reply: String) {
        #expect(InstructionReply(reply).defect == .truncated)
    }
}
