/// How a piece becomes ids.
enum TokenizerModel: Sendable {
    case bytePair(BytePairModel)
    /// One id for each piece; `unknownID` for a piece that is no token, nothing if there is none.
    case wordLevel(Vocabulary, unknownID: Int32?)
    case unigram(UnigramModel)

    /// Appends the ids of one piece.
    @inline(__always)
    func encode(
        _ piece: UnsafeBufferPointer<UInt8>, into out: inout [Int32], scratch: inout BytePairModel.Scratch
    ) {
        switch self {
        case .bytePair(let model):
            model.encode(piece, into: &out, scratch: &scratch)
        case .wordLevel(let vocabulary, let unknownID):
            if let id = vocabulary.id(of: piece) ?? unknownID { out.append(id) }
        case .unigram(let model):
            model.encode(piece, into: &out)
        }
    }
}

/// How ids become text again.
enum TokenizerDecoding: Sendable {
    /// The bytes of all tokens in a row.
    case bytes
    /// The tokens as written in the file, with a space between (no decoder).
    case spaced
    /// The tokens of SentencePiece vocabularies.
    case pieces(PieceDecoding)
}

/// Everything that tokenizer.json says, checked.
struct TokenizerDefinition: Sendable {
    var table: TokenTable
    var model: TokenizerModel
    var addedTokens: [AddedToken] = []
    /// What happens to text before it is cut, in order.
    var normalization: [NormalizationStep] = []
    /// A space goes before every stretch of text that does not start with one.
    var addsPrefixSpace = false
    /// Applied one inside the other.
    var steps: [PreTokenizerStep] = []
    /// Ids that go before and after the text when special tokens are asked for.
    var prefix: [Int32] = []
    var suffix: [Int32] = []
    var decoding = TokenizerDecoding.spaced

    /// The bytes of `text` after all steps of the normalizer; nil where nothing changes.
    func normalized(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var bytes: [UInt8]?
        for step in normalization {
            let changed = bytes.map { $0.withUnsafeBufferPointer(step.applied) } ?? step.applied(to: text)
            if let changed { bytes = changed }
        }
        return bytes
    }
}
