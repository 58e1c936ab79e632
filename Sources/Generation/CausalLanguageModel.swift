/// A language model that continues token sequences: what decoding needs to know of it, and nothing of how it computes.
public protocol CausalLanguageModel: AnyObject {
    /// The width of a row of logits. Token ids are 0 ..< vocabularySize.
    var vocabularySize: Int { get }
    /// The most tokens, prompt and continuation together, that the model was made for.
    var contextLength: Int { get }
    /// A session that holds the state (key-value cache) of up to `slots` sequences of at most `capacity` tokens each.
    ///
    /// - Throws: What the model throws, such as for a capacity beyond its context or too little memory.
    func makeSession(slots: Int, capacity: Int) throws -> any DecodingSession
}

/// The cached state of several sequences that are decoded together. Slots are 0 ..< slots; each is free or holds one
/// sequence, and no slot's results depend on what the others hold (up to the last bits of floating-point kernels).
public protocol DecodingSession: AnyObject {
    /// Feeds every chunk to its slot, after what the slot already holds, and writes the model's raw logits after each
    /// chunk's last token.
    ///
    /// - Parameters:
    ///   - chunks: At most one per slot.
    ///   - logits: Resized to chunks.count × vocabularySize; row i belongs to `chunks[i]`.
    /// - Throws: What the model throws, such as for tokens outside its vocabulary.
    func extend(_ chunks: [DecodingChunk], into logits: inout LogitsMatrix) throws
    /// The number of tokens that a slot holds.
    func length(of slot: Int) -> Int
    /// Forgets what a slot holds; it is free again.
    func reset(slot: Int)
    /// Whether chunks of unequal lengths cost no padding, so that new prompts and running sequences had better be fed
    /// in one call (then the weights are read once). False unless the session says otherwise.
    var takesRaggedChunks: Bool { get }
}

extension DecodingSession {
    /// False: chunks of unequal lengths are padded.
    public var takesRaggedChunks: Bool { false }
}

/// Tokens to append to one slot.
public struct DecodingChunk: Hashable, Sendable {
    /// Which slot.
    public var slot: Int
    /// What to append: at least one token.
    public var tokens: [Int32]

    /// - Parameters:
    ///   - slot: Which slot.
    ///   - tokens: What to append: at least one token.
    public init(slot: Int, tokens: [Int32]) {
        self.slot = slot
        self.tokens = tokens
    }
}
