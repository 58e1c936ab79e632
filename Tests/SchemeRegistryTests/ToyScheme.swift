import Generation
import KeyedPRF
import Marks

/// A scheme that Sources knows nothing of: tokens whose keyed word ends in `bits` zeros become likelier.
struct ToyScheme: TokenMarkScheme {
    static let name: TokenMarkName = "toy"
    static let summary = "tokens whose keyed word ends in zeros become likelier"
    static let keys = MarkKeySource.keyring
    static let engineAlgorithm: String? = nil
    static let counting = TokenCounting(scoresContextsOnce: false, padsContexts: false)
    static let plannedEffects = TokenMarkEffects(detection: 0.3, outputs: 0.4)

    var bits = 1
    var push = 2.0

    static let parameters: [MarkParameter<ToyScheme>] = [
        .whole("bits", option: "toy_bits", \.bits, "Zeros at the end of a word", 1...8),
        .number("push", option: "toy_push", \.push, "What a logit gains", use: .embedding, allowed: "a finite number") {
            $0.isFinite
        },
    ]

    static let embedder: TokenEmbedder<ToyScheme>? = TokenEmbedder(
        TokenEmbeddingTraits(place: .logits, needsDraws: false)
    ) { (scheme, request) throws(WatermarkError) in
        .logits(ToyProcessor(scheme, prf: try request.words(name)))
    }

    var law: TokenScoreLaw { .count(trials: 1, probability: 1 / Double(1 << bits)) }

    func score(_ totals: TokenTotals) -> Double { Double(totals.hits) }

    func scorer(key: TokenTestKey, width: Int) throws(WatermarkError) -> any TokenScorer {
        KeyedWordScorer(try NarrowTokenWords(key: key, scheme: Self.name, width: width), EndingZeros(bits: bits))
    }
}

private struct EndingZeros: TokenWordStatistic {
    let bits: Int

    func tally(_ words: UnsafePointer<UInt64>, count: Int, into totals: inout TokenTotals) {
        for i in 0..<count { totals.hits += Int(score(words[i])) }
    }

    func score(_ word: UInt64) -> Double { word.trailingZeroBitCount >= bits ? 1 : 0 }
}

private final class ToyProcessor: RowLogitsProcessor {
    private let scheme: ToyScheme
    private let prf: TokenPRF

    init(_ scheme: ToyScheme, prf: TokenPRF) {
        self.scheme = scheme
        self.prf = prf
    }

    func process(_ row: inout CandidateScores, sequence: SequenceContext) throws {
        guard sequence.generated.count >= prf.width else { return }
        prf.select(sequence.generated)
        for i in row.scores.indices where prf.word32(row.token(at: i)).trailingZeroBitCount >= scheme.bits {
            row.scores[i] += Float(scheme.push)
        }
        row.restoreOrder()
    }
}

/// A channel of texts that Sources knows nothing of: the parity of every word's length, by the word.
struct ToyChannel: TextMarkScheme {
    static let name = "toy-words"
    static let summary = "parities of words"
    static let purpose = KeyPurpose.selection
    static let plannedEffect = 0.3
    static let audit: TextMarkAudit? = nil

    static func standard(contextWidth: Int?) throws -> ToyChannel { ToyChannel() }

    var chance: Double { 0.5 }

    func forEachObservation(in text: String, reasoning: [Range<Int>], _ body: (ChoiceObservation) -> Void) {
        for word in text.split(separator: " ") {
            Array(word.utf8).withUnsafeBytes {
                body(ChoiceObservation(message: $0, alternatives: 2, observed: word.utf8.count % 2))
            }
        }
    }
}
