/// The shapes in which traces are read and written.
public enum TraceFormat: String, CaseIterable, Sendable {
    /// `{"problem": …, "trace" | "original_trace" | "response": …, "solution": …}`, one object per line.
    case problemTrace = "problem-trace"
    /// `{"question": …, "answer": … #### 72}`, one object per line.
    case gsm8k
    /// `{"messages": [{"role": …, "content": …}]}`, one object per line.
    case openaiChat = "openai-chat"
    /// `{"choices": [{"message": {…}}]}`, one object per line.
    case chatCompletion = "chat-completion"
    /// `{"conversations": [{"from": "human" | "gpt", "value": …}]}`, one object per line.
    case sharegpt
    /// A transcript document; see ``TraceDocument``.
    case xml
    /// A chat export page; see ``TraceDocument``.
    case html
    /// A plain text file that is one trace.
    case text

    /// Whether records of this format are single lines of a JSONL file (otherwise a file is one document).
    public var isLineBased: Bool {
        switch self {
        case .problemTrace, .gsm8k, .openaiChat, .chatCompletion, .sharegpt: true
        case .xml, .html, .text: false
        }
    }
}
