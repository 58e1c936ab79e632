/// A chat that was rendered into one text by a template, cut into its turns.
enum RenderedTurns {
    /// A turn's text, control tokens before it excluded.
    struct Turn {
        var range: Range<Int>
        var isAssistant: Bool
    }

    private static let beginnings = [
        "<s>", "<|begin_of_text|>", "<｜begin▁of▁sentence｜>", "<bos>", "<|startoftext|>", "<|endoftext|>",
        "[gMASK]<sop>",
        "<BOS_TOKEN>",
    ].map { Array($0.utf8) }
    private static let marks = ReasoningTable.turnMarks.map {
        (bytes: Array($0.mark.utf8), isAssistant: $0.isAssistant)
    }

    /// The turns of a text that begins with a turn's control token; nil for any other text.
    static func find(in bytes: UnsafeRawBufferPointer) -> [Turn]? {
        guard var start = bytes.firstIndex(where: { $0 > 0x20 }), bytes[start] == 0x3C || bytes[start] == 0x5B else {
            return nil
        }
        for beginning in beginnings where bytes[start...].starts(with: beginning) {
            start += beginning.count
            while start < bytes.count, bytes[start] <= 0x20 { start += 1 }
            break
        }
        guard mark(at: start, in: bytes) != nil else { return nil }
        var turns: [Turn] = []
        var index = start
        while index < bytes.count {
            guard bytes[index] == 0x3C || bytes[index] == 0x5B, let mark = mark(at: index, in: bytes) else {
                index += 1
                continue
            }
            if let last = turns.last { turns[turns.count - 1].range = last.range.lowerBound..<index }
            index += mark.length
            turns.append(Turn(range: index..<bytes.count, isAssistant: mark.isAssistant))
        }
        return turns
    }

    /// What was asked before the first answer, without role and control tokens; nil for a text of another kind.
    static func lastQuestion(in text: String) -> String? {
        var text = text
        return text.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            guard let turns = find(in: bytes), let answer = turns.firstIndex(where: \.isAssistant), answer > 0 else {
                return nil
            }
            var question = String(decoding: bytes[turns[answer - 1].range], as: UTF8.self)
            for role in ["user", "human"] where question.hasPrefix(role) { question.removeFirst(role.count) }
            if let end = question.firstRange(of: "<|end_header_id|>") { question = String(question[end.upperBound...]) }
            for token in ["<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<|end|>", "<turn|>"] {
                if let end = question.firstRange(of: token) { question = String(question[..<end.lowerBound]) }
            }
            let scalars = question.drop { $0.isWhitespace }
            return String(scalars.reversed().drop { $0.isWhitespace }.reversed())
        }
    }

    private static func mark(at offset: Int, in bytes: UnsafeRawBufferPointer) -> (length: Int, isAssistant: Bool)? {
        guard offset < bytes.count else { return nil }
        let rest = bytes[offset...]
        // The table names an assistant's token before the general one.
        return marks.first { rest.starts(with: $0.bytes) }.map { ($0.bytes.count, $0.isAssistant) }
    }
}
