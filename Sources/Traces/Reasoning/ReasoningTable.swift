/// What tells reasoning from everything else: the words of marks, the names of members, of parts and of roles. Reading,
/// detection, the check for copies and a rewriter's reply are judged by this one table.
///
/// Words are compared in lower case with `_` for hyphens and blanks; member names and types in lower case without any of
/// them (``folded(_:)``), so that `reasoning_content`, `reasoningContent` and `Reasoning-Content` are one name.
public enum ReasoningTable {
    /// What stands between a mark and its end.
    public enum Region: Sendable, Hashable {
        /// Reasoning, which may be rewritten.
        case reasoning
        /// A final answer.
        case answer
        /// What the reader sees. It ends reasoning that was left open.
        case reply
        /// Calls of tools, and what tools returned.
        case tool
    }

    // MARK: Words of marks

    /// Words of marks around reasoning: `<think>`, `<|begin_of_thought|>`, `[THINK]`, `◁think▷`, `&lt;thinking&gt;`.
    static let reasoningWords: Set<String> = [
        "think", "thinking", "thought", "thoughts", "reasoning", "reason", "reflection", "scratchpad", "scratch_pad",
        "rationale", "cot", "chain_of_thought", "thought_process", "thinking_process", "reasoning_process",
        "reasoning_trace", "thinking_trace", "inner_monologue", "internal_monologue", "monologue", "inner_thought",
        "inner_thoughts", "antthinking", "think_fast", "think_faster", "deliberation", "internal_reasoning",
        "reasoning_content", "thinking_content",
    ]

    /// Words of marks around a final answer.
    static let answerWords: Set<String> = ["answer", "final_answer"]

    /// Words that only control tokens use, not tags: what follows is for the reader.
    static let replyWords: Set<String> = ["solution", "response", "reply", "output", "final_response", "conclusion"]

    /// Words of marks around what was asked of a tool, and what came back.
    static let toolWords: Set<String> = [
        "tool_call", "tool_calls", "tool_response", "tool_result", "tool_results", "tool_output", "tool_use",
        "tool_outputs", "function_call", "function_calls", "function_response", "function_result", "function_results",
        "search", "search_query", "search_result", "search_results", "information", "observation", "observations",
        "document", "documents", "execution_result", "execution_results", "interpreter", "code_output", "action",
        "python", "execute_bash", "tool", "invoke", "environment", "retrieved", "browser",
    ]

    /// Pairs of marks that no grammar covers, as they stand. The end of the last row is a phrase at a line's beginning.
    static let exactPairs: [(start: String, end: String)] = [
        ("<unused94>thought\n", "<unused95>"),
        ("Here is my thought process:", "Here is my response:"),
        ("# 🤔 Thinking...", "# ✨ Response"),
    ]

    /// Lines that begin reasoning, and lines that end it: headings (`## Reasoning`), bold lines (`**Reasoning:**`).
    static let reasoningHeadings: Set<String> = [
        "reasoning", "thinking", "thought process", "thinking process", "reasoning process", "chain of thought",
        "thoughts", "my reasoning", "internal reasoning", "step-by-step reasoning", "reasoning steps", "thought",
    ]
    /// See ``reasoningHeadings``.
    static let replyHeadings: Set<String> = [
        "answer", "final answer", "response", "final response", "solution", "final solution", "conclusion", "reply",
        "output", "my answer", "result",
    ]

    /// Labels of trajectories that reason in lines: what a line's label says of the text up to the next label.
    static let lineLabels: [(label: String, region: Region)] = [
        ("Thought", .reasoning), ("Thoughts", .reasoning), ("Thinking", .reasoning), ("Reasoning", .reasoning),
        ("Reflection", .reasoning),
        ("Action", .tool), ("Action Input", .tool), ("Action input", .tool), ("Observation", .tool),
        ("Observations", .tool), ("Tool", .tool), ("Tool Input", .tool), ("Tool Output", .tool), ("Input", .tool),
        ("Output", .tool), ("Result", .tool), ("Final Answer", .reply), ("Final answer", .reply), ("Answer", .reply),
        ("Question", .reply), ("Response", .reply), ("Finish", .reply),
    ]

    /// Channels of messages (`<|channel|>analysis`, and a message's `channel`) that are reasoning.
    static let reasoningChannels: Set<String> = ["analysis", "thought", "thinking", "reasoning"]

    /// Control tokens at which a turn of a rendered chat begins, and whether what follows is an assistant's; a token that
    /// names the role behind itself ends with the role.
    static let turnMarks: [(mark: String, isAssistant: Bool)] = [
        ("<|im_start|>assistant", true), ("<|im_start|>", false),
        ("<|start_header_id|>assistant<|end_header_id|>", true), ("<|start_header_id|>", false),
        ("<start_of_turn>model", true), ("<start_of_turn>", false),
        ("<|turn>model", true), ("<|turn>", false),
        ("<|assistant|>", true), ("<|user|>", false), ("<|system|>", false), ("<|observation|>", false),
        ("<|tool|>", false), ("<｜Assistant｜>", true), ("<｜User｜>", false), ("<|Assistant|>", true), ("<|User|>", false),
        ("[/INST]", true), ("[INST]", false), ("[TOOL_RESULTS]", false),
        ("<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>", true), ("<|START_OF_TURN_TOKEN|>", false),
    ]

    // MARK: Members

    /// Members that are reasoning as a whole, ``folded(_:)``.
    static let reasoningMembers: Set<String> = [
        "reasoning", "reasoningcontent", "reasoningtext", "reasoningdetails", "reasoningtrace", "reasoningtraces",
        "reasoningsteps", "reasoningprocess", "reasoningsummary", "thinking", "thinkingblocks", "thinkingcontent",
        "thinkingtext", "thinkingtrace", "thinkingprocess", "thinkcontent", "think", "thought", "thoughts",
        "thoughtprocess", "chainofthought", "cot", "complexcot", "longcot", "rationale", "rationales", "scratchpad",
        "innermonologue", "internalmonologue",
    ]

    /// Endings of the same, for members that name their model: `deepseek_reasoning`, `gemini_thinking_trajectory`.
    static let reasoningEndings = [
        "reasoning", "reasoningcontent", "reasoningtrace", "reasoningtext", "thinkingtrajectory",
        "thinkingtrajectories", "thinkingcontent", "thinkingtrace", "thinking", "chainofthought", "thoughtprocess",
        "longcot", "complexcot",
    ]

    /// Members of a reasoning object that hold its text; others (`effort`, `format`, `id`, `signature`) do not.
    static let textMembers: Set<String> = [
        "text", "content", "thinking", "reasoning", "thought", "summary", "reasoningcontent", "value", "parts",
    ]

    /// Types of parts and items that are reasoning, ``folded(_:)``.
    static let reasoningTypes: Set<String> = [
        "reasoning", "thinking", "thought", "thoughts", "think", "reasoningtext", "reasoning.text", "reasoning.summary",
        "summarytext", "reasoningcontent", "agentreasoning", "agentreasoningrawcontent", "thinkingdelta",
        "reasoningsummary", "thoughtsummary", "cot",
    ]

    /// Roles of messages, ``folded(_:)``, and what a message of that role is.
    static let reasoningRoles: Set<String> = ["reasoning", "thinking", "thought", "analysis", "reasoner", "cot"]
    static let assistantRoles: Set<String> = [
        "assistant", "model", "gpt", "chatgpt", "bot", "ai", "agent", "chatbot", "bard", "claude", "gpt4",
        "assistantgpt", "modelresponse", "assistantmessage",
    ]
    static let userRoles: Set<String> = ["user", "human", "prompter", "usermessage"]

    /// Members that a problem stands in, in order of preference.
    static let problemMembers = [
        "problem", "question", "prompt", "instruction", "query", "Question", "Problem", "input", "Instruction",
    ]

    // MARK: Companions

    /// Members that spell a text token by token, ``folded(_:)``: they would give the original away beside a rewriting.
    static let companions: Set<String> = [
        "logprobs", "toplogprobs", "tokenlogprobs", "tokens", "tokenids", "completiontokenids", "outputtokenids",
        "outputids", "responsetokenids", "generatedtokens", "generatedtokenids", "completionids", "responseids",
        "logprobscontent", "outputtokenlogprobs", "outputtoplogprobs", "inputids", "labels", "context", "textoffset",
        "generationtokenids", "reasoningtokenids", "completionlogprobs", "cumulativelogprob", "logprobsresult",
        "avglogprobs", "completionprobabilities", "detokenizedtext",
    ]

    /// Members that sign a text, ``folded(_:)``.
    static let signatures: Set<String> = ["signature", "thoughtsignature"]

    // MARK: Questions

    /// What stands after a mark of this word; nil when the word is none of the table.
    ///
    /// - Parameters:
    ///   - word: The word in lower case, with `_` for hyphens and blanks; a namespace before a colon does not count.
    ///   - isToken: Whether the mark is a control token, not a tag.
    public static func region(ofWord word: String, isToken: Bool) -> Region? {
        let word = word.lastIndex(of: ":").map { String(word[word.index(after: $0)...]) } ?? word
        if reasoningWords.contains(word) { return .reasoning }
        if answerWords.contains(word) { return .answer }
        if toolWords.contains(word) { return .tool }
        return isToken && replyWords.contains(word) ? .reply : nil
    }

    /// Whether a member of this name is reasoning as a whole.
    public static func isReasoningMember(_ name: String) -> Bool {
        let name = folded(name)
        return reasoningMembers.contains(name) || reasoningEndings.contains { name.hasSuffix($0) }
    }

    /// Whether a member of this name spells a text token by token.
    public static func isCompanion(_ name: String) -> Bool { companions.contains(folded(name)) }

    /// Values of reasoning members that are switches of a request, not texts.
    static let switches: Set<String> = [
        "on", "off", "true", "false", "yes", "no", "none", "auto", "default", "enabled", "disabled", "adaptive",
        "minimal",
        "low", "medium", "high", "xhigh", "max", "detailed", "concise", "full", "short", "long",
    ]

    /// A name in lower case without `_`, `-` and blanks.
    static func folded(_ name: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(name.utf8.count)
        for byte in name.utf8 where byte != 0x5F && byte != 0x2D && byte != 0x20 {
            bytes.append(byte &- 0x41 < 26 ? byte | 0x20 : byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
