/// The tokens that stand for single bytes in SentencePiece vocabularies, written `<0x00>` to `<0xFF>`.
struct ByteFallback: Sendable {
    /// The id of each byte's token, or -1.
    private let ids: [Int32]

    init(_ table: TokenTable) {
        ids = (0..<256).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return table.id(text: Array("<0x\(byte < 16 ? "0" : "")\(digits)>".utf8)) ?? -1
        }
    }

    /// The id of a byte's token, or -1.
    func id(_ byte: UInt8) -> Int32 { ids[Int(byte)] }

    /// Appends a token for each byte, if there is one for every byte.
    func append(_ bytes: some Sequence<UInt8>, to out: inout [Int32]) -> Bool {
        let start = out.count
        for byte in bytes {
            guard ids[Int(byte)] >= 0 else {
                out.removeLast(out.count - start)
                return false
            }
            out.append(ids[Int(byte)])
        }
        return true
    }

    /// The byte that a token's text names, if it names one.
    static func byte(_ text: some Collection<UInt8>) -> UInt8? {
        guard text.count == 6, text.starts(with: "<0x".utf8), Array(text)[5] == UInt8(ascii: ">") else { return nil }
        return UInt8(String(decoding: text.dropFirst(3).prefix(2), as: UTF8.self), radix: 16)
    }
}
