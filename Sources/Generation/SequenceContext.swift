/// What processors and samplers may know of one sequence that is being decoded.
public struct SequenceContext: Hashable, Sendable {
    /// The slot that the sequence holds until it ends. No other running sequence has it.
    public let slot: Int
    /// The number of the request, from 0 in the order in which requests were taken.
    public let index: Int
    /// The request's prompt.
    public let prompt: [Int32]
    /// The tokens sampled so far; the newest last.
    public var generated: [Int32]

    /// A sequence as a decoding loop, or a test, describes it.
    public init(slot: Int, index: Int, prompt: [Int32], generated: [Int32] = []) {
        self.slot = slot
        self.index = index
        self.prompt = prompt
        self.generated = generated
    }

    /// Prompt and generated tokens together.
    public var length: Int { prompt.count + generated.count }
    /// The token that comes last: what the scores were computed after.
    public var lastToken: Int32? { generated.last ?? prompt.last }
}
