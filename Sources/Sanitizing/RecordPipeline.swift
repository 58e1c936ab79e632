import KeyedPRF
import Statistics
import TraceRewriting
import Traces

/// What became of one record.
package struct RecordResult: Sendable {
    /// The record's number in the input, from 0.
    package var index: Int
    /// Where it stands in the input.
    package var location: SourceLocation
    /// SHA-256 of the record's bytes as read.
    package var inputDigest: Digest256
    /// The one state the record ended in.
    package var state: TraceState
    /// Why, for every state but a plain rewriting.
    package var reason: String?
    /// The fields that changed; of a withheld record of a document, the fields that are emptied.
    package var replacements: [FieldReplacement] = []
    /// The bytes to release, without a line terminator; nil for withheld and failed records.
    package var output: [UInt8]?
    /// The rewriter that succeeded.
    package var rewriter: String?
    /// Its prompt's digest.
    package var promptDigest: String?
    /// Whether a trigger was placed.
    package var hasTrigger = false
    /// Candidates made, and how the gate judged the rejected ones.
    package var candidates = 0
    package var rejections: [Rejection] = []
    /// Tokens the endpoint used.
    package var usage = TokenUsage()
    /// What was exchanged, for rewriters that exchange tokens by a measure.
    package var swaps: SwapMeasures?
    /// Paths of strings that repeated the reasoning and were rewritten with it, of members that spelt it token by token and
    /// were removed, and of signatures over it that were removed; `[]` for every place in an array.
    package var copies: [String] = []
    package var companions: [String] = []
    package var signatures: [String] = []
    /// What the endpoint said when it failed for good and the record was not rewritten for that.
    package var failure: String?
    /// Candidates that passed the gate, when they are kept: the text of each (fields joined) and whether it was released.
    package var accepted: [(text: String, isChosen: Bool)] = []
}

/// Rewrites one record: parse, every turn through the chain, encode. Shared by all workers.
package struct RecordPipeline: Sendable {
    private let chain: RewriterChain
    private let seed: UInt64
    private let keptCopies: [TraceFieldPaths.Path]

    /// A pipeline whose draws are a function of `seed` and each record's bytes.
    ///
    /// - Parameter keptCopies: Paths that may hold a copy of the original reasoning.
    package init(chain: RewriterChain, seed: UInt64, keptCopies: [TraceFieldPaths.Path] = []) {
        self.chain = chain
        self.seed = seed
        self.keptCopies = keptCopies
    }

    /// Processes a parsed record.
    package func process(
        _ record: TraceRecord, index: Int, inputDigest: Digest256,
        willSend: (@Sendable () async throws -> Void)? = nil
    ) async throws(RewriteError) -> RecordResult {
        var result = RecordResult(
            index: index, location: record.location, inputDigest: inputDigest, state: .passedThrough,
            reason: "no_reasoning")
        var isFirst = true
        let recordSeed = recordSeed(inputDigest)
        for (number, turn) in record.turns.enumerated() {
            let outcome = try await chain.process(
                AnalysedTurn(turn), solution: record.solution, seed: recordSeed &+ UInt64(number),
                willSend: willSend)
            result.take(outcome, isFirst: isFirst)
            isFirst = false
            // Nothing of a withheld turn may leave, not even inside a document that is written back whole.
            let texts = outcome.texts ?? turn.fields.map { _ in "" }
            for (field, text) in texts.enumerated() where text != turn.fields[field].text {
                result.replacements.append(FieldReplacement(turn: number, field: field, text: text))
            }
        }
        if result.state == .passedThrough, result.reason == "no_reasoning", record.hasUnmarkedReply {
            result.reason = "reasoning_not_found"
        }
        guard result.state.isReleased else { return result }
        do throws(UnmarkedCopy) {
            let defended = try record.defended(replacing: result.replacements, keeping: keptCopies)
            result.output = defended.bytes
            result.copies = defended.copies.map(UnmarkedCopy.pattern)
            result.companions = defended.companions.map(UnmarkedCopy.pattern)
            result.signatures = defended.signatures.map(UnmarkedCopy.pattern)
        } catch {
            refuse(&result, error)
        }
        return result
    }

    /// A record in which a copy of the original would be left stays here, whatever the policy: it would leave with the original in
    /// it, as it came or rewritten.
    private func refuse(_ result: inout RecordResult, _ copy: UnmarkedCopy) {
        result.reason = "unmarked_copy \(copy.pattern)"
        result.hasTrigger = false
        result.state = chain.policy == .fail ? .failed : .withheld
        for index in result.accepted.indices { result.accepted[index].isChosen = false }
    }

    /// Processes a turn that is not part of a record.
    package func process(_ turn: TraceTurn, solution: String?) async throws(RewriteError) -> TurnOutcome {
        try await chain.process(AnalysedTurn(turn), solution: solution, seed: recordSeed(Self.digest(of: [turn])))
    }

    /// What identifies a record: the bytes of its line; of a document's record, its texts.
    package static func digest(of record: TraceRecord) -> Digest256 {
        record.format.isLineBased ? SHA256Digest.of(record.source) : digest(of: record.turns)
    }

    private static func digest(of turns: [TraceTurn]) -> Digest256 {
        var text = ""
        for turn in turns {
            text += turn.problem ?? ""
            for field in turn.fields { text += "\u{0}" + field.text }
        }
        return SHA256Digest.of(text)
    }

    private func recordSeed(_ digest: Digest256) -> UInt64 {
        SeededGenerator.mix(seed ^ SeededGenerator.mix(digest.littleEndianWord(0)))
    }
}

extension TraceState {
    /// Whether the trace should have been rewritten and was not.
    fileprivate var isLost: Bool {
        switch self {
        case .passedThrough, .rewritten: false
        case .passedOriginal, .withheld, .failed: true
        }
    }

    /// The larger says more about a record of several turns: what was lost, then what was changed.
    fileprivate var weight: Int {
        switch self {
        case .passedThrough: 0
        case .rewritten: 1
        case .passedOriginal: 2
        case .withheld: 3
        case .failed: 4
        }
    }
}

extension RecordResult {
    /// Adds one turn's outcome to the record's.
    fileprivate mutating func take(_ outcome: TurnOutcome, isFirst: Bool) {
        if isFirst || outcome.state.weight > state.weight {
            state = outcome.state
            reason = outcome.reason
        }
        rewriter = rewriter ?? outcome.rewriter
        promptDigest = promptDigest ?? outcome.promptDigest
        hasTrigger = hasTrigger || outcome.hasTrigger
        candidates += outcome.candidates
        rejections += outcome.rejections
        usage += outcome.usage
        swaps = SwapMeasures.sum(swaps, outcome.swaps)
        if outcome.state.isLost { failure = failure ?? outcome.failure }
        for candidate in outcome.accepted {
            accepted.append((candidate.texts.joined(separator: "\n"), candidate.isChosen))
        }
    }
}
