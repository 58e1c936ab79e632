/// The shapes in which traces are read and written. What each holds is a row of `RecordShape.table`.
public enum TraceFormat: String, CaseIterable, Sendable {
    /// `{"problem": …, "trace" | "original_trace" | "rewrite_trace" | "response": …, "solution": …}`, one object per line.
    case problemTrace = "problem-trace"
    /// `{"question": …, "answer": … #### 72}`, one object per line.
    case gsm8k
    /// `{"messages": [{"role": …, "content": …}]}`, one object per line.
    case openaiChat = "openai-chat"
    /// `{"choices": [{"message": {…}}]}`, or `{"choices": [{"text": …}]}`, one object per line.
    case chatCompletion = "chat-completion"
    /// `{"conversations": [{"from": "human" | "gpt", "value": …}]}`, one object per line.
    case sharegpt
    /// `{"problem": …, "generations": […], "messages": …}`: several answers of a model to one problem.
    case generations
    /// `{"problem" | "question": …, "solution": …}`: a worked solution.
    case solution
    /// `{"question": …, "thinking_trajectories": […], "attempt": …}`, or `…_thinking_trajectory` and `…_attempt`.
    case trajectories
    /// `{"question": …, "r1_solution_1": …, "r1_solution_2": …}`.
    case solutions
    /// `{"question": …, "reasoning": …, "response": …}`: reasoning in a member of its own.
    case reasoning
    /// `{"prompt": …, "chosen": …, "rejected": …}`, texts or messages.
    case preference
    /// `{"instruction": …, "input": …, "output": …}`.
    case instruction
    /// `{"input": …, "output": …}`, the input a text or messages.
    case inputOutput = "input-output"
    /// `{"prompt": …, "completion": …}`, texts or messages.
    case promptCompletion = "prompt-completion"
    /// `{"output": [{"type": "reasoning", …}, {"type": "message", …}]}`.
    case responses
    /// `{"role": "assistant", "content": [{"type": "thinking", …}, {"type": "text", …}]}`: one message.
    case message
    /// `{"candidates": [{"content": {"role": "model", "parts": [{"thought": true, …}]}}]}`.
    case gemini
    /// `{"message": {"role": "assistant", "thinking": …, "content": …}}`, or `{"response": …, "thinking": …}`.
    case ollama
    /// A line of a log: `{"request": …, "response": …}`, or `{"type": …, "payload" | "message": …}`.
    case log
    /// `{"text": …}`: a text with the marks of a chat template.
    case renderedText = "rendered-text"
    /// Any object, of which `--field` says where the reasoning is.
    case fields
    /// A transcript document; see ``TraceDocument``.
    case xml
    /// A chat export page; see ``TraceDocument``.
    case html
    /// A plain text file that is one trace.
    case text

    /// Whether records of this format are single lines of a JSONL file (otherwise a file is one document).
    public var isLineBased: Bool {
        switch self {
        case .xml, .html, .text: false
        default: true
        }
    }
}
