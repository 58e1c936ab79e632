import GGUF

/// SentencePiece's byte-pair encoding, as Llama 2 and Mistral have it: tokens with scores, and no merges. Which pairs merge follows from
/// the tokens, and in which order from the scores of what they make.
struct SentencePieceGGUF: GGUFTokenizerKind {
    private let scores: [Float]
    private let prefixesSpace: Bool
    private let hasByteTokens: Bool
    private let unknown: [UInt8]?

    init(_ metadata: TokenizerMetadata) throws(ModelConversionError) {
        // Other families write spaces, or order their tokens, in ways of their own.
        guard metadata.model.architecture == "llama" else {
            throw metadata.error(
                .unsupported,
                "SentencePiece tokenizers of models of type \(metadata.model.architecture) cannot be converted")
        }
        scores = try metadata.required("scores", \.floats)
        let tokens = try metadata.required("tokens", \.strings)
        let types = try metadata.required("token_type", \.integers)
        guard scores.count == tokens.count, types.count == tokens.count, scores.allSatisfy({ !$0.isNaN }) else {
            throw metadata.error(.inconsistent, "\(scores.count) scores for \(tokens.count) tokens")
        }
        prefixesSpace = try metadata.optional("add_space_prefix", \.bool) ?? true
        let bytes = types.count { $0 == GGUFTokenizer.TokenType.byte.rawValue }
        guard bytes == 0 || bytes == 256 else {
            throw metadata.error(.inconsistent, "tokens for \(bytes) of 256 bytes")
        }
        hasByteTokens = bytes == 256
        let id = try metadata.optional("unknown_token_id", \.integer) ?? types.firstIndex(of: 2)
        unknown = id.flatMap { tokens.indices.contains($0) ? tokens[$0] : nil }
    }

    var normalizer: String { "null" }
    var addsBeginning: Bool { true }
    var postProcessor: String { "null" }

    var preTokenizer: String {
        let scheme = prefixesSpace ? "first" : "never"
        return #"{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "\#(scheme)", "split": false}"#
    }

    var decoder: String {
        let strip = #", {"type": "Strip", "content": " ", "start": 1, "stop": 0}"#
        return #"{"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, "#
            + #"{"type": "ByteFallback"}, {"type": "Fuse"}"# + (prefixesSpace ? strip : "") + "]}"
    }

    func appendModel(_ tokenizer: GGUFTokenizer, to out: inout [UInt8]) throws(ModelConversionError) {
        out += Array(#"{"type": "BPE", "dropout": null, "unk_token": "#.utf8)
        if let unknown { GGUFTokenizer.append(unknown, to: &out) } else { out += Array("null".utf8) }
        out += Array(
            """
            , "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": true, \
            "byte_fallback": \(hasByteTokens), "ignore_merges": false,

            """.utf8)
        tokenizer.appendVocabulary(to: &out)
        out += Array(",\n\"merges\": [".utf8)
        for (i, merge) in merges(tokenizer.tokens).enumerated() {
            if i > 0 { out.append(UInt8(ascii: ",")) }
            out.append(UInt8(ascii: "["))
            GGUFTokenizer.append(tokenizer.tokens[merge.left], to: &out)
            out.append(UInt8(ascii: ","))
            GGUFTokenizer.append(tokenizer.tokens[merge.right], to: &out)
            out.append(UInt8(ascii: "]"))
        }
        out += Array("]}".utf8)
    }

    private struct Merge {
        var left: Int
        var right: Int
        var score: Float
        /// In characters.
        var lengths: (Int, Int)
        /// Of equal merges the earlier one stays before the other.
        var place: Int
    }

    /// All pairs of tokens that make a token, what scores highest first; of equal scores those with the longer left side, then with
    /// the longer right side.
    private func merges(_ tokens: [[UInt8]]) -> [Merge] {
        var ids: [ArraySlice<UInt8>: Int] = [:]
        for (id, token) in tokens.enumerated() { ids[token[...]] = id }
        var merges: [Merge] = []
        for (id, token) in tokens.enumerated() {
            // Between characters only.
            let cuts = token.indices.dropFirst().filter { token[$0] & 0xC0 != 0x80 }
            var found: [Merge] = []
            for (i, cut) in cuts.enumerated() {
                guard let left = ids[token[..<cut]], let right = ids[token[cut...]] else { continue }
                found.append(
                    Merge(left: left, right: right, score: scores[id], lengths: (i + 1, cuts.count - i), place: 0))
            }
            found.sort { ($0.left, $0.right) < ($1.left, $1.right) }
            for merge in found {
                merges.append(merge)
                merges[merges.count - 1].place = merges.count
            }
        }
        return merges.sorted { a, b in
            if a.score != b.score { return a.score > b.score }
            if a.lengths != b.lengths { return a.lengths > b.lengths }
            return a.place < b.place
        }
    }
}
