/// The model's tokens under both of their faces: the text written in tokenizer.json, and the bytes it stands for.
///
/// They differ in a byte-level vocabulary, where "Ġa" stands for " a". A token written with a character outside the byte
/// alphabet stands for its own UTF-8, can never be reached by encoding, and is kept apart.
struct TokenTable: Sendable {
    let isByteLevel: Bool
    /// Tokens by the bytes they stand for.
    private(set) var vocabulary: Vocabulary
    private var unreachable: [Int32: [UInt8]] = [:]
    private var unreachableIDs: [[UInt8]: Int32] = [:]
    private var largestUnreachable: Int32 = -1

    init(isByteLevel: Bool, capacity: Int) {
        self.isByteLevel = isByteLevel
        vocabulary = Vocabulary(capacity: capacity)
    }

    var count: Int { vocabulary.count + unreachable.count }

    /// One more than the largest id.
    var idBound: Int { max(vocabulary.idBound, Int(largestUnreachable) + 1) }

    /// Adds a token by its text in the file.
    mutating func insert(text: [UInt8], id: Int32) -> Vocabulary.Insertion {
        guard isByteLevel else { return vocabulary.insert(text, id: id) }
        if contains(id: id) { return .idExists }
        if let bytes = ByteAlphabet.decode(text) { return vocabulary.insert(bytes, id: id) }
        if let other = unreachableIDs[text] { return .tokenExists(id: other) }
        unreachable[id] = text
        unreachableIDs[text] = id
        largestUnreachable = max(largestUnreachable, id)
        return .inserted
    }

    func contains(id: Int32) -> Bool {
        vocabulary.contains(id: id) || unreachable[id] != nil
    }

    /// The id of a token by its text in the file.
    func id(text: [UInt8]) -> Int32? {
        guard isByteLevel else { return vocabulary.id(of: text) }
        if let bytes = ByteAlphabet.decode(text) { return vocabulary.id(of: bytes) }
        return unreachableIDs[text]
    }

    /// The text of a token in the file.
    func text(of id: Int32) -> String? {
        if let bytes = vocabulary.bytes(of: id) {
            return isByteLevel ? ByteAlphabet.encode(bytes) : String(decoding: bytes, as: UTF8.self)
        }
        return unreachable[id].map { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes that a token stands for.
    func bytes(of id: Int32) -> ArraySlice<UInt8>? {
        vocabulary.bytes(of: id) ?? unreachable[id].map { $0[...] }
    }
}
