import TestSupport
import Testing

@testable import Traces

/// `R` reasoning, `A` final answer, `.` other, one letter per span with its text.
private func layout(_ text: String, _ role: TraceField.Role = .trace) -> [String] {
    let bytes = Array(text.utf8)
    return TraceRegions.find(in: text, role: role).spans.map { span in
        let letter =
            switch span.kind {
            case .reasoning: "R"
            case .finalAnswer: "A"
            case .other: "."
            }
        return letter + String(decoding: bytes[span.range], as: UTF8.self)
    }
}

@Suite struct TraceRegionsTests {
    @Test(arguments: [
        ("a b", ["Ra b"]),
        ("She has 48/2 = <<48/2=24>>24 clips.\n#### 72", ["RShe has 48/2 = <<48/2=24>>24 clips.\n", "A#### 72"]),
        (
            "We add. Thus the sum is right. The answer is 8. Bye",
            ["RWe add. Thus the sum is right. ", "AThe answer is 8.", ". Bye"]
        ),
        ("So x is \\boxed{5}, done.\nEnd", ["ASo x is \\boxed{5}, done.", ".\nEnd"]),
        ("<think>a b</think>c d", [".<think>", "Ra b", ".</think>c d"]),
        ("<THINK >a b</Think\n>c d", [".<THINK >", "Ra b", ".</Think\n>c d"]),
        ("<think>a</think><answer>7</answer> z", [".<think>", "Ra", ".</think><answer>", "A7", ".</answer> z"]),
        ("go on\n<answer>7</answer>z", ["Rgo on\n", ".<answer>", "A7", ".</answer>z"]),
        ("<think>a b<answer>7</answer>z", [".<think>", "Ra b", ".<answer>", "A7", ".</answer>z"]),
        ("<think>a b<answer>7", [".<think>", "Ra b", ".<answer>", "A7"]),
        ("<think>a b", [".<think>", "Ra b"]),
        ("<think>a b\n#### 7\nz", [".<think>", "Ra b\n", "A#### 7", ".\nz"]),
        ("a b</think>c", ["Ra b", ".</think>c"]),
        (
            "<think>a<thought>b</thought>c</think>d",
            [".<think>", "Ra", ".<thought>", "Rb", ".</thought>", "Rc", ".</think>d"]
        ),
        ("<think>a<reasoning>b</think>c", [".<think>", "Ra", ".<reasoning>", "Rb", ".</think>c"]),
        (
            "<think>a<reasoning>b</think>c</reasoning>d",
            [".<think>", "Ra", ".<reasoning>", "Rb", ".</think>c</reasoning>d"]
        ),
        ("<think>a</think>b<think>c</think>", [".<think>", "Ra", ".</think>b<think>", "Rc", ".</think>"]),
        ("<!-- <think> --><think>a</think>", [".<!-- <think> --><think>", "Ra", ".</think>"]),
        ("<!-- <think>a</think>", [".<!-- <think>", "Ra", ".</think>"]),
        ("<a title=\"<think>\">x<think>a</think>", [".<a title=\"<think>\">x<think>", "Ra", ".</think>"]),
        ("<think title='a>b'>x</think>", [".<think title='a>b'>", "Rx", ".</think>"]),
        ("a <b then <think>c</think>", [".a <b then <think>", "Rc", ".</think>"]),
        ("<script><think>a</think>", [".<script><think>", "Ra", ".</think>"]),
        ("<think>use <script> and <p> here</think>x", [".<think>", "Ruse <script> and <p> here", ".</think>x"]),
        ("<think>put it in <answer> tags</think>x", [".<think>", "Rput it in <answer> tags", ".</think>x"]),
        ("<think/>a", [".<think/>a"]),
        ("<thinker>a</thinker>", ["R<thinker>a</thinker>"]),
        ("a<think", ["Ra<think"]),
        ("<think></think>a", [".<think></think>a"]),
        ("<think>é\u{1F600}</think>ü", [".<think>", "Ré\u{1F600}", ".</think>ü"]),
        ("</answer>a", ["R</answer>a"]),
        ("<final_answer>7</final_answer>", [".<final_answer>", "A7", ".</final_answer>"]),
        (
            "<answer><think>a</think>7</answer>",
            [".<answer>", ".<think>", "Aa", ".</think>", "A7", ".</answer>"]
        ),
    ])
    func tagsAndAnswers(text: String, expected: [String]) {
        // Neighbouring tags are one span.
        let merged = expected.reduce(into: [String]()) { result, span in
            if span.hasPrefix("."), let last = result.last, last.hasPrefix(".") {
                result[result.count - 1] = last + span.dropFirst()
            } else {
                result.append(span)
            }
        }
        #expect(layout(text) == merged)
    }

    /// What stands between the marks of the table, and between nothing else.
    @Test(arguments: [
        ("<|begin_of_thought|>a b<|end_of_thought|><|begin_of_solution|>c<|end_of_solution|>", ["a b"]),
        ("<|begin_of_thought|>a b<|begin_of_solution|>c", ["a b"]),
        ("<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b<|return|>", ["a"]),
        ("<|channel|>analysis<|message|>a<|channel|>final<|message|>b", ["a"]),
        ("<|channel|>commentary to=f<|message|>{}<|call|><|channel|>analysis<|message|>a<|end|>", ["a"]),
        ("<|channel|>final<|message|>b<|return|>", []),
        ("<|channel>thought\na<channel|>b", ["a"]),
        ("[THINK]a[/THINK]b", ["a"]), ("see [think] b", []), ("[THINK]a", ["a"]), ("x[/THINK]b", ["x"]),
        ("◁think▷a◁/think▷b", ["a"]), ("&lt;think&gt;a&lt;/think&gt;b", ["a"]),
        ("<seed:think>a</seed:think>b", ["a"]), ("<think:x>a", []),
        ("<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>b<|END_RESPONSE|>", ["a"]),
        ("<|thought_start|>a<|thought_end|>b", ["a"]), ("<|/think|>b", [""]), ("<|endoftext|>b", []),
        ("<unused94>thought\na<unused95>b", ["a"]),
        ("<details type=\"reasoning\">\n<summary>s</summary>\n> a\n> b\n</details>\nc", ["\n", "\n", "a\n", "b\n"]),
        ("<details><summary>s</summary>a</details>", []),
        ("## Reasoning\na\n## Answer\nb", ["\na\n"]), ("## Answer\nb\n## Reasoning\na", []), ("## Reasoning\na", []),
        ("**Thinking:**\na\n**Final Answer:** \nb", ["\na\n"]),
        ("Thought: a\nAction: f\nObservation: b\nThought: c\nFinal Answer: d", [" a\n", " c\n"]),
        ("Thought: a\nand b", []),
        ("<think>a \"</think>\" b</think>c", ["a \"</think>\" b"]),
        ("<think>a `</think>` b</think>c", ["a `</think>` b"]),
        ("<think>a “</think>” b</think>c", ["a “</think>” b"]),
        ("<think>a\n```\n</think>\n```\nb</think>c", ["a\n```\n</think>\n```\nb"]),
        ("<think>a\n```\ncode\n</think>\nc\n```\nd\n```", ["a\n```\ncode\n"]),
        ("Just add </think> at the end.", []), ("It is so. </think> b", ["It is so. "]),
        ("Write <think> first, and </think> last.", []), ("`<think>a</think>`", []), ("a</think>b", ["a"]),
        ("<think>a<tool_call>b</tool_call>c</think>d", ["a", "c"]),
        ("<think>a<search>b</search><information>c</information>d</think>e", ["a", "d"]),
        ("<|im_start|>user\na <think> b<|im_end|><|im_start|>assistant\n<think>c</think>d<|im_end|>", ["c"]),
        ("<|im_start|>user\na<|im_end|><|im_start|>assistant\nb</think>c<|im_end|>", ["\nb"]),
    ])
    func marksOfReplies(text: String, expected: [String]) {
        let reasoning = layout(text, .reply).filter { $0.hasPrefix("R") }.map { String($0.dropFirst()) }
        #expect(reasoning == expected.filter { !$0.isEmpty })
    }

    /// Beside separate reasoning a reply that talks about marks stays a reply.
    @Test(arguments: ["a</think>b", "<think>a", "Use <think>a</think>.", "Thought: a\nAction: b\nObservation: c"])
    func repliesBesideReasoning(text: String) {
        #expect(!layout(text, .content).contains { $0.hasPrefix("R") })
    }

    @Test func roles() {
        #expect(layout("a 5", .reasoning) == ["Ra 5"])
        #expect(layout("<think>a</think>b", .reasoning) == ["R<think>a</think>b"])
        #expect(layout("Hello.\n#### 5", .content) == [".Hello.\n", "A#### 5"])
        #expect(layout("<think>a</think>b", .content) == [".<think>", "Ra", ".</think>b"])
        #expect(layout("", .trace).isEmpty)
    }

    @Test func manyTagsStayCheap() {
        let deep = String(repeating: "<think>", count: 100_000) + "x" + String(repeating: "</thought>", count: 100_000)
        #expect(TraceRegions.find(in: deep, role: .trace).spans.last?.range.upperBound == deep.utf8.count)
        let comments = String(repeating: "<!-- <a \"", count: 50_000)
        #expect(layout(comments).count == 1)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func spansCoverRandomTexts(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let pieces = [
            "<think>", "</think>", "<answer>", "</answer>", "<thought", ">", "<!--", "-->", "é", "\n",
            "The answer is 5.",
            "#### 7", "\\boxed{3}", "a", " ", "<<3*4=12>>12", "\"", "=", "</", "<b x='", "'", "日本",
        ]
        for _ in 0..<300 {
            let count = Int.random(in: 1..<14, using: &generator)
            let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            let bytes = Array(text.utf8)
            for role in [TraceField.Role.trace, .content] {
                let regions = TraceRegions.find(in: text, role: role)
                var end = 0
                var previous: TraceRegions.Kind?
                for span in regions.spans {
                    #expect(
                        span.range.lowerBound == end && !span.range.isEmpty && span.kind != previous,
                        "seed \(seed): \(text)")
                    #expect(bytes[span.range.lowerBound] & 0xC0 != 0x80, "seed \(seed): \(text)")
                    end = span.range.upperBound
                    previous = span.kind
                }
                #expect(end == bytes.count, "seed \(seed): \(text)")
            }
        }
    }
}
