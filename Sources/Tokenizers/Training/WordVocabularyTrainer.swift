/// Makes a vocabulary of whole words, each with the space before it (" apples" and "apples" are two), for small models of
/// a narrow kind of text. Decoding gives the text back as it was.
///
/// Written as a tokenizer.json of ordinary parts: the ByteLevel pre-tokenizer and decoder around a BPE model that ignores
/// its (empty) merges, or around a WordLevel model.
public struct WordVocabularyTrainer: Hashable, Sendable {
    /// What becomes of a word outside the vocabulary.
    public enum Fallback: Hashable, Sendable {
        /// Its bytes, one token each; 256 tokens for that.
        case bytes
        /// Its bytes, but only those of printable ASCII and the line end have tokens; other bytes are left out.
        case asciiBytes
        /// One token for any unknown word, which decodes to its own name.
        case unknown(String)
    }

    /// How many tokens to make at most, control tokens and bytes included.
    public var vocabularySize: Int
    /// Words with a token whether they occur or not, such as " 0" to " 99"; longer than one piece of text is an error.
    public var included: [String]
    /// What becomes of a word outside the vocabulary.
    public var fallback: Fallback
    /// The control tokens; they get the first ids.
    public var control: ControlTokens

    /// - Parameters:
    ///   - vocabularySize: How many tokens to make at most, control tokens and bytes included.
    ///   - included: Words with a token whether they occur or not.
    ///   - fallback: What becomes of a word outside the vocabulary.
    ///   - control: The control tokens.
    public init(
        vocabularySize: Int, included: [String] = [], fallback: Fallback = .bytes,
        control: ControlTokens = ControlTokens()
    ) {
        self.vocabularySize = vocabularySize
        self.included = included
        self.fallback = fallback
        self.control = control
    }

    /// Takes the most frequent words of texts; equally frequent ones in the order of their bytes.
    ///
    /// - Throws: `TokenizerError` if the vocabulary is too small for what it must hold, or an included word is not one piece
    ///   under the GPT-2 rule.
    public func train(_ texts: some Sequence<String>) throws(TokenizerError) -> TrainedTokenizer {
        var tokens = control.all
        var known = Set(tokens.map { Array($0.utf8) })
        func add(_ token: String) {
            if known.insert(Array(token.utf8)).inserted { tokens.append(token) }
        }
        let kind: TokenizerWriter.Kind
        switch fallback {
        case .bytes:
            for byte in UInt8.min...UInt8.max { add(ByteAlphabet.encode([byte])) }
            kind = .bytePair(ignoresMerges: true)
        case .asciiBytes:
            for byte in [0x0A] + Array(0x20...0x7E as ClosedRange<UInt8>) { add(ByteAlphabet.encode([byte])) }
            kind = .bytePair(ignoresMerges: true)
        case .unknown(let name):
            add(name)
            kind = .wordLevel(unknown: name)
        }
        for word in included {
            var pieces = 0
            var copy = word
            copy.withUTF8 { utf8 in PieceRule.gpt2.scanner.forEachPiece(in: utf8) { _ in pieces += 1 } }
            guard pieces == 1 else {
                throw TokenizerError(
                    .invalidArgument, file: "<trainer>", "\"\(word)\" is \(pieces) pieces of text, not one word")
            }
            add(ByteAlphabet.encode(word.utf8))
        }
        guard tokens.count <= vocabularySize, vocabularySize <= Int(Vocabulary.idLimit) else {
            throw TokenizerError(
                .invalidArgument, file: "<trainer>",
                "a vocabulary of \(vocabularySize) tokens; control tokens, bytes and included words take \(tokens.count)"
            )
        }
        for (piece, _) in PieceCounts(texts, rule: .gpt2).entries where tokens.count < vocabularySize {
            add(ByteAlphabet.encode(piece))
        }
        return TokenizerWriter(tokens: tokens, kind: kind, preTokenizer: PieceRule.gpt2.json, control: control)
            .trained()
    }
}
