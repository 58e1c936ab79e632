/// Marks of channels: `<|channel|>analysis<|message|>…<|end|>` (harmony), `<|channel>thought\n…<channel|>`.
struct ChannelMarks {
    private static let channel = Array("<|channel|>".utf8)
    private static let message = Array("<|message|>".utf8)
    private static let ends = ["<|end|>", "<|return|>", "<|call|>", "<|start|>"].map { Array($0.utf8) }
    private static let open = Array("<|channel>".utf8)
    private static let close = Array("<channel|>".utf8)
    private static let maxHeaderBytes = 256

    /// Whether a reasoning channel is open.
    private var isOpen = false

    /// The marks at an offset; nil when what stands there is none of a channel.
    mutating func marks(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> [RegionTag]? {
        let rest = bytes[offset...]
        if rest.starts(with: Self.channel) { return header(bytes, offset) }
        if isOpen, let end = Self.ends.first(where: rest.starts) {
            isOpen = false
            return [Self.tag(isEnd: true, offset..<(offset + end.count))]
        }
        if rest.starts(with: Self.open) {
            let start = offset + Self.open.count
            var end = start
            while end < bytes.count, end < start + 24, bytes[end] > 0x20, bytes[end] != 0x3C { end += 1 }
            guard ReasoningTable.reasoningChannels.contains(TagScanner.word(bytes, start..<end)) else { return nil }
            if end < bytes.count, bytes[end] == 0x0A { end += 1 }
            return [RegionTag(element: "tokenchannel", region: .reasoning, isEnd: false, range: offset..<end)]
        }
        if rest.starts(with: Self.close) {
            let range = offset..<(offset + Self.close.count)
            return [RegionTag(element: "tokenchannel", region: .reasoning, isEnd: true, range: range)]
        }
        return nil
    }

    /// `<|channel|>NAME …<|message|>`.
    private mutating func header(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> [RegionTag]? {
        let start = offset + Self.channel.count
        var end = start
        while end < bytes.count, bytes[end].isWordByte { end += 1 }
        let name = TagScanner.word(bytes, start..<end)
        let limit = min(bytes.count, start + Self.maxHeaderBytes)
        while end < limit, !bytes[end...].starts(with: Self.message) { end += 1 }
        guard end < limit else { return nil }
        end += Self.message.count
        var tags: [RegionTag] = []
        if isOpen { tags.append(Self.tag(isEnd: true, offset..<offset)) }
        isOpen = ReasoningTable.reasoningChannels.contains(name)
        if isOpen {
            tags.append(Self.tag(isEnd: false, offset..<end))
        } else {
            // A reply of its own, so that the text counts as marked even without any reasoning.
            tags.append(RegionTag(element: "tokenmessage", region: .reply, isEnd: false, range: offset..<end))
            tags.append(RegionTag(element: "tokenmessage", region: .reply, isEnd: true, range: end..<end))
        }
        return tags
    }

    private static func tag(isEnd: Bool, _ range: Range<Int>) -> RegionTag {
        RegionTag(element: "tokenanalysis", region: .reasoning, isEnd: isEnd, range: range)
    }
}

extension UInt8 {
    fileprivate var isWordByte: Bool { (self | 0x20) &- 0x61 < 26 || self &- 0x30 < 10 || self == 0x5F }
}
