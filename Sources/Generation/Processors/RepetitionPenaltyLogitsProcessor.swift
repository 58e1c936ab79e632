/// Makes tokens that the prompt or the continuation already holds less probable (Keskar et al. 2019): their positive scores
/// are divided by the penalty, their negative ones multiplied, once however often they occur.
public final class RepetitionPenaltyLogitsProcessor: RowLogitsProcessor {
    /// Above 1 discourages repetition, below 1 rewards it.
    public let penalty: Double
    /// Whether the tokens of the prompt count, as they do in the transformers library.
    public let countsPrompt: Bool
    /// By slot.
    private var seen: [SeenTokens] = []

    /// - Throws: ``GenerationError/invalidParameter(name:value:allowed:)`` unless the penalty is above 0.
    public init(_ penalty: Double, countsPrompt: Bool = true) throws {
        guard Float(penalty) > 0, Float(penalty).isFinite else {
            throw GenerationError.invalidParameter(
                name: "repetition_penalty", value: "\(penalty)", allowed: "a number above 0")
        }
        self.penalty = penalty
        self.countsPrompt = countsPrompt
    }

    /// Collects the prompt's tokens.
    ///
    /// - Throws: What the processor throws; it ends the run.
    public func begin(_ sequence: SequenceContext) throws {
        guard sequence.slot >= 0 else { return }
        while seen.count <= sequence.slot { seen.append(SeenTokens()) }
        seen[sequence.slot] = SeenTokens()
        if countsPrompt {
            for token in sequence.prompt { seen[sequence.slot].insert(token) }
        }
    }

    /// Penalises. The sequence must have begun.
    ///
    /// - Throws: What the processor throws; it ends the run.
    public func process(_ row: inout CandidateScores, sequence: SequenceContext) throws {
        guard seen.indices.contains(sequence.slot) else {
            throw GenerationError.brokenContract("the repetition penalty was not told of the sequence's beginning")
        }
        seen[sequence.slot].advance(to: sequence.generated)
        let divisor = Float(penalty)
        func penalise(_ score: inout Float) {
            score = score < 0 ? score * divisor : score / divisor
        }
        if row.isDense {
            for token in seen[sequence.slot].tokens where Int(token) < row.scores.count {
                penalise(&row.scores[Int(token)])
            }
        } else {
            for i in row.tokens.indices where seen[sequence.slot].contains(row.tokens[i]) {
                penalise(&row.scores[i])
            }
            row.restoreOrder()
        }
    }

    /// Forgets the sequence.
    public func end(_ sequence: SequenceContext) {
        guard seen.indices.contains(sequence.slot) else { return }
        seen[sequence.slot] = SeenTokens()
    }
}

/// A set of token ids as bits, with a list of its members.
private struct SeenTokens {
    private(set) var tokens: [Int32] = []
    private var words: [UInt64] = []
    /// How many generated tokens are in.
    private var taken = 0

    func contains(_ token: Int32) -> Bool {
        let word = Int(token) >> 6
        return word >= 0 && word < words.count && words[word] >> UInt64(token & 63) & 1 == 1
    }

    mutating func insert(_ token: Int32) {
        guard token >= 0, !contains(token) else { return }
        let word = Int(token) >> 6
        if word >= words.count { words.append(contentsOf: repeatElement(0, count: word + 1 - words.count)) }
        words[word] |= 1 << UInt64(token & 63)
        tokens.append(token)
    }

    mutating func advance(to generated: [Int32]) {
        while taken < generated.count {
            insert(generated[taken])
            taken += 1
        }
    }
}
