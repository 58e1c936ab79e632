import Foundation

/// Cuts a rewriter's own thoughts off the front of its reply, where it is sure that they are its thoughts: they stand in a pair
/// of marks before everything else, in another channel, or before the end mark that a server left alone.
enum OwnThoughts {
    /// Marks around thoughts, as models and servers write them.
    private static let pairs: [(open: String, close: String)] = [
        ("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>"),
        ("<thoughts>", "</thoughts>"), ("<seed:think>", "</seed:think>"), ("[THINK]", "[/THINK]"),
        ("◁think▷", "◁/think▷"), ("<|START_THINKING|>", "<|END_THINKING|>"),
        ("<|begin_of_thought|>", "<|end_of_thought|>"), ("<|channel>thought", "<channel|>"),
    ]

    /// Marks around the reply itself.
    private static let wrappers: [(open: String, close: String)] = [
        ("<|START_RESPONSE|>", "<|END_RESPONSE|>"), ("<|begin_of_solution|>", "<|end_of_solution|>"),
    ]

    private static let finalChannel = "<|channel|>final<|message|>"

    /// The reply after thoughts in front of it; nil where they never end.
    static func cutInFront(_ reply: Substring) -> Substring? {
        var text = reply
        while true {
            text = text.drop(while: \.isWhitespace)
            if text.hasPrefix("<|channel|>") || text.hasPrefix("<|start|>assistant<|channel|>") {
                guard let final = text.range(of: finalChannel, options: .backwards) else { return nil }
                text = text[final.upperBound...]
                for end in ["<|return|>", "<|end|>", "<|start|>"] {
                    if let range = text.range(of: end) { text = text[..<range.lowerBound] }
                }
                continue
            }
            if let pair = pairs.first(where: { begins(text, with: $0.open) }) {
                guard let close = text.range(of: pair.close, options: .caseInsensitive) else { return nil }
                text = text[close.upperBound...]
                continue
            }
            if let wrapper = wrappers.first(where: { begins(text, with: $0.open) }) {
                text = text.dropFirst(wrapper.open.count)
                if let close = text.range(of: wrapper.close, options: .backwards) { text = text[..<close.lowerBound] }
                continue
            }
            return text
        }
    }

    /// The reply after the last end mark, where it has end marks and none that opens: the server took the first mark for its own.
    static func cutBeforeLoneEnd(_ reply: Substring) -> Substring {
        for pair in pairs where reply.range(of: pair.open, options: .caseInsensitive) == nil {
            if let close = reply.range(of: pair.close, options: [.caseInsensitive, .backwards]) {
                return reply[close.upperBound...]
            }
        }
        return reply
    }

    private static func begins(_ text: Substring, with mark: String) -> Bool {
        text.prefix(mark.count).lowercased() == mark.lowercased()
    }
}
