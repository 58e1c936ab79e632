import Denature
import Foundation
import KeyedPRF
import TestSupport
import Testing
import TraceRewriting
import Traces

/// Reasoning with many words that the lexicon knows, and none that JSON escapes.
let shapeReasoning =
    "First, we need to count the pears. There are 4 crates with 15 pears each, so there are 60 pears in total. "
    + "Therefore, we subtract the 6 bad ones, which means that 54 pears are left. Next, we need to divide by 3, since "
    + "three shops share them. However, the text says that 9 pears are eaten, so we have 45 pears. Hence, each shop gets "
    + "15 pears altogether. Thus, the number is 15."
/// A second trace.
let shapeOtherReasoning =
    "Let us start with the price. A ticket costs 12 coins, and we need to buy 5 of them, which means that we pay 60 coins. "
    + "After that, we have to add the 8 coins for the snack. In total, we pay 68 coins. Therefore, the sum is 68."
/// What the reader sees: as many words that a rewriter would change, if it were allowed to.
let shapeReply =
    "First, we need to add the crates. Therefore, we have 60 pears, which means that 45 are left in total. Thus, every "
    + "shop gets 15. So the final result is 15."

/// A record with `$R` for reasoning, `$S` for other reasoning, `$V` for the reply, `$P` for the problem.
private struct Shape: Sendable, CustomTestStringConvertible {
    var name: String
    var line: String
    /// The same when it leaves, where something is taken out of it.
    var released: String

    init(_ name: String, _ line: String, released: String? = nil) {
        self.name = name
        self.line = line
        self.released = released ?? line
    }

    var testDescription: String { name }

    static func fill(_ line: String, _ first: String, _ second: String) -> String {
        line.replacing("$R", with: first).replacing("$S", with: second).replacing("$V", with: shapeReply)
            .replacing("$P", with: "How many pears does a shop get?")
    }
}

private let shapes: [Shape] = [
    Shape(
        "openthoughts",
        #"{"system": "<|begin_of_thought|> {steps} <|end_of_thought|>", "conversations": [{"from": "user", "value": "$P"}, {"from": "assistant", "value": "<|begin_of_thought|>\n\n$R\n\n<|end_of_thought|>\n\n<|begin_of_solution|>\n\n$V\n\n<|end_of_solution|>"}]}"#
    ),
    Shape(
        "harmony",
        #"{"messages": [{"role": "user", "content": "$P"}, {"role": "assistant", "content": "<|channel|>analysis<|message|>$R<|end|><|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|><|start|>assistant<|channel|>final<|message|>$V<|return|>"}]}"#
    ),
    Shape(
        "gemma channel",
        #"{"messages": [{"role": "user", "content": "$P"}, {"role": "assistant", "content": "<|channel>thought\n$R<channel|>$V"}]}"#
    ),
    Shape("reason tag", #"{"prompt": "$P", "response": "<reason>$R</reason>$V"}"#),
    Shape("brackets", #"{"messages": [{"role": "assistant", "content": "[THINK]$R[/THINK]$V"}]}"#),
    Shape("triangles", #"{"messages": [{"role": "assistant", "content": "◁think▷$R◁/think▷$V"}]}"#),
    Shape("namespace", #"{"messages": [{"role": "assistant", "content": "<seed:think>$R</seed:think>\n$V"}]}"#),
    Shape(
        "command tokens",
        #"{"messages": [{"role": "assistant", "content": "<|START_THINKING|>$R<|END_THINKING|><|START_RESPONSE|>$V<|END_RESPONSE|>"}]}"#
    ),
    Shape(
        "wide tokens",
        #"{"messages": [{"role": "assistant", "content": "<｜begin▁of▁thought｜>$R<｜end▁of▁thought｜>$V"}]}"#),
    Shape("escaped tags", #"{"messages": [{"role": "assistant", "content": "&lt;think&gt;$R&lt;/think&gt;$V"}]}"#),
    Shape(
        "details",
        #"{"messages": [{"role": "assistant", "content": "<details type=\"reasoning\" done=\"true\">\n<summary>Thus, we thought for 3 seconds in total</summary>\n> $R\n</details>\n$V"}]}"#
    ),
    Shape("headings", ###"{"messages": [{"role": "assistant", "content": "## Reasoning\n$R\n## Answer\n$V"}]}"###),
    Shape(
        "bold headings",
        #"{"messages": [{"role": "assistant", "content": "**Thought process:**\n$R\n\n**Final Answer:**\n$V"}]}"#),
    Shape(
        "phrase marks",
        #"{"messages": [{"role": "assistant", "content": "Here is my thought process:\n\n$R\n\nHere is my response:\n\n$V"}]}"#
    ),
    Shape(
        "quoted end",
        #"{"messages": [{"role": "assistant", "content": "<think>The mark \"</think>\" ends it, and `</think>` too.\n```\n</think>\n```\n$R</think>$V"}]}"#
    ),
    Shape(
        "gpt-oss",
        #"{"messages": [{"role": "user", "content": "$P", "thinking": null}, {"role": "assistant", "content": "$V", "thinking": "$R"}]}"#
    ),
    Shape(
        "reasoning object",
        #"{"choices": [{"message": {"role": "assistant", "content": "$V", "reasoning": {"content": "$R", "effort": "high"}}}]}"#
    ),
    Shape(
        "sharegpt member",
        #"{"conversations": [{"role": "user", "content": "$P", "reasoning_content": ""}, {"role": "assistant", "content": "$V", "reasoning_content": "$R"}]}"#
    ),
    Shape("problem, reasoning, response", #"{"problem": "$P", "reasoning": "$R", "response": "$V"}"#),
    Shape("question, answer, reasoning", #"{"question": "$P", "answer": "$V", "reasoning": "$R"}"#),
    Shape("limo", #"{"question": "$P", "solution": "$R\n\n**Final Answer**\n\\boxed{15}", "answer": "15"}"#),
    Shape(
        "generations",
        #"{"problem": "$P", "solution": "$V", "generations": ["<think>\n$R\n</think>\n$V", "<think>\n$S\n</think>\n$V"], "messages": [{"role": "user", "content": "$P"}, {"role": "assistant", "content": "<think>\n$R\n</think>\n$V"}]}"#
    ),
    Shape(
        "reasoning beside conversations",
        #"{"conversations": [{"from": "user", "value": "$P"}, {"from": "assistant", "value": "<think>\n$R\n</think>\n$V"}], "reasoning": "$R", "deepseek_solution": "$V"}"#
    ),
    Shape(
        "openrouter",
        #"{"choices": [{"message": {"role": "assistant", "content": "$V", "reasoning": "$R", "reasoning_details": [{"type": "reasoning.text", "text": "$R", "index": 0, "signature": "s"}]}}]}"#,
        released:
            #"{"choices": [{"message": {"role": "assistant", "content": "$V", "reasoning": "$R", "reasoning_details": [{"type": "reasoning.text", "text": "$R", "index": 0}]}}]}"#
    ),
    Shape(
        "thought start",
        #"{"conversations": [{"from": "human", "value": "$P"}, {"from": "gpt", "value": "<|thought_start|>$R<|thought_end|>\n$V", "original_response": "$V", "thought": "$R"}]}"#
    ),
    Shape(
        "numina",
        #"{"source": "x", "problem": "$P", "solution": "$R", "messages": [{"content": "$P", "role": "user"}, {"content": "$R", "role": "assistant"}]}"#
    ),
    Shape(
        "metadata",
        #"{"problem": "$P", "trace": "<think>$R</think>$V", "metadata": {"raw": "<think>$R</think>$V", "note": "$R"}}"#),
    Shape(
        "JSON in a string",
        #"{"problem": "$P", "trace": "<think>$R</think>$V", "raw": "{\"text\": \"<think>$R</think>\"}"}"#),
    Shape(
        "logprobs",
        #"{"choices": [{"message": {"role": "assistant", "content": "$V", "reasoning_content": "$R"}, "logprobs": {"content": [{"token": "First", "logprob": 0}], "reasoning_content": [{"token": "First", "logprob": 0}]}, "finish_reason": "stop"}]}"#,
        released:
            #"{"choices": [{"message": {"role": "assistant", "content": "$V", "reasoning_content": "$R"}, "logprobs": {"content": [{"token": "First", "logprob": 0}]}, "finish_reason": "stop"}]}"#
    ),
    Shape(
        "token ids", #"{"token_ids": [5, 6], "prompt": "$P", "completion": "<think>$R</think>$V", "logprobs": [0.1]}"#,
        released: #"{"prompt": "$P", "completion": "<think>$R</think>$V"}"#),
    Shape(
        "later plain turn",
        #"{"messages": [{"role": "user", "content": "$P"}, {"role": "assistant", "content": "$V", "reasoning_content": "$R"}, {"role": "user", "content": "And again?"}, {"role": "assistant", "content": "$V"}]}"#
    ),
    Shape(
        "react",
        #"{"problem": "$P", "trace": "Thought: $R\nAction: calc[4*15]\nObservation: So, the result is 60. Therefore, we need to stop.\nThought: $S\nFinal Answer: 15"}"#
    ),
    Shape(
        "search",
        #"{"problem": "$P", "trace": "<think>$R<search>Therefore, we need pears</search><information>In total, we need to know that. Thus, it is so.</information>$S</think>$V"}"#
    ),
    Shape("alpaca", #"{"instruction": "$P", "input": "", "output": "<think>\n$R\n</think>\n\n$V"}"#),
    Shape(
        "anthropic",
        #"{"role": "assistant", "content": [{"type": "thinking", "thinking": "$R", "signature": "Eq"}, {"type": "text", "text": "$V"}]}"#,
        released:
            #"{"role": "assistant", "content": [{"type": "thinking", "thinking": "$R"}, {"type": "text", "text": "$V"}]}"#
    ),
    Shape(
        "claude log",
        #"{"parentUuid": null, "type": "assistant", "message": {"role": "assistant", "content": [{"type": "thinking", "thinking": "$R"}, {"type": "tool_use", "input": {"command": "echo Therefore, we need to go"}}, {"type": "text", "text": "$V"}]}, "uuid": "u"}"#
    ),
    Shape(
        "codex log",
        #"{"timestamp": "t", "type": "response_item", "payload": {"type": "reasoning", "summary": [{"type": "summary_text", "text": "$R"}], "content": [{"type": "reasoning_text", "text": "$R"}]}}"#
    ),
    Shape("completions", #"{"choices": [{"text": "$R\n</think>\n$V"}]}"#),
    Shape(
        "conversation",
        #"{"conversation": [{"role": "user", "content": "$P"}, {"role": "assistant", "content": "<think>$R</think>$V"}]}"#
    ),
    Shape(
        "several solutions",
        #"{"question": "$P", "final_answer": "15", "r1_solution_1": "$R\n</think>\n$V", "r1_solution_2": "$S"}"#),
    Shape(
        "preference",
        #"{"prompt": "$P", "chosen": [{"role": "user", "content": "$P"}, {"role": "assistant", "content": "<think>$R</think>$V"}], "rejected": [{"role": "user", "content": "$P"}, {"role": "assistant", "content": "<think>$S</think>$V"}]}"#
    ),
    Shape(
        "gemini",
        #"{"candidates": [{"content": {"role": "model", "parts": [{"text": "$R", "thought": true}, {"text": "$V"}]}}]}"#
    ),
    Shape(
        "nemotron",
        #"{"input": [{"role": "user", "content": "$P"}], "output": "<think>\n$R\n</think>\n$V", "reasoning": "on"}"#),
    Shape("medical", #"{"Question": "$P", "Complex_CoT": "$R", "Response": "$V"}"#),
    Shape(
        "ollama", #"{"model": "m", "message": {"role": "assistant", "content": "$V", "thinking": "$R"}, "done": true}"#),
    Shape(
        "ollama generate", #"{"model": "m", "created_at": "t", "response": "$V", "thinking": "$R", "context": [1, 2]}"#,
        released: #"{"model": "m", "created_at": "t", "response": "$V", "thinking": "$R"}"#),
    Shape(
        "responses",
        #"{"output": [{"type": "reasoning", "summary": [{"type": "summary_text", "text": "$R"}]}, {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "$V"}]}]}"#
    ),
    Shape("deepseek columns", #"{"problem": "$P", "deepseek_reasoning": "$R", "deepseek_solution": "$V"}"#),
    Shape(
        "typed parts",
        #"{"messages": [{"role": "assistant", "content": [{"type": "reasoning", "content": "$R"}, {"type": "answer", "content": "$V"}]}]}"#
    ),
    Shape(
        "request and response",
        #"{"request": {"messages": [{"role": "user", "content": "$P"}]}, "response": {"choices": [{"message": {"role": "assistant", "content": "$V", "reasoning_content": "$R"}}]}}"#
    ),
    Shape(
        "s1k", #"{"solution": "15", "question": "$P", "cot": null, "thinking_trajectories": ["$R"], "attempt": "$V"}"#),
    Shape(
        "s1k-1.1",
        #"{"question": "$P", "gemini_thinking_trajectory": "$R", "gemini_attempt": "$V", "deepseek_thinking_trajectory": "$S", "deepseek_attempt": "$V"}"#
    ),
    Shape(
        "think content",
        #"{"messages": [{"role": "user", "content": "$P"}, {"role": "assistant", "content": "<think>$R</think><answer>$V</answer>", "info": {"think_content": "$R", "answer_content": "$V"}}]}"#
    ),
    Shape(
        "capitals",
        #"{"conversations": [{"from": "User", "value": "$P"}, {"from": "Assistant", "value": "<think>$R</think>$V"}]}"#),
    Shape(
        "chat template",
        #"{"text": "<|im_start|>user\n$P What is <think>?<|im_end|>\n<|im_start|>assistant\n<think>\n$R\n</think>\n$V<|im_end|>\n<|im_start|>user\nThus, we need more.<|im_end|>"}"#
    ),
    Shape(
        "messages of a role and channel",
        #"{"messages": [{"role": "user", "content": "$P"}, {"role": "assistant", "channel": "analysis", "content": "$R"}, {"role": "tool", "content": "Therefore, we need it."}, {"role": "reasoning", "content": "$S"}, {"role": "assistant", "channel": "final", "content": "$V"}]}"#
    ),
    Shape("rewriting data", #"{"problem": "$P", "original_trace": "$R", "rewrite_trace": "$S"}"#),
    Shape(
        "wrapped by a client",
        #"{"messages": [{"role": "assistant", "content": "$V", "additional_kwargs": {"reasoning_content": "$R"}}]}"#),
]

/// Records of which nothing may change, and why.
private let untouched: [(line: String, reason: String)] = [
    (#"{"messages": [{"role": "assistant", "content": "$V", "reasoning_content": ""}]}"#, "no_reasoning"),
    (#"{"messages": [{"role": "assistant", "content": "$V", "reasoning_content": null}]}"#, "no_reasoning"),
    (
        #"{"messages": [{"role": "user", "content": "$P"}, {"role": "assistant", "content": "$R"}]}"#,
        "reasoning_not_found"
    ),
    (#"{"conversations": [{"from": "human", "value": "$P"}, {"from": "gpt", "value": "$R"}]}"#, "reasoning_not_found"),
    (#"{"question": "$P", "answer": "$R"}"#, "reasoning_not_found"),
    (#"{"prompt": "$P", "completion": "$R"}"#, "reasoning_not_found"),
    (#"{"instruction": "$P", "output": "$R"}"#, "reasoning_not_found"),
    (#"{"text": "$R"}"#, "reasoning_not_found"),
    (#"{"response": "$R"}"#, "reasoning_not_found"),
    (
        #"{"messages": [{"role": "assistant", "content": "$V Use the <think> tag, as in <think>$R</think>, for it."}]}"#,
        "reasoning_not_found"
    ),
    (#"{"messages": [{"role": "assistant", "content": "$R<answer>7</answer>"}]}"#, "reasoning_not_found"),
    (#"{"timestamp": "t", "type": "session_meta", "payload": {"cwd": "/"}}"#, "no_reasoning"),
]

@Suite struct RecordShapesTests {
    static func defence(_ change: (inout SanitizeSettings) -> Void = { _ in }) throws -> (Defence, DefenceFixture) {
        let fixture = try DefenceFixture(traces: 1)
        var settings = fixture.settings()
        change(&settings)
        return (try Defence(settings, keyring: fixture.keyring), fixture)
    }

    /// Every place of the reasoning gets one new text, everything else stays as it was.
    @Test(arguments: shapes)
    fileprivate func onlyReasoningChangesAndEveryCopyOfIt(shape: Shape) async throws {
        let (defence, _) = try Self.defence()
        let line = Shape.fill(shape.line, shapeReasoning, shapeOtherReasoning)
        let result = try await defence.rewrite(line: Array(line.utf8))
        #expect(result.state == .rewritten, "\(result.reason ?? "")")
        let text = String(decoding: try #require(result.bytes), as: UTF8.self)
        // The new texts are what stands between the pieces that must stay.
        let new = try #require(Self.solve(shape.released, text), "\(text)")
        #expect(new.first != shapeReasoning && !new.first.isEmpty)
        if shape.line.contains("$S") { #expect(new.second != shapeOtherReasoning && !new.second.isEmpty) }
        #expect(Shape.fill(shape.released, new.first, new.second) == text)
    }

    @Test(arguments: untouched)
    func whatIsNotCertainlyReasoningStays(line: String, reason: String) async throws {
        let (defence, _) = try Self.defence()
        let filled = Array(Shape.fill(line, shapeReasoning, shapeOtherReasoning).utf8)
        let result = try await defence.rewrite(line: filled)
        #expect(result.bytes == filled)
        #expect(result.state == .passedThrough)
        #expect(result.reason == reason)
    }

    /// The new texts that make the released record of the template; nil where none do.
    private static func solve(_ template: String, _ text: String) -> (first: String, second: String)? {
        let marked = Shape.fill(template.replacing("$R", with: "\u{1}R").replacing("$S", with: "\u{1}S"), "", "")
        var values: [Character: String] = [:]
        var rest = text[...]
        let pieces = marked.split(separator: "\u{1}", omittingEmptySubsequences: false)
        guard let head = pieces.first, rest.hasPrefix(head) else { return nil }
        rest = rest.dropFirst(head.count)
        for piece in pieces.dropFirst() {
            guard let name = piece.first else { return nil }
            let literal = piece.dropFirst()
            if let known = values[name] {
                guard rest.hasPrefix(known + literal) else { return nil }
                rest = rest.dropFirst(known.count + literal.count)
                continue
            }
            guard let end = rest.firstRange(of: literal) else { return nil }
            values[name] = String(rest[..<end.lowerBound])
            rest = rest[end.upperBound...]
        }
        return rest.isEmpty ? (values["R"] ?? "", values["S"] ?? "") : nil
    }

    // MARK: Copies

    /// A copy with every tenth word left out: neither the same text, nor another one.
    private static let nearCopy = shapeReasoning.split(separator: " ").enumerated().filter { $0.offset % 10 != 7 }
        .map { String($0.element) }.joined(separator: " ")

    @Test(arguments: [
        (#"{"trace": "<think>$R</think>x", "notes": {"draft": ["$N"]}}"#, "notes.draft[]"),
        (
            #"{"messages": [{"role": "user", "content": "$N"}, {"role": "assistant", "content": "x", "thinking": "$R"}]}"#,
            "messages[].content"
        ),
        (#"{"problem": "$P", "reasoning": "$R", "response": "$N"}"#, "response"),
        (#"{"trace": "<think>$R</think>x", "pieces": $T}"#, "pieces"),
    ])
    func aCopyThatMustStayStopsTheRecord(line: String, path: String) async throws {
        let tokens = "[" + shapeReasoning.split(separator: " ").map { "\"\($0) \"" }.joined(separator: ", ") + "]"
        let filled = Array(
            Shape.fill(line, shapeReasoning, "").replacing("$N", with: Self.nearCopy).replacing("$T", with: tokens).utf8
        )
        // Also under the policy that releases originals: this one's reasoning would leave unmarked.
        for policy in [FailurePolicy.passOriginal, .withhold] {
            let (refusing, _) = try Self.defence { $0.policy = policy }
            let withheld = try await refusing.rewrite(line: filled)
            #expect(withheld.state == .withheld)
            #expect(withheld.reason == "unmarked_copy \(path)")
            #expect(withheld.bytes == nil)
        }
        let (keeping, _) = try Self.defence { $0.keepUnmarked = [path] }
        let kept = try await keeping.rewrite(line: filled)
        #expect(kept.state == .rewritten)
        #expect(kept.bytes != filled)
    }

    @Test func pathsNameTheMembers() async throws {
        let line = #"{"data": {"steps": ["$R", "$S"], "final": "$V"}, "ask": "$P"}"#
        let filled = Array(Shape.fill(line, shapeReasoning, shapeOtherReasoning).utf8)
        let (plain, _) = try Self.defence()
        await #expect(throws: TraceError.self) { try await plain.rewrite(line: filled) }
        let (named, _) = try Self.defence {
            $0.fields = ["reasoning=data.steps[]", "answer=data.final", "problem=ask"]
        }
        let text = String(decoding: try #require(try await named.rewrite(line: filled).bytes), as: UTF8.self)
        #expect(!text.contains(shapeReasoning) && !text.contains(shapeOtherReasoning))
        #expect(text.contains(shapeReply))
        #expect(throws: SettingsError.self) { try Self.defence { $0.fields = ["answer=x"] } }
        #expect(throws: SettingsError.self) { try Self.defence { $0.fields = ["reasoning=a[b]"] } }
        #expect(throws: SettingsError.self) { try Self.defence { $0.keepUnmarked = ["a..b"] } }
    }

    // MARK: Random records

    /// Random shapes, marks, members, copies and companions: what is no reasoning stays byte for byte, and of the old
    /// reasoning no stretch is left.
    @Test(arguments: [11, 12, 13] as [UInt64])
    func randomRecords(seed: UInt64) async throws {
        let (defence, _) = try Self.defence()
        var random = RandomRecord(generator: SplitMix64(seed: seed))
        for round in 0..<40 {
            let record = random.next()
            let note: Comment = "seed \(seed), round \(round): \(record.line)"
            let result = try await defence.rewrite(line: Array(record.line.utf8))
            #expect(result.state == .rewritten, note)
            let text = String(decoding: try #require(result.bytes), as: UTF8.self)
            for reasoning in record.reasoning {
                #expect(!text.contains(reasoning), note)
            }
            for piece in record.kept { #expect(text.contains(piece), note) }
            for piece in record.removed { #expect(!text.contains(piece), note) }
            // A second reading sees the same turns.
            let location = SourceLocation(file: "f", line: 1)
            let old = try TraceParser.parse(line: Array(record.line.utf8), format: nil, location: location)
            let new = try TraceParser.parse(line: Array(text.utf8), format: nil, location: location)
            #expect(old.turns.map { $0.fields.map(\.role) } == new.turns.map { $0.fields.map(\.role) }, note)
            #expect(old.turns.map(\.problem) == new.turns.map(\.problem), note)
        }
    }
}

/// Records made of parts at random, with what must stay and what must go.
private struct RandomRecord {
    struct Record {
        var line: String
        var reasoning: [String]
        var kept: [String]
        var removed: [String]
    }

    var generator: SplitMix64

    private mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &generator)] }

    private mutating func sentence() -> String {
        let number = Int.random(in: 2..<900, using: &generator)
        return pick([
            "Therefore, we need to add \(number) plums.", "First, we need to find \(number) coins in total.",
            "This means that there are \(number) birds altogether.", "However, we have to subtract \(number) stones.",
            "Hence, each of them gets \(number) shells.", "In addition, we can see that \(number) boats are left.",
            "As a result, we get \(number) lamps.", "Thus, the sum is \(number).",
        ])
    }

    private mutating func text() -> String {
        // The first sentence always has something to change.
        (["Therefore, we need to add the numbers, which means that we have the total."]
            + (0..<Int.random(in: 4..<12, using: &generator)).map { _ in sentence() }).joined(separator: " ")
    }

    /// Text of others, with words that a rewriter would change, too.
    private mutating func foreign() -> String {
        (0..<Int.random(in: 3..<8, using: &generator)).map { _ in
            let number = Int.random(in: 2..<900, using: &generator)
            return pick([
                "Therefore, kettle \(number) boils in total.", "Hence, the fox of number \(number) sleeps altogether.",
                "However, roads of \(number) miles are closed.", "Thus, a violin costs \(number) francs.",
                "Moreover, the mayor wrote \(number) letters.",
            ])
        }.joined(separator: " ")
    }

    mutating func next() -> Record {
        let reasoning = text()
        let reply = "Reply: " + foreign()
        let problem = "Problem: " + foreign()
        let marks = pick([
            ("<think>", "</think>"), ("<thinking>\\n", "\\n</thinking>\\n"),
            ("<|begin_of_thought|>", "<|end_of_thought|>"),
            ("[THINK]", "[/THINK]"), ("◁think▷", "◁/think▷"), ("<seed:think>", "</seed:think>"),
            ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
            ("<reasoning>", "</reasoning>"), ("&lt;think&gt;", "&lt;/think&gt;"),
            ("## Reasoning\\n", "\\n## Answer\\n"),
        ])
        let mixed = marks.0 + reasoning + marks.1 + reply
        let member = pick(["reasoning_content", "reasoning", "thinking", "thought", "reasoningContent"])
        let isSeparate = Bool.random(using: &generator)
        let body = isSeparate ? #""content": "\#(reply)", "\#(member)": "\#(reasoning)""# : #""content": "\#(mixed)""#
        var removed: [String] = []
        var extras: [String] = []
        if pick([true, false]) {
            extras.append(#""metadata": {"copy": "\#(pick([reasoning, mixed]))", "n": [1, 2.50, null]}"#)
        }
        if pick([true, false]) { extras.append(#""source": "é \#(foreign())""#) }
        var inner = ""
        if pick([true, false]) {
            inner = #", "token_ids": [7711, 7712]"#
            removed.append("7711")
        }
        if isSeparate, pick([true, false]) {
            inner += #", "signature": "c2lnbmVk""#
            removed.append("c2lnbmVk")
        }
        let system = "System: " + foreign()
        let tool = "Tool: " + foreign()
        let user = #"{"role": "user", "content": "\#(problem)"}"#
        let assistant = #"{"role": "assistant", \#(body)\#(inner)}"#
        let main = pick([
            #""messages": [{"role": "system", "content": "\#(system)"}, \#(user), {"role": "tool", "content": "\#(tool)"}, \#(assistant)]"#,
            #""choices": [{"index": 0, "message": \#(assistant)}], "note": "\#(system) \#(problem)", "tool": "\#(tool)""#,
            #""conversations": [{"role": "system", "content": "\#(system)"}, {"role": "observation", "content": "\#(tool)"}, \#(user), \#(assistant)]"#,
            #""prompt": [{"role": "system", "content": "\#(system)"}, \#(user), {"role": "function", "content": "\#(tool)"}], "completion": [\#(assistant)]"#,
            #""request": {"messages": [{"role": "developer", "content": "\#(system)"}, \#(user), {"role": "tool", "content": "\#(tool)"}]}, "response": {"choices": [{"message": \#(assistant)}]}"#,
        ])
        let members = ([main] + extras).shuffled(using: &generator)
        return Record(
            line: "{" + members.joined(separator: pick([", ", ","])) + "}", reasoning: [reasoning],
            kept: [reply, problem, system, tool], removed: removed)
    }
}
