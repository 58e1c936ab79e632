/// Byte order marks of encodings that are not read as JSONL or plain text.
enum TextEncodingMark {
    /// The name of the encoding whose mark begins `head`, when it is not UTF-8.
    static func unsupported(_ head: [UInt8]) -> String? {
        if head.starts(with: [0xFF, 0xFE, 0x00, 0x00]) || head.starts(with: [0x00, 0x00, 0xFE, 0xFF]) {
            return "UTF-32"
        }
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
        return nil
    }
}
